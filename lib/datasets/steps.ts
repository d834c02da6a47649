/**
 * Distributions as integer thresholds, which every engine compares alike: a
 * hash x in [0, P) falls into step j when `from[j] ≤ x < from[j + 1]`, and the
 * step covers the values from `start[j]` on, `width[j]` of them, equally likely.
 *
 * @module
 */
import { P } from "../core/arithmetic.ts";
import { exp, power } from "../core/portable_math.ts";

/** Thresholds, and the values that they stand for. No step is empty. */
export interface Steps {
  /** Increasing; the first is 0. */
  readonly from: readonly number[];
  readonly start: readonly number[];
  readonly width: readonly number[];
}

/** A run of equally likely values, before its share is rounded to hashes. */
interface Mass {
  readonly start: number;
  readonly width: number;
  readonly mass: number;
}

/** Neighbouring edges of a power law's wide steps lie this factor apart. */
const GROWTH = 1.1;

/**
 * A Zipf–Mandelbrot law over [min, max]: the weight of v is
 * (v − min + shift)^−exponent. Shift 1 is Zipf's law; a larger one makes the
 * values below it about equally likely, as amounts of money are.
 */
export function powerLawSteps(
  min: number,
  max: number,
  exponent: number,
  shift = 1,
): Steps {
  const masses: Mass[] = [];
  const end = max - min + shift + 1;
  for (let w = shift; w < end;) {
    const next = Math.min(end, Math.max(w + 1, Math.floor(w * GROWTH)));
    masses.push({
      start: min + w - shift,
      width: next - w,
      mass: powerSum(w, next, exponent),
    });
    w = next;
  }
  return toSteps(masses);
}

/** Σ w^−s for from ≤ w < end: exact up to 64 terms, then by Euler and Maclaurin. */
export function powerSum(from: number, end: number, s: number): number {
  const f = (w: number) => power(w, -s);
  if (end - from <= 64) {
    let sum = 0;
    for (let w = from; w < end; w++) sum += f(w);
    return sum;
  }
  // The integral by Simpson's rule: smooth enough over one step of 10 %.
  const middle = (from + end) / 2;
  const integral = (end - from) / 6 * (f(from) + 4 * f(middle) + f(end));
  return integral + (f(from) - f(end)) / 2 +
    s * (f(from) / from - f(end) / end) / 12;
}

/** A normal law rounded to whole numbers and cut to [min, max]. */
export function normalSteps(
  mean: number,
  deviation: number,
  min: number,
  max: number,
): Steps {
  // Beyond 6 deviations less than one hash in P would fall.
  const low = Math.max(min, Math.floor(mean - 6 * deviation));
  const high = Math.min(max, Math.ceil(mean + 6 * deviation));
  const masses: Mass[] = [];
  const width = Math.max(1, Math.floor(deviation / 10));
  for (let v = low; v <= high; v += width) {
    const n = Math.min(width, high - v + 1);
    const [a, b] = [
      (v - 0.5 - mean) / deviation,
      (v + n - 0.5 - mean) /
      deviation,
    ];
    const bell = (z: number) => exp(-z * z / 2);
    masses.push({
      start: v,
      width: n,
      mass: (b - a) / 6 * (bell(a) + 4 * bell((a + b) / 2) + bell(b)),
    });
  }
  return toSteps(masses);
}

/** Value k with weight k. */
export function weightedSteps(weights: readonly number[]): Steps {
  return toSteps(weights.map((mass, start) => ({ start, width: 1, mass })));
}

/** 1 with this probability, else 0. */
export function flagSteps(share: number): Steps {
  return weightedSteps([1 - share, share]);
}

function toSteps(masses: readonly Mass[]): Steps {
  let total = 0;
  for (const m of masses) total += m.mass;
  const steps = {
    from: [] as number[],
    start: [] as number[],
    width: [] as number[],
  };
  let sum = 0;
  let threshold = 0;
  for (const { start, width, mass } of masses) {
    sum += mass;
    const next = Math.round(sum / total * P);
    // A share below half a hash in P never comes up.
    if (next === threshold) continue;
    steps.from.push(threshold);
    steps.start.push(start);
    steps.width.push(width);
    threshold = next;
  }
  return steps;
}
