/**
 * The generator over again in 64-bit integers, as a SQL engine's BIGINT has
 * them: every intermediate result must fit, and division cuts towards zero.
 *
 * @module
 */
import assert from "node:assert/strict";
import { type HashKey, hashKey, P } from "../../lib/core/arithmetic.ts";
import { rankSteps, scatterOf } from "../../lib/datasets/popularity.ts";
import type {
  ColumnSpec,
  DatasetSpec,
  TableSpec,
} from "../../lib/datasets/spec.ts";
import {
  flagSteps,
  hotSetSteps,
  normalSteps,
  powerLawSteps,
  type Steps,
  weightedSteps,
} from "../../lib/datasets/steps.ts";

const p = BigInt(P);
const HALF = 2n ** 26n;

/** Checks that float64 holds the number too: 2⁵³ is the tighter limit. */
function fits(n: bigint): bigint {
  assert(n < 2n ** 53n && n > -(2n ** 53n), `${n} does not fit`);
  return n;
}

function hash(key: HashKey, i: bigint): bigint {
  const [a, b, s] = [key.a, key.b, key.s].map(BigInt);
  let x = (fits(i % p * a) % p + fits(i / p * b) % p + s) % p;
  for (const c of key.c) x = fits(fits(x * x) % p * x + BigInt(c)) % p;
  return x;
}

function stretch(x: bigint, span: bigint): bigint {
  const [high, low] = [span / HALF, span % HALF];
  const product = fits(x * high);
  return product / p * HALF + fits(product % p * HALF + x * low) / p;
}

function spread(x: bigint, span: bigint): bigint {
  return fits(x * span) / p;
}

function spreadWide(x: bigint, y: bigint, span: bigint): bigint {
  if (span <= HALF) return fits(x * span + spread(y, span)) / p;
  const start = stretch(x, span);
  return start + spread(y, stretch(x + 1n, span) - start);
}

/** A column's three hashes of a row: those of `seed/table/column`, `…/fill` and `…/wide`. */
type Hashes = readonly [bigint, bigint, bigint];

function hashesOf(name: string, i: bigint): Hashes {
  return [
    hash(hashKey(name), i),
    hash(hashKey(`${name}/fill`), i),
    hash(hashKey(`${name}/wide`), i),
  ];
}

/** A column's hashes, or the ones it borrows from the column that it is correlated with. */
function columnHashes(
  spec: DatasetSpec,
  table: TableSpec,
  column: ColumnSpec,
  i: bigint,
): Hashes {
  const name = `${spec.seed}/${table.name}/${column.name}`;
  const { correlated } = column;
  if (!correlated) return hashesOf(name, i);
  const { share } = correlated;
  if (!isBelow(hashKey(`${name}/with`), i, Math.abs(share))) {
    return hashesOf(name, i);
  }
  const other = table.columns.find((c) => c.name === correlated.with)!;
  const [x, y, z] = columnHashes(spec, table, other, i);
  return share < 0 ? [p - 1n - x, p - 1n - y, p - 1n - z] : [x, y, z];
}

function uniform([x, y]: Hashes, min: bigint, max: bigint): bigint {
  const span = max - min + 1n;
  if (span <= 2n ** 18n) return min + spread(x, span);
  return min + spreadWide(x, y, span);
}

function byStep([x, y, z]: Hashes, steps: Steps): bigint {
  const j = steps.from.findLastIndex((from) => from <= Number(x));
  const [start, width, tilt] = [steps.start, steps.width, steps.tilt].map((s) =>
    BigInt(s[j])
  );
  if (width > HALF) return start + spreadWide(y, z, width);
  const bent = y - fits(fits(y * (p - y)) / p * tilt) / HALF;
  return start + spread(bent, width);
}

function isBelow(key: HashKey, i: bigint, share: number): boolean {
  return Number(hash(key, i)) < Math.round(share * P);
}

const DAY = 86_400_000_000n;

/** Moves an even time by the day's cycle: each hour's weight is rounded to 24 · 100,000ths of the day. */
function cycled(cycle: readonly number[] | undefined, t: bigint): bigint {
  if (!cycle) return t;
  const total = cycle.reduce((a, b) => a + b, 0);
  const units = [0n];
  let sum = 0;
  for (const weight of cycle) {
    sum += weight;
    units.push(BigInt(Math.round(sum / total * 2_400_000)));
  }
  const [day, rest] = [t / DAY, t % DAY];
  const hour = units.findLastIndex((u) => u * 36_000n <= rest);
  const share = units[hour + 1] - units[hour];
  const within = fits((rest - units[hour] * 36_000n) * 100_000n) / share;
  return day * DAY + BigInt(hour) * DAY / 24n + within;
}

