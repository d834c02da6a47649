import assert from "node:assert/strict";
import type { TableSchema } from "../../../lib/datasets/schema.ts";
import { CopyRows } from "../../../lib/platforms/postgres/copy_rows.ts";
import { batchesOf, batchOf, type Value } from "../../fixtures/tables.ts";
import { withServer } from "./with_server.ts";

const SCALES = [0, 1, 2, 3, 4, 5, 7, 8, 9, 12, 13, 15, 18];

const DECIMALS: TableSchema = {
  name: "decimals",
  entity: "thing",
  key: ["id"],
  keyForm: { as: "integer", first: 0 },
  rows: 0,
  columns: [
    { name: "id", nullable: false, type: { kind: "integer" } },
    ...SCALES.map((scale) => ({
      name: `d${scale}`,
      nullable: false,
      type: { kind: "decimal", precision: Math.max(16, scale), scale } as const,
    })),
  ],
};

/** The decimal that a scaled integer stands for, by texts alone. */
function written(scaled: number, scale: number): string {
  const digits = String(Math.abs(scaled)).padStart(scale + 1, "0");
  const whole = digits.slice(0, digits.length - scale);
  const text = scale === 0 ? whole : `${whole}.${digits.slice(-scale)}`;
  return scaled < 0 ? "-" + text : text;
}

Deno.test("CopyRows writes decimals of every scale as PostgreSQL reads them", async () => {
  const numbers = [
    ...[0, 1, -1, 9, 10, 9999, 10000, 10001, 99999999, 100000000],
    ...[12340000, 1234500006789, -100000000000000, 10 ** 12, 10 ** 15],
    ...[Number.MAX_SAFE_INTEGER, -Number.MAX_SAFE_INTEGER],
  ];
  for (let n = 0; n < 400; n++) {
    numbers.push(Math.floor(10 ** ((n * 0.618) % 15.9)) * (n % 3 ? 1 : -1));
  }
  const rows: Value[][] = numbers.map((n, id) => [id, ...SCALES.map(() => n)]);
  await withServer(async ({ platform, control }) => {
    await platform.create([DECIMALS]);
    await platform.load(DECIMALS, batchesOf({ table: DECIMALS, rows }));
    const stored = await control.query<Record<string, string>>(
      "SELECT * FROM servemark.decimals ORDER BY id",
    );
    assert.equal(stored.length, numbers.length);
    stored.forEach((row, id) => {
      for (const scale of SCALES) {
        assert.equal(row[`d${scale}`], written(numbers[id], scale));
      }
    });
  });
});

Deno.test("CopyRows refuses what a column cannot hold, and says where", () => {
  const table = (kind: "boolean" | "integer" | "bigint" | "text") => ({
    ...DECIMALS,
    columns: [{ name: "c", nullable: false, type: { kind } }],
  });
  const bad: [TableSchema, Value][] = [
    [table("boolean"), 2],
    [table("integer"), 2 ** 31],
    [table("integer"), 0.5],
    [table("integer"), NaN],
    [table("bigint"), 2 ** 53],
    [table("bigint"), 1.5],
    [{ ...DECIMALS, columns: [DECIMALS.columns[1]] }, 10 ** 16],
  ];
  for (const [schema, value] of bad) {
    assert.throws(
      () => new CopyRows().add(batchOf(schema, [[value]], 40), 0, 1),
      /table decimals, row 40, column "/,
      String(value),
    );
  }
});
