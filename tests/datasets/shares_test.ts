import assert from "node:assert/strict";
import { type Share, shareRows } from "../../lib/datasets/shares.ts";

const SHARES: Share[] = [
  { weight: 1, tables: 4 },
  { weight: 0.5, tables: 6 },
  { weight: 0.25, tables: 1 },
];

function rowsOf(keys: readonly number[], shares: readonly Share[]): number {
  return keys.reduce((sum, n, e) => sum + n * shares[e].tables, 0);
}

Deno.test("shareRows() gives exactly the rows asked for, whatever they are", () => {
  for (let rows = 11; rows < 3000; rows++) {
    const keys = shareRows(rows, SHARES);
    assert.equal(rowsOf(keys, SHARES), rows);
    assert(keys.every((n) => Number.isInteger(n) && n >= 1));
  }
  for (const rows of [300_000, 16_600_000_000, 2 ** 40]) {
    assert.equal(rowsOf(shareRows(rows, SHARES), SHARES), rows);
  }
});

Deno.test("shareRows() follows the weights", () => {
  const keys = shareRows(7_250_000, SHARES);
  assert(Math.abs(keys[0] / keys[1] - 2) < 1e-4);
  assert(Math.abs(keys[1] / keys[2] - 2) < 1e-4);
});

Deno.test("shareRows() trades keys between entities where rounding does not come out even", () => {
  const shares = [{ weight: 1, tables: 3 }, { weight: 1, tables: 5 }];
  for (const rows of [16, 100, 101, 102, 103, 104, 999_999]) {
    assert.equal(rowsOf(shareRows(rows, shares), shares), rows);
  }
});

Deno.test("shareRows() says how many rows there must be", () => {
  assert.throws(
    () => shareRows(10, SHARES),
    /its 11 feature tables need at least one row each\n.*at least 11 rows/,
  );
});

Deno.test("shareRows() refuses sums that no keys give", () => {
  const even = [{ weight: 1, tables: 2 }, { weight: 1, tables: 4 }];
  assert.equal(rowsOf(shareRows(1000, even), even), 1000);
  for (const rows of [7, 1001, 1e9 + 1]) {
    assert.throws(
      () => shareRows(rows, even),
      /no numbers of keys give exactly this many rows/,
    );
  }
});
