import assert from "node:assert/strict";
import {
  decimalText,
  type Item,
  itemBatch,
  itemText,
  ItemWriter,
  scaledInteger,
} from "../../../lib/platforms/dynamodb/items.ts";
import { batchOf, canonicalOf, everyType } from "../../fixtures/tables.ts";

Deno.test("decimalText() and scaledInteger() are each other's inverse", () => {
  const cases: [number, number, string][] = [
    [1234, 2, "12.34"],
    [-5, 2, "-0.05"],
    [0, 4, "0.0000"],
    [7, 0, "7"],
    [-120, 1, "-12.0"],
    [9_007_199_254_740_991, 2, "90071992547409.91"],
    [-9_007_199_254_740_991, 6, "-9007199254.740991"],
  ];
  for (const [scaled, scale, text] of cases) {
    assert.equal(decimalText(scaled, scale), text);
    assert.equal(scaledInteger(text, scale), scaled);
  }
});

Deno.test("scaledInteger() reads numbers as DynamoDB shortens them", () => {
  assert.equal(scaledInteger("12.3", 2), 1230);
  assert.equal(scaledInteger("0", 2), 0);
  assert.ok(Object.is(scaledInteger("-0", 2), 0));
  assert.equal(scaledInteger("1E+2", 2), 10_000);
  assert.equal(scaledInteger("4503599627370496", 1), 45_035_996_273_704_960);
  assert.equal(scaledInteger("9007199254740.99", 3), 9_007_199_254_740_990);
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
