/**
 * Integer arithmetic that float64, and every SQL engine's BIGINT, computes to
 * the same bits: all products stay below 2⁵³.
 *
 * @module
 */
import { createHash } from "node:crypto";

/** The largest prime below 2²⁶; 2 mod 3, so cubing is a permutation mod P. */
export const P = 67_108_859;

/** Rounds of cube-and-add: two are the fewest that pass, three leave a margin. */
export const ROUNDS = 3;

/** The constants of one column's hash. */
export interface HashKey {
  readonly a: number;
  readonly b: number;
  readonly s: number;
  readonly c: readonly [number, number, number];
}

/**
 * Derives a column's constants from a text such as `seed/table/column`: each is
 * 1 + (a 32-bit word of its SHA-256) mod (P − 1).
 */
export function hashKey(text: string): HashKey {
  const digest = createHash("sha256").update(text).digest();
  const word = (k: number) => 1 + digest.readUInt32BE(4 * k) % (P - 1);
  return { a: word(0), b: word(1), s: word(2), c: [word(3), word(4), word(5)] };
}

/** x mod P for 0 ≤ x < 2⁵³. */
export function mod(x: number): number {
  let r = x - Math.floor(x * (1 / P)) * P;
  if (r < 0) r += P;
  else if (r >= P) r -= P;
  return r;
}

/** The column's pseudo-random number for row i (0 ≤ i < 2⁵²), in [0, P). */
export function hash(key: HashKey, i: number): number {
  const hi = Math.floor(i / P);
  const lo = i - hi * P;
  let x = mod(mod(lo * key.a) + mod(hi * key.b) + key.s);
  for (let r = 0; r < ROUNDS; r++) x = mod(mod(x * x) * x + key.c[r]);
  return x;
}
