import { ServemarkError } from "../core/errors.ts";

/** An entity's part in the sharing of rows. */
export interface Share {
  /** Keys are in proportion to this. */
  readonly weight: number;
  /** Its feature tables: each has one row for each key. */
  readonly tables: number;
}

/** Any sum above the largest two numbers of tables multiplied can be paid, if one can at all. */
const MAX_SLACK = 1000;

/**
 * Shares rows out over entities, as numbers of keys: in proportion to the
 * weights, at least 1 each, and so that keys times tables sum to exactly `rows`.
 *
 * @throws {ServemarkError} when there are too few rows, or when no numbers of
 * keys give that sum (say, an odd one where every entity has two tables).
 */
export function shareRows(rows: number, shares: readonly Share[]): number[] {
  const least = shares.reduce((n, s) => n + s.tables, 0);
  if (rows < least) {
    throw new ServemarkError(`Cannot make a dataset of ${rows} rows`, {
      cause: `its ${least} feature tables need at least one row each`,
      remedy: `Ask for at least ${least} rows`,
      exitCode: 2,
    });
  }
  const unit = rows / shares.reduce((n, s) => n + s.tables * s.weight, 0);
  // What rounding down leaves is paid out in whole keys. Where that does not
  // come out even, a few more keys of each entity are put up for it.
  for (let slack = 0;; slack = 2 * slack + 1) {
    const keys = shares.map((s) =>
      Math.max(1, Math.floor(s.weight * unit) - slack)
    );
    const rest = rows - shares.reduce((n, s, e) => n + s.tables * keys[e], 0);
    const more = rest < 0 ? undefined : payOut(rest, shares);
    if (more) return keys.map((n, e) => n + more[e]);
    if (keys.every((n) => n === 1) || slack > MAX_SLACK) break;
  }
  throw new ServemarkError(`Cannot make a dataset of ${rows} rows`, {
    cause: "no numbers of keys give exactly this many rows, as each entity's " +
      `key is one row in each of its tables (${
        shares.map((s) => s.tables).join(", ")
      })`,
    remedy: "Ask for a few rows more or fewer",
    exitCode: 2,
  });
}

/** Pays an amount in the fewest coins (tables of an entity); `undefined` if it cannot be paid. */
function payOut(
  amount: number,
  shares: readonly Share[],
): number[] | undefined {
  const coins = new Int32Array(amount + 1).fill(-1);
  const last = new Int32Array(amount + 1);
  coins[0] = 0;
  for (let sum = 1; sum <= amount; sum++) {
    shares.forEach(({ tables }, e) => {
      const before = tables > 0 && sum >= tables ? coins[sum - tables] : -1;
      if (before >= 0 && (coins[sum] < 0 || before + 1 < coins[sum])) {
        coins[sum] = before + 1;
        last[sum] = e;
      }
    });
  }
  if (coins[amount] < 0) return undefined;
  const paid = shares.map(() => 0);
  for (let sum = amount; sum > 0; sum -= shares[last[sum]].tables) {
    paid[last[sum]]++;
  }
  return paid;
}
