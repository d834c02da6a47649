import assert from "node:assert/strict";
import type { ColumnType } from "../../../lib/datasets/schema.ts";
import { valueAt } from "../../../lib/datasets/batch.ts";
import {
  dateText,
  readValue,
  timestampText,
} from "../../../lib/datasets/value_text.ts";
import { CopyColumn } from "../../../lib/formats/pg_dump/copy_column.ts";

function read(type: ColumnType, field: string) {
  const column = new CopyColumn(type, 1);
  const text = `x\t${field}\ty`;
  column.add(0, text, 2, 2 + field.length, field.includes("\\"));
  return valueAt(column.finish(1), 0);
}

Deno.test("CopyColumn reads every day, and instants, as readValue() does", () => {
  const [date, timestamp] = [{ kind: "date" }, { kind: "timestamp" }] as const;
  for (let day = -719_162; day <= 2_932_896; day += 373) {
    assert.equal(read(date, dateText(day)), day);
    const micros = day * 86_400_000_000 +
      (Math.abs(day) * 7_919_797 % 86_400_000_000);
    const text = timestampText(
      Number.isSafeInteger(micros) ? micros : BigInt(micros),
    );
    assert.equal(read(timestamp, text), readValue(timestamp, text));
    assert.equal(read(timestamp, `${text}+00`), readValue(timestamp, text));
    const zone = `${text}-03:30`;
    assert.equal(read(timestamp, zone), readValue(timestamp, zone));
  }
  for (
    const none of [
      "2023-02-29",
      "1900-02-29",
      "2024-02-30",
      "2024-04-31",
      "2024-13-01",
      "2024-00-01",
      "2024-01-00",
      "2024-1-1",
      "",
      "infinity",
    ]
  ) {
    assert.throws(() => read(date, none), { name: "ServemarkError" }, none);
    assert.throws(() => read(timestamp, none), { name: "ServemarkError" });
  }
  assert.equal(read(date, "2000-02-29"), 11_016);
  assert.equal(read(timestamp, "1969-12-31 23:59:59.999999"), -1);
});

Deno.test("CopyColumn reads numbers as readValue() does, and refuses what is none", () => {
  const cents = { kind: "decimal", precision: 12, scale: 2 } as const;
  for (const text of ["0.00", "-0.01", "1", "1.5", "-9999999999.99", "1e2"]) {
    assert.equal(read(cents, text), readValue(cents, text), text);
  }
  const big = { kind: "bigint" } as const;
  for (const text of ["0", "-0", "007", "9223372036854775807", "-1"]) {
    assert.equal(read(big, text), readValue(big, text), text);
  }
  for (const text of ["", "-", "1.", "x", "1 ", "0x1", "--1", "NaN"]) {
    assert.throws(() => read(big, text), { name: "ServemarkError" }, text);
  }
  assert.throws(() => read(cents, "NaN"), /NaN/);
  assert.throws(() => read(cents, "1.005"), /1\.005/);
  assert.throws(() => read({ kind: "integer" }, "2147483648"), /2147483648/);
});

Deno.test("CopyColumn reads bytes in both of PostgreSQL's forms, and escapes", () => {
  const bytes = { kind: "bytes" } as const;
  assert.deepEqual(read(bytes, "\\\\x00fF"), Uint8Array.of(0, 255));
  assert.deepEqual(read(bytes, "\\\\x"), new Uint8Array());
  assert.deepEqual(
    read(bytes, "a\\\\000\\\\377\\\\\\\\z"),
    Uint8Array.of(97, 0, 255, 92, 122),
  );
  for (const text of ["\\\\x0", "\\\\xzz", "é", "\\\\9"]) {
    assert.throws(() => read(bytes, text), { name: "ServemarkError" }, text);
  }
  const text = { kind: "text" } as const;
  assert.equal(
    read(text, "\\b\\f\\n\\r\\t\\v\\\\\\x41\\101\\q"),
    "\b\f\n\r\t\v\\AAq",
  );
  assert.throws(() => read(text, "a\\"), { name: "ServemarkError" });
  assert.throws(() => read(text, "\\377"), { name: "ServemarkError" });
});
