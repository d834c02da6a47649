import assert from "node:assert/strict";
import {
  canonicalFromText,
  canonicalOfValues,
  canonicalRow,
  escapeText,
} from "../../lib/datasets/canonical.ts";
import type { ColumnType } from "../../lib/datasets/schema.ts";
import type { Batch } from "../../lib/datasets/batch.ts";

function from(type: ColumnType, text: string | null): string {
  return canonicalFromText({ name: "c", type, nullable: true }, text);
}

const CENTS: ColumnType = { kind: "decimal", precision: 12, scale: 2 };

Deno.test("escapeText() escapes what separates fields and marks NULL", () => {
  assert.equal(escapeText("plain"), "plain");
  assert.equal(escapeText("a|b\\N"), "a\\|b\\\\N");
  assert.equal(escapeText(""), "");
});

Deno.test("canonicalRow() and canonicalOfValues() write NULL, −0 and texts alike", () => {
  const batch = {
    rows: 1,
    from: 0,
    table: {
      columns: ["bigint", "integer", "text", "bigint"].map((kind) => ({
        type: { kind },
      })),
    },
    columns: [
      { values: Float64Array.of(-0), nulls: null },
      { values: Float64Array.of(7), nulls: Uint8Array.of(1) },
      { values: ["\\N"], nulls: null },
      { values: Float64Array.of(-9007199254740991), nulls: Uint8Array.of(0) },
    ],
  } as unknown as Batch;
  const wanted = "0|\\N|\\\\N|-9007199254740991";
  assert.equal(canonicalRow(batch, 0), wanted);
  assert.equal(
    canonicalOfValues(batch.table.columns, [
      -0,
      null,
      "\\N",
      -9007199254740991,
    ]),
    wanted,
  );
});

Deno.test("canonicalFromText() reads PostgreSQL's booleans, integers, texts and NULLs", () => {
  assert.equal(from({ kind: "boolean" }, "t"), "1");
  assert.equal(from({ kind: "boolean" }, "f"), "0");
  assert.equal(from({ kind: "bigint" }, "-42"), "-42");
  assert.equal(from({ kind: "text" }, "a|b"), "a\\|b");
  assert.equal(from({ kind: "text" }, "\\N"), "\\\\N");
  assert.equal(from({ kind: "text" }, null), "\\N");
});

for (
  const [text, wanted] of [
    ["12.30", "1230"],
    ["12.3", "1230"],
    ["12", "1200"],
    ["-0.05", "-5"],
    ["0.00", "0"],
    ["-0.00", "0"],
    ["9999999999.99", "999999999999"],
    ["12.3000", "1230"],
    ["NaN", "NaN"],
  ]
) {
  Deno.test(`canonicalFromText() reads the decimal ${text}`, () => {
    assert.equal(from(CENTS, text), wanted);
  });
}

Deno.test("canonicalFromText() refuses a decimal that its scale cannot hold", () => {
  assert.throws(() => from(CENTS, "12.345"), /Cannot read 12\.345 of column/);
  assert.equal(from({ kind: "decimal", precision: 9, scale: 0 }, "12"), "12");
});

for (
  const [text, wanted] of [
    ["2026-01-01 10:00:00.123456", "1767261600123456"],
    ["2026-01-01 10:00:00", "1767261600000000"],
    ["2026-01-01 10:00:00.5+00", "1767261600500000"],
    ["2026-01-01T10:00:00Z", "1767261600000000"],
    ["2026-01-01 15:30:00+05:30", "1767261600000000"],
    ["2026-01-01 07:00:00-03", "1767261600000000"],
    ["1969-12-31 23:59:59.999999", "-1"],
    ["1970-01-01 00:00:00", "0"],
    ["0001-01-01 00:00:00", "-62135596800000000"],
    ["9999-12-31 23:59:59.999999", "253402300799999999"],
    ["infinity", "infinity"],
  ]
) {
  Deno.test(`canonicalFromText() reads the timestamp ${text}`, () => {
    assert.equal(from({ kind: "timestamp" }, text), wanted);
  });
}

Deno.test("canonicalFromText() reads old zones to the second, and a real as a real", () => {
  assert.equal(
    from({ kind: "timestamp" }, "0001-01-01 05:53:28+05:53:28"),
    "-62135596800000000",
  );
  assert.equal(
    from({ kind: "double", native: "real" }, "0.1"),
    "3fb99999a0000000",
  );
});
