import assert from "node:assert/strict";
import { keyCandidates } from "../../../lib/transfers/load/key_candidates.ts";
import { survey } from "../../../lib/transfers/load/survey.ts";
import { memorySource, type TableRows } from "./memory_source.ts";

const BIGINT = { kind: "bigint" } as const;
const TEXT = { kind: "text" } as const;
const TIME = { kind: "timestamp" } as const;

async function surveyed(table: TableRows, declared: string[] = []) {
  const source = memorySource({ orders: table });
  return await survey(source, source.tables[0], declared, {});
}

Deno.test("keyCandidates() puts ids first, then the first columns, then an id with a time", () => {
  const { tables: [table] } = memorySource({
    orders: {
      columns: {
        at: TIME,
        amount: { kind: "decimal", precision: 9, scale: 2 },
        city: TEXT,
        customer_id: BIGINT,
        order_id: BIGINT,
      },
      rows: [],
    },
  });
  assert.deepEqual(keyCandidates(table), [
    ["order_id"],
    ["customer_id"],
    ["city"],
    ["order_id", "at"],
    ["customer_id", "at"],
  ]);
});

Deno.test("survey() finds the first likely column that is distinct and never NULL", async () => {
  const found = await surveyed({
    columns: { id: BIGINT, code: TEXT, city: TEXT },
    rows: [[1, "a", "x"], [2, "b", "x"], [3, "c", null], [1, "d", "y"]],
  });
  assert.deepEqual(found.key, ["code"]);
  assert.equal(found.keyFrom, "detected");
  assert.equal(found.rows, 4);
  assert.deepEqual([...found.nullable], ["city"]);
});

Deno.test("survey() takes an id together with a time for events", async () => {
  const found = await surveyed({
    columns: { user_id: BIGINT, at: TIME },
    rows: [[7, 1], [7, 2], [8, 1], [8, 2]],
  });
  assert.deepEqual(found.key, ["user_id", "at"]);
});

Deno.test("survey() names what repeats where no column is a key", async () => {
  await assert.rejects(
    surveyed({
      columns: { id: BIGINT, name: TEXT },
      rows: [[1, "x"], [2, null], [2, "z"]],
    }),
    {
      name: "ServemarkError",
      message:
        /Cannot find a key of table orders: id: row 2 repeats "2"; name: row 1 is NULL[^]*--key=COLUMN/,
    },
  );
});

Deno.test("survey() refuses a declared key that repeats, across batches", async () => {
  await assert.rejects(
    surveyed({
      columns: { id: BIGINT, other: BIGINT },
      rows: [[1, 1], [2, 2], [3, 3], [4, 4], [5, 1]],
    }, ["other"]),
    /declared key of table orders: other: row 4 repeats "1"/,
  );
});
