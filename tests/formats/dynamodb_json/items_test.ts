import assert from "node:assert/strict";
import type { Batch } from "../../../lib/datasets/batch.ts";
import type { ColumnType } from "../../../lib/datasets/schema.ts";
import {
  type Item,
  itemBatch,
  itemText,
  ItemWriter,
  scaledInteger,
} from "../../../lib/formats/dynamodb_json/items.ts";
import { canonicalRow } from "../../../lib/datasets/canonical.ts";
import { batchOf, canonicalOf, everyType } from "../../fixtures/tables.ts";

const decimal = (precision: number, scale: number) =>
  ({ kind: "decimal", precision, scale }) as const;

Deno.test("scaledInteger() reads numbers as DynamoDB shortens them", () => {
  assert.equal(scaledInteger("12.3", decimal(9, 2)), 1230);
  assert.equal(scaledInteger("-12.0", decimal(9, 1)), -120);
  assert.equal(scaledInteger("0", decimal(9, 2)), 0);
  assert.ok(Object.is(scaledInteger("-0", decimal(9, 2)), 0));
  assert.equal(scaledInteger("1E+2", decimal(9, 2)), 10_000);
  assert.equal(
    scaledInteger("4503599627370496", decimal(18, 1)),
    45_035_996_273_704_960n,
  );
  assert.equal(
    scaledInteger("9007199254740.99", decimal(18, 3)),
    9_007_199_254_740_990,
  );
  assert.equal(
    scaledInteger("-9007199254.740991", decimal(18, 6)),
    -9_007_199_254_740_991,
  );
  assert.equal(
    scaledInteger("12345678901234567890.5", decimal(30, 2)),
    "1234567890123456789050",
  );
  assert.throws(
    () => scaledInteger("twelve", decimal(9, 2)),
    /Cannot read "twelve"/,
  );
});

Deno.test("ItemWriter omits NULLs, and itemText() gives every row back", () => {
  const { table, rows } = everyType;
  const writer = new ItemWriter(table);
  const batch = batchOf(table, rows);
  const items = rows.map((_, r) => JSON.parse(writer.item(batch, r)) as Item);
  const texts = canonicalOf(everyType);
  assert.deepEqual(items.map((item) => itemText(table, item)), texts);
  rows.forEach((row, r) => {
    const present = row.filter((value) => value !== null).length;
    assert.equal(Object.keys(items[r]).length, present);
  });
  const back = itemBatch(table, items);
  assert.equal(back.rows, rows.length);
  table.columns.forEach((_, c) =>
    rows.forEach((row, r) => {
      const { values, nulls } = back.columns[c];
      assert.equal(nulls?.[r] === 1 ? null : values[r], row[c]);
    })
  );
});

Deno.test("itemText() takes a NULL attribute for a missing one", () => {
  const [column] = everyType.table.columns;
  const table = { ...everyType.table, columns: [column] };
  assert.equal(itemText(table, { [column.name]: { NULL: true } }), "\\N");
  assert.equal(itemText(table, {}), "\\N");
});

Deno.test("ItemWriter keeps what DynamoDB's numbers cannot be", () => {
  const column = (name: string, type: ColumnType) => ({
    name,
    type,
    nullable: true,
  });
  const table = {
    ...everyType.table,
    columns: [
      column("double", { kind: "double" }),
      column("wide", { kind: "bigint" }),
      column("raw", { kind: "bytes" }),
      column("day", { kind: "date" }),
      column("seen", { kind: "timestamp" }),
      column("long", decimal(60, 2)),
      column("money", decimal(18, 2)),
    ],
  };
  const doubles = [0, -0, NaN, Infinity, -Infinity, 5e-324, 1.7e308, 0.1, -2.5];
  const rows = doubles.length;
  const fill = <T>(value: T) => new Array<T>(rows).fill(value);
  const batch: Batch = {
    table,
    from: 0,
    rows,
    columns: [
      { values: Float64Array.from(doubles), nulls: null },
      {
        values: BigInt64Array.from(
          fill(0n),
          (_, r) => r % 2 ? 2n ** 63n - 1n : -(2n ** 63n),
        ),
        nulls: null,
      },
      { values: fill(Uint8Array.of(0, 255, 128)), nulls: null },
      { values: Float64Array.from(fill(-719_162)), nulls: null },
      {
        values: BigInt64Array.from(fill(253_402_300_799_999_999n)),
        nulls: null,
      },
      { values: fill("9".repeat(60)), nulls: null },
      {
        values: BigInt64Array.from(fill(999_999_999_999_999_999n)),
        nulls: null,
      },
    ],
  };
  const writer = new ItemWriter(table);
  const items = doubles.map((_, r) =>
    JSON.parse(writer.item(batch, r)) as Item
  );
  assert.deepEqual(
    items.map((item) => item.double),
    [
      "N0",
      "S-0",
      "SNaN",
      "SInfinity",
      "S-Infinity",
      "S5e-324",
      "S1.7e+308",
      "N0.1",
      "N-2.5",
    ]
      .map((text) => ({ [text[0]]: text.slice(1) })),
  );
  const back = itemBatch(table, items);
  for (let r = 0; r < rows; r++) {
    assert.equal(canonicalRow(back, r), canonicalRow(batch, r));
    assert.equal(itemText(table, items[r]), canonicalRow(batch, r));
  }
});
