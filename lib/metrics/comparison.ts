/**
 * Verdicts between two systems at one load.
 *
 * @module
 */
import {
  type Interval,
  interval,
  intervalWithin,
  joined,
  type Series,
} from "./intervals.ts";
import { carries } from "./percentiles.ts";
import {
  chiSquareQuantile,
  normalQuantile,
  studentQuantile,
} from "./quantiles.ts";

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
 * The interval of the ratio is put together from those of the two percentiles
 * within their rounds, on a logarithmic scale (MOVER: G. Y. Zou and A. Donner,
 * Construction of confidence limits about effect measures, Statistics in
 * Medicine 27, 2008), which keeps their asymmetry. What moves both sides of a
 * round alike cancels. Where the rounds' ratios differ by more than chance
 * (Cochran's Q at 25 %, since two rounds have little power to show it), rounds are the sample instead: their mean log ratio with
 * Student's t. A difference is claimed only when the interval excludes 1 and
 * the rounds, each taken alone, point the same way; of six or more, one in six
 * may not, since the tail of a single round is a handful of operations.
 */
export function compare(
  subject: Rounds,
  reference: Rounds,
  percentile: number,
  confidence = 0.95,
): Verdict {
  const common = { percentile, confidence };
  if (
    !carries(operationsOf(subject), percentile) ||
    !carries(operationsOf(reference), percentile)
  ) {
    const none = { ratio: NaN, low: NaN, high: NaN, byRound: [] };
    return { ...common, ...none, claim: "unknown" };
  }
  const x = intervalWithin(subject, percentile, confidence);
  const y = intervalWithin(reference, percentile, confidence);
  const ratio = x.value / y.value;
  const byRound = subject.slice(0, reference.length).map((round, k) =>
    interval(round, percentile).value /
    interval(reference[k], percentile).value
  ).filter((r) => !Number.isNaN(r));
  const within: Gaps = {
    below: Math.hypot(gap(x.low, x.value), gap(y.value, y.high)),
    above: Math.hypot(gap(x.value, x.high), gap(y.low, y.value)),
  };
  const between = betweenRounds(byRound.map(Math.log), within, confidence);
  const low = between?.low ?? ratio * Math.exp(-within.below);
  const high = between?.high ?? ratio * Math.exp(within.above);
  const claim: Claim = high < 1 && agree(byRound.map((r) => r < 1))
    ? "faster"
    : low > 1 && agree(byRound.map((r) => r > 1))
    ? "slower"
    : "not distinguishable";
  return { ...common, claim, ratio, low, high, byRound };
}

/** Whether enough rounds point the same way: all, or all but one in six. */
function agree(rounds: readonly boolean[]): boolean {
  return rounds.filter((same) => !same).length <= Math.floor(rounds.length / 6);
}

/** How far the interval of a log ratio reaches from it. */
interface Gaps {
  readonly below: number;
  readonly above: number;
}

/** Share of equal rounds that are taken for different ones. */
const HETEROGENEITY = 0.25;

/**
 * The interval from the rounds' own log ratios, where these differ by more than
 * what was found within the rounds explains; else undefined.
 */
function betweenRounds(
  logs: readonly number[],
  within: Gaps,
  confidence: number,
): { low: number; high: number } | undefined {
  const df = logs.length - 1;
  const reach = (within.below + within.above) / 2;
  if (df < 1 || !Number.isFinite(reach)) return undefined;
  const q = (1 + confidence) / 2;
  const mean = logs.reduce((sum, d) => sum + d, 0) / logs.length;
  const squares = logs.reduce((sum, d) => sum + (d - mean) ** 2, 0);
  // All rounds together have 1/K of one round's variance.
  const ofOne = logs.length * (reach / normalQuantile(q)) ** 2;
  if (squares <= ofOne * chiSquareQuantile(df, 1 - HETEROGENEITY)) {
    return undefined;
  }
  const error = Math.sqrt(squares / df / logs.length);
  const half = Math.max(reach, studentQuantile(df, q) * error);
  return { low: Math.exp(mean - half), high: Math.exp(mean + half) };
}

/** Distance of two ordered positive values on the logarithmic scale; infinite where there is no bound. */
function gap(low: number, high: number): number {
  return low <= 0 ? Infinity : Math.log(high / low);
}

function operationsOf(rounds: Rounds): number {
  return rounds.reduce((n, round) => n + round.values.length, 0);
}

/**
 * The interval of a system at one load over all its rounds; a level that differs
 * between them counts as correlation, and so widens it.
 */
export function intervalOf(
  rounds: Rounds,
  percentile: number,
  confidence = 0.95,
): Interval {
  return interval(joined(rounds), percentile, confidence);
}

/**
 * What a reader of a closed-loop comparison must know, as a sentence: the two
 * sides did not see the same arrivals.
 */
export const CLOSED_LOOP =
  "Closed loop: each client waits for its answer before it asks again, so the slower system is offered less load";
