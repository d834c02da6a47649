/**
 * Verdicts between two systems at one load.
 *
 * @module
 */
import { interval, type Series } from "./intervals.ts";
import { carries } from "./percentiles.ts";

/** What may be claimed. `unknown` where the operations cannot carry the percentile. */
export type Claim = "faster" | "slower" | "not distinguishable" | "unknown";

/** A system's response times at one load, µs, by round in the order in which they ran. */
export type Rounds = readonly Series[];

/** How the subject stands to the reference at one percentile. */
export interface Verdict {
  readonly percentile: number;
  readonly claim: Claim;
  /** The subject's percentile over the reference's: 0.5 is half the response time. */
  readonly ratio: number;
  /** Its interval; 0 and Infinity where it has no bound. */
  readonly low: number;
  readonly high: number;
  /** The same ratio in each round. */
  readonly byRound: readonly number[];
  readonly confidence: number;
}

/**
 * Compares a subject with a reference at one percentile.
 *
 * The interval of the ratio is put together from those of the two percentiles on
 * a logarithmic scale (MOVER: G. Y. Zou and A. Donner, Construction of confidence
 * limits about effect measures, Statistics in Medicine 27, 2008), which keeps
 * their asymmetry. A difference is claimed only when that interval excludes 1
 * and every round, taken alone, points the same way.
 */
export function compare(
  subject: Rounds,
  reference: Rounds,
  percentile: number,
  confidence = 0.95,
): Verdict {
  const a = joined(subject);
  const b = joined(reference);
  const common = { percentile, confidence };
  if (
    !carries(a.values.length, percentile) ||
    !carries(b.values.length, percentile)
  ) {
    const none = { ratio: NaN, low: NaN, high: NaN, byRound: [] };
    return { ...common, ...none, claim: "unknown" };
  }
  const x = interval(a, percentile, confidence);
  const y = interval(b, percentile, confidence);
  const ratio = x.value / y.value;
  const low = ratio *
    Math.exp(-Math.hypot(gap(x.low, x.value), gap(y.value, y.high)));
  const high = ratio *
    Math.exp(Math.hypot(gap(x.value, x.high), gap(y.low, y.value)));
  const byRound = subject.slice(0, reference.length).map((round, k) =>
    interval(round, percentile).value /
    interval(reference[k], percentile).value
  ).filter((r) => !Number.isNaN(r));
  const claim: Claim = high < 1 && byRound.every((r) => r < 1)
    ? "faster"
    : low > 1 && byRound.every((r) => r > 1)
    ? "slower"
    : "not distinguishable";
  return { ...common, claim, ratio, low, high, byRound };
}

/** Distance of two ordered positive values on the logarithmic scale; infinite where there is no bound. */
function gap(low: number, high: number): number {
  return low <= 0 ? Infinity : Math.log(high / low);
}

/** Rounds one after the other, so that a level that differs between them counts as correlation. */
function joined(rounds: Rounds): Series {
  const length = rounds.reduce((n, r) => n + r.values.length, 0);
  const values = new Float64Array(length);
  const weighted = rounds.some((r) => r.weights !== undefined);
  const weights = new Float64Array(weighted ? length : 0).fill(1);
  let at = 0;
  for (const round of rounds) {
    values.set(round.values, at);
    if (round.weights) weights.set(Array.from(round.weights), at);
    at += round.values.length;
  }
  return weighted ? { values, weights } : { values };
}

/** The intervals of a system at one load, over all its rounds. */
export function intervalOf(
  rounds: Rounds,
  percentile: number,
  confidence = 0.95,
) {
  return interval(joined(rounds), percentile, confidence);
}

/**
 * What a reader of a closed-loop comparison must know, as a sentence: the two
 * sides did not see the same arrivals.
 */
export const CLOSED_LOOP =
  "Closed loop: each client waits for its answer before it asks again, so the slower system is offered less load";