/** µs that neighbouring event times are kept apart before the cycle moves them. */
function gapOf(cycle: readonly number[] | undefined): bigint {
  if (!cycle) return 1n;
  const total = cycle.reduce((a, b) => a + b, 0);
  return BigInt(Math.max(1, Math.ceil(24 * Math.max(...cycle) / total)));
}

/** One value's integer: a key's number, a word's place, or the value itself; `null` for NULL. */
export function exactInteger(
  spec: DatasetSpec,
  table: TableSpec,
  column: ColumnSpec,
  row: number,
): number | null {
  const i = BigInt(row);
  const name = `${spec.seed}/${table.name}/${column.name}`;
  if (isIdle(spec, table, i) && column.idle === "null") return null;
  if (
    !(isIdle(spec, table, i) && column.idle) &&
    isBelow(hashKey(`${name}/null`), i, column.nulls)
  ) return null;
  return Number(fits(valued(spec, table, column, i)));
}

function isIdle(spec: DatasetSpec, table: TableSpec, i: bigint): boolean {
  const key = hashKey(`${spec.seed}/${table.name}//idle/null`);
  return isBelow(key, i, table.idle ?? 0);
}

/** A column's integer, whether it is NULL or not. */
function valued(
  spec: DatasetSpec,
  table: TableSpec,
  column: ColumnSpec,
  i: bigint,
): bigint {
  if (column.idle === "zero" && isIdle(spec, table, i)) return 0n;
  return drawn(spec, table, column, i);
}

function drawn(
  spec: DatasetSpec,
  table: TableSpec,
  column: ColumnSpec,
  i: bigint,
): bigint {
  const d = column.distribution;
  const hashes = columnHashes(spec, table, column, i);
  const keyOf = (entityName: string) => {
    const entity = spec.entities.find((e) => e.name === entityName)!;
    const rank = byStep(hashes, rankSteps(entity));
    const { keys, multiplier, offset } = scatterOf(spec.seed, entity);
    return fits(rank * BigInt(multiplier) + BigInt(offset)) % BigInt(keys);
  };
  const earlier = (of: string) => {
    const at = table.columns.findIndex((c) => c.name === of);
    assert(at < table.columns.indexOf(column));
    return valued(spec, table, table.columns[at], i);
  };
  switch (d.kind) {
    case "key":
      return table.events ? keyOf(table.entity) : i;
    case "foreign_key":
      return keyOf(d.entity);
    case "uniform":
      return uniform(hashes, BigInt(d.min), BigInt(d.max));
    case "power_law":
      return byStep(hashes, powerLawSteps(d.min, d.max, d.exponent, d.shift));
    case "normal":
      return byStep(hashes, normalSteps(d.mean, d.deviation, d.min, d.max));
    case "hot_set":
      return byStep(hashes, hotSetSteps(d.min, d.max, d.hot, d.traffic));
    case "categorical":
      return byStep(hashes, weightedSteps(d.weights));
    case "flag":
      return byStep(hashes, flagSteps(d.share));
    case "sequential":
      return BigInt(d.start) + fits(BigInt(d.step) * i);
    case "fraction": {
      const whole = earlier(d.of);
      const [low, high] = [d.min, d.max].map((s) =>
        BigInt(Math.round(s * 2 ** 20))
      );
      const u = low + spread(hashes[0], high - low + 1n);
      const [h, l] = [whole / 2n ** 20n, whole % 2n ** 20n];
      const part = fits(h * u) + fits(l * u + 2n ** 19n) / 2n ** 20n;
      const least = typeof d.least === "string"
        ? earlier(d.least)
        : BigInt(d.least ?? 0);
      const floored = part < least ? least : part;
      return floored > whole ? whole : floored;
    }
    case "product": {
      const divisor = BigInt(d.divisor);
      const product = fits(earlier(d.of[0]) * earlier(d.of[1]));
      return fits(product + divisor / 2n) / divisor;
    }
    case "time": {
      const t = uniform(hashes, 0n, BigInt(d.to - d.from - 1));
      return BigInt(d.from) + cycled(d.cycle, t);
    }
    case "event_time": {
      const interval = BigInt(d.to - d.from) / BigInt(table.rows);
      const jitter = uniform(hashes, 0n, interval - gapOf(d.cycle));
      return BigInt(d.from) + cycled(d.cycle, fits(i * interval) + jitter);
    }
    case "stored":
      throw new Error("stored rows follow from no law");
  }
}
