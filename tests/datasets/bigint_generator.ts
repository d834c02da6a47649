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

function uniform(name: string, min: number, max: number, i: bigint): bigint {
  const span = BigInt(max - min + 1);
  const x = hash(hashKey(name), i);
  if (span <= 2n ** 18n) return BigInt(min) + spread(x, span);
  return BigInt(min) + spreadWide(x, hash(hashKey(`${name}/fill`), i), span);
}

function byStep(name: string, steps: Steps, i: bigint): bigint {
  const x = Number(hash(hashKey(name), i));
  const j = steps.from.findLastIndex((from) => from <= x);
  const [start, width, tilt] = [steps.start, steps.width, steps.tilt].map((s) =>
    BigInt(s[j])
  );
  const y = hash(hashKey(`${name}/fill`), i);
  if (width > HALF) {
    return start + spreadWide(y, hash(hashKey(`${name}/wide`), i), width);
  }
  const bent = y - fits(fits(y * (p - y)) / p * tilt) / HALF;
  return start + spread(bent, width);
}

function isBelow(key: HashKey, i: bigint, share: number): boolean {
  return Number(hash(key, i)) < Math.round(share * P);
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
  const idle = hashKey(`${spec.seed}/${table.name}//idle/null`);
  if (column.idle && isBelow(idle, i, table.idle!)) {
    return column.idle === "zero" ? 0 : null;
  }
  if (isBelow(hashKey(`${name}/null`), i, column.nulls)) return null;
  return Number(fits(drawn(name, spec, table, column, i)));
}

function drawn(
  name: string,
  spec: DatasetSpec,
  table: TableSpec,
  column: ColumnSpec,
  i: bigint,
): bigint {
  const d = column.distribution;
  switch (d.kind) {
    case "key": {
      if (!table.events) return i;
      const entity = spec.entities.find((e) => e.name === table.entity)!;
      const rank = byStep(name, rankSteps(entity), i);
      const { keys, multiplier, offset } = scatterOf(spec.seed, entity);
      return fits(rank * BigInt(multiplier) + BigInt(offset)) % BigInt(keys);
    }
    case "uniform":
      return uniform(name, d.min, d.max, i);
    case "power_law":
      return byStep(
        name,
        powerLawSteps(d.min, d.max, d.exponent, d.shift),
        i,
      );
    case "normal":
      return byStep(
        name,
        normalSteps(d.mean, d.deviation, d.min, d.max),
        i,
      );
    case "categorical":
      return byStep(name, weightedSteps(d.weights), i);
    case "flag":
      return byStep(name, flagSteps(d.share), i);
    case "time":
      return uniform(name, d.from, d.to - 1, i);
    case "event_time": {
      const interval = BigInt(d.to - d.from) / BigInt(table.rows);
      return BigInt(d.from) + fits(i * interval) +
        uniform(name, 0, Number(interval) - 1, i);
    }
    default:
      throw new Error(`no domain draws ${d.kind} yet`);
  }
}
