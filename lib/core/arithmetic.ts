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
  const x = mod(mod(lo * key.a) + mod(hi * key.b) + key.s);
  return rounds(x, key.c[0], key.c[1], key.c[2]);
}

/** Writes `hash(key, from + k)` to `out[k]` for 0 ≤ k < count. */
export function hashBlock(
  key: HashKey,
  from: number,
  count: number,
  out: Float64Array,
): void {
  const { a, b, s } = key;
  const [c1, c2, c3] = key.c;
  let hi = Math.floor(from / P);
  let lo = from - hi * P;
  for (let k = 0; k < count;) {
    // Within one value of hi the linear part grows by a, so no product is needed.
    const end = Math.min(count, k + P - lo);
    let linear = mod(mod(lo * a) + mod(hi * b) + s);
    for (; k < end; k++) {
      out[k] = rounds(linear, c1, c2, c3);
      linear += a;
      if (linear >= P) linear -= P;
    }
    hi++;
    lo = 0;
  }
}

/**
 * The three rounds, `x = ((x² mod P)·x + c) mod P`. The square's remainder is
 * left uncorrected: it is off by P at most, so the product still fits.
 */
function rounds(x: number, c1: number, c2: number, c3: number): number {
  let square = x * x;
  x = mod((square - Math.floor(square * (1 / P)) * P) * x + c1);
  square = x * x;
  x = mod((square - Math.floor(square * (1 / P)) * P) * x + c2);
  square = x * x;
  return mod((square - Math.floor(square * (1 / P)) * P) * x + c3);
}

/** The widest range that one product carries: P · 2²⁶ < 2⁵². */
export const NARROW = 2 ** 26;

/** ⌊x · span / P⌋: spreads a hash over [0, span), for spans up to 2²⁶. */
export function spread(x: number, span: number): number {
  return Math.floor(x * span / P);
}

/**
 * Spreads two hashes over [0, span), for spans up to 2⁵²: ⌊(x·P + y)·span / P²⌋
 * up to 2²⁶, so that each value is as likely as the next to one in 2²⁶; beyond
 * that x chooses one of P stretches and y a place in it.
 */
export function spreadWide(x: number, y: number, span: number): number {
  if (span <= NARROW) return Math.floor((x * span + spread(y, span)) / P);
  const start = stretch(x, span);
  return start + spread(y, stretch(x + 1, span) - start);
}

/** ⌊x · span / P⌋ for spans up to 2⁵², by halves of 26 bits. */
function stretch(x: number, span: number): number {
  const high = Math.floor(span / NARROW);
  const low = span - high * NARROW;
  const product = x * high;
  const quotient = Math.floor(product / P);
  const rest = product - quotient * P;
  return quotient * NARROW + Math.floor((rest * NARROW + x * low) / P);
}
