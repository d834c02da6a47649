/**
 * Distributions as integer thresholds, which every engine compares alike: a
 * hash x in [0, P) falls into step j when `from[j] ≤ x < from[j + 1]`, and the
 * step covers the values from `start[j]` on, `width[j]` of them. A second hash
 * chooses among them, tilted by `tilt[j]` to where the law has more.
 *
 * @module
 */
import { P } from "../core/arithmetic.ts";
import { exp, log, power } from "../core/portable_math.ts";

/** Thresholds, and the values that they stand for. No step is empty. */
export interface Steps {
  /** Increasing; the first is 0. */
  readonly from: readonly number[];
  readonly start: readonly number[];
  readonly width: readonly number[];
  /** Whole, below 2²⁶ either way; above 0 where lower values are likelier. See {@link tilted}. */
  readonly tilt: readonly number[];
}

/** What a tilt of 1 is written as. */
export const TILT_UNIT = 2 ** 26;

/** Steps wider than this are filled evenly, as a tilted hash would leave gaps in them. */
const TILTED_WIDTH = 2 ** 20;

/** A run of values, before its share is rounded to hashes. */
interface Run {
  readonly start: number;
  readonly width: number;
  readonly mass: number;
  /** Mass of the first ⌊width / 2⌋ values. */
  readonly lower: number;
}

/**
 * A hash y in [0, P), bent so that evenly spread ones become denser below
 * (tilt > 0) or above (tilt < 0): y − c·y·(1 − y/P) with c = tilt / 2²⁶.
 */
export function tilted(y: number, tilt: number): number {
  if (tilt === 0) return y;
  return y - Math.trunc(Math.floor(y * (P - y) / P) * tilt / TILT_UNIT);
}

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
  const runs: Run[] = [];
  const end = max - min + shift + 1;
  for (let w = shift; w < end;) {
    const growth = w * 0.1 <= TILTED_WIDTH ? 1.1 : 1.02;
    const next = Math.min(end, Math.max(w + 1, Math.floor(w * growth)));
    const middle = w + Math.floor((next - w) / 2);
    runs.push({
      start: min + w - shift,
      width: next - w,
      mass: powerSum(w, next, exponent),
      lower: powerSum(w, middle, exponent),
    });
    w = next;
  }
  return toSteps(runs);
}

/**
 * Σ w^−s for from ≤ w < end: term by term up to 64 of them, then by Euler's and
 * Maclaurin's formula.
 */
export function powerSum(from: number, end: number, s: number): number {
  const f = (w: number) => power(w, -s);
  if (end - from <= 64) {
    let sum = 0;
    for (let w = from; w < end; w++) sum += f(w);
    return sum;
  }
  // ∫ w^−s = from^t · (e^(t·l) − 1) / t with t = 1 − s and l = ln(end / from):
  // as a series, for it must hold at t = 0 too.
  const l = log(end / from);
  let term = 1;
  let series = 1;
  for (let n = 1; n < 40; n++) {
    term *= (1 - s) * l / (n + 1);
    series += term;
  }
  const integral = power(from, 1 - s) * l * series;
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
  /** The bell's area over the values [v, v + n), by Simpson's rule. */
  const area = (v: number, n: number) => {
    const from = (v - 0.5 - mean) / deviation;
    const to = (v + n - 0.5 - mean) / deviation;
    const bell = (z: number) => exp(-z * z / 2);
    return (to - from) / 6 *
      (bell(from) + 4 * bell((from + to) / 2) + bell(to));
  };
  const runs: Run[] = [];
  const width = Math.max(1, Math.floor(deviation / 8));
  for (let v = low; v <= high; v += width) {
    const n = Math.min(width, high - v + 1);
    const mass = area(v, n);
    const lower = n > 1 ? area(v, Math.floor(n / 2)) : 0;
    runs.push({ start: v, width: n, mass, lower });
  }
  return toSteps(runs);
}

/** Even runs that a hot set's two sides are cut into, so that ranks within them follow the first hash. */
const HOT_RUNS = 32;

/** The lowest `hot` share of the values takes a `traffic` share of the rows; at least one value is hot. */
export function hotSetSteps(
  min: number,
  max: number,
  hot: number,
  traffic: number,
): Steps {
  const span = max - min + 1;
  const width = Math.min(span, Math.max(1, Math.round(span * hot)));
  if (width === span) return toSteps(evenRuns(min, span, 1));
  return toSteps([
    ...evenRuns(min, width, traffic),
    ...evenRuns(min + width, span - width, 1 - traffic),
  ]);
}

/** Runs whose values are all equally likely. */
function evenRuns(start: number, width: number, mass: number): Run[] {
  const runs: Run[] = [];
  const count = Math.min(HOT_RUNS, width);
  for (let k = 0, done = 0; k < count; k++) {
    const n = Math.floor((width - done) / (count - k));
    const share = mass * n / width;
    const lower = share * Math.floor(n / 2) / n;
    runs.push({ start: start + done, width: n, mass: share, lower });
    done += n;
  }
  return runs;
}

/** Value k with weight k. */
export function weightedSteps(weights: readonly number[]): Steps {
  return toSteps(
    weights.map((mass, start) => ({ start, width: 1, mass, lower: 0 })),
  );
}

/** 1 with this probability, else 0. */
export function flagSteps(share: number): Steps {
  return weightedSteps([1 - share, share]);
}

function toSteps(runs: readonly Run[]): Steps {
  let total = 0;
  for (const run of runs) total += run.mass;
  const steps = {
    from: [] as number[],
    start: [] as number[],
    width: [] as number[],
    tilt: [] as number[],
  };
  let sum = 0;
  let threshold = 0;
  for (const run of runs) {
    sum += run.mass;
    const next = Math.round(sum / total * P);
    // A share below half a hash in P never comes up.
    if (next === threshold) continue;
    steps.from.push(threshold);
    steps.start.push(run.start);
    steps.width.push(run.width);
    steps.tilt.push(tiltOf(run));
    threshold = next;
  }
  return steps;
}

/** The tilt that gives the lower half of a run its share m: solves m − c·m·(1 − m) = half. */
function tiltOf({ width, mass, lower }: Run): number {
  if (width < 2 || width > TILTED_WIDTH) return 0;
  const m = lower / mass;
  const c = (m - Math.floor(width / 2) / width) / (m * (1 - m));
  return Math.round(Math.max(-1, Math.min(1, c)) * (TILT_UNIT - 1));
}
