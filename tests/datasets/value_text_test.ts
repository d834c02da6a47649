import assert from "node:assert/strict";
import type { Value } from "../../lib/datasets/batch.ts";
import { canonicalValue } from "../../lib/datasets/canonical.ts";
import type { ColumnType } from "../../lib/datasets/schema.ts";
import { readValue, writeValue } from "../../lib/datasets/value_text.ts";

const WIDE: ColumnType = { kind: "decimal", precision: 38, scale: 10 };

// Type, PostgreSQL's text, value, canonical text. Timestamps were computed with
// Python's datetime.
const VALUES: [ColumnType, string, NonNullable<Value>, string][] = [
  [{ kind: "boolean" }, "t", 1, "1"],
  [{ kind: "integer" }, "-2147483648", -2147483648, "-2147483648"],
  [{ kind: "bigint" }, "9007199254740991", 2 ** 53 - 1, "9007199254740991"],
  [{ kind: "bigint" }, "9007199254740993", 2n ** 53n + 1n, "9007199254740993"],
  [
    { kind: "bigint" },
    "-9223372036854775808",
    -(2n ** 63n),
    "-9223372036854775808",
  ],
  [{ kind: "decimal", precision: 5, scale: 2 }, "-0.05", -5, "-5"],
  [
    { kind: "decimal", precision: 18, scale: 0 },
    "999999999999999999",
    999999999999999999n,
    "999999999999999999",
  ],
  [
    WIDE,
    "-1234567890123456789012345678.0000000001",
    "-12345678901234567890123456780000000001",
    "-12345678901234567890123456780000000001",
  ],
  [{ kind: "double" }, "NaN", NaN, "7ff8000000000000"],
  [{ kind: "double" }, "-Infinity", -Infinity, "fff0000000000000"],
  [{ kind: "double" }, "-0", -0, "8000000000000000"],
  [{ kind: "double" }, "5e-324", 5e-324, "0000000000000001"],
  [{ kind: "text" }, "a|b\\", "a|b\\", "a\\|b\\\\"],
  [{ kind: "bytes" }, "\\x00ff", Uint8Array.of(0, 255), "00ff"],
  [{ kind: "date" }, "0001-01-01", -719162, "-719162"],
  [{ kind: "date" }, "9999-12-31", 2932896, "2932896"],
  [
    { kind: "timestamp" },
    "0001-01-01 00:00:00.000001",
    -62135596799999999n,
    "-62135596799999999",
  ],
  [
    { kind: "timestamp" },
    "9999-12-31 23:59:59.999999",
    253402300799999999n,
    "253402300799999999",
  ],
  [{ kind: "timestamp" }, "1969-12-31 23:59:59.5", -500000, "-500000"],
];

for (const [type, text, value, canonical] of VALUES) {
  Deno.test(`readValue() and writeValue() keep the ${type.kind} ${text}`, () => {
    assert.deepEqual(readValue(type, text), value);
    assert.equal(writeValue(type, value), text);
    assert.equal(canonicalValue(type, value), canonical);
  });
}

const REFUSED: [ColumnType, string][] = [
  [{ kind: "boolean" }, "2"],
  [{ kind: "integer" }, "2147483648"],
  [{ kind: "integer" }, "1.0"],
  [{ kind: "bigint" }, "9223372036854775808"],
  [{ kind: "decimal", precision: 4, scale: 2 }, "100.00"],
  [{ kind: "decimal", precision: 4, scale: 2 }, "0.001"],
  [{ kind: "decimal", precision: 4, scale: 2 }, "NaN"],
  [{ kind: "double" }, "1,5"],
  [{ kind: "bytes" }, "\\x0"],
  [{ kind: "date" }, "2026-02-29"],
  [{ kind: "timestamp" }, "infinity"],
  [{ kind: "timestamp" }, "0044-03-15 00:00:00 BC"],
];

for (const [type, text] of REFUSED) {
  Deno.test(`readValue() refuses ${text} as ${type.kind}`, () => {
    assert.throws(() => readValue(type, text), {
      name: "ServemarkError",
      message: new RegExp(`Cannot read "${text.replace(/[\\.]/g, "\\$&")}" as`),
    });
  });
}

Deno.test("readValue() takes instants with a zone, and exponents", () => {
  assert.equal(
    readValue({ kind: "timestamp" }, "1970-01-01 02:00:00+02"),
    0,
  );
  assert.equal(readValue({ kind: "timestamp" }, "1970-01-01T00:00:00.5Z"), 5e5);
  assert.equal(
    readValue({ kind: "decimal", precision: 6, scale: 2 }, "1.25e2"),
    12500,
  );
});
