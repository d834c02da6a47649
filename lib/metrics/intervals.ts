/**
 * Confidence intervals of percentiles of correlated response times.
 *
 * @module
 */
import { binomialQuantile } from "./binomial.ts";
import { effectiveSize } from "./effective_size.ts";

/** A percentile with its interval, in the unit of the values. */
export interface Interval {
  /** The percentile itself. */
  readonly value: number;
  /** −Infinity where too few values lie below it to bound it. */
  readonly low: number;
  /** Infinity where too few values lie above it to bound it. */
  readonly high: number;
  /** How many independent values the series is worth for this percentile. */
  readonly effective: number;
}

/** A series of values in the order in which their operations were planned. */
export interface Series {
  readonly values: Float64Array;
  /** How many operations each value stands for; all one where absent. */
  readonly weights?: ArrayLike<number>;
}

/**
 * The interval of percentile p (0 < p < 100) of a series.
 *
 * Whether a value lies at or below the percentile is a series of zeros and ones;
 * its effective size m says how many independent operations the run was worth,
 * and the order statistics at the binomial (m, p) quantiles bound the percentile
 * (R. S. Woodruff, Confidence Intervals for Medians and Other Position Measures,
 * JASA 47, 1952; for dependent series P. Heidelberger and P. A. W. Lewis,
 * Quantile Estimation in Dependent Sequences, Operations Research 32, 1984). It
 * uses no random numbers, so that the same samples always give the same interval.
 */
export function interval(
  series: Series,
  p: number,
  confidence = 0.95,
): Interval {
  return bounded([series], p, confidence);
}

/**
 * The interval of percentile p of several rounds taken together, as it is within
 * the rounds: what differs between them is left to the caller, since systems
 * that took turns in a round share much of it.
 */
export function intervalWithin(
  rounds: readonly Series[],
  p: number,
  confidence = 0.95,
): Interval {
  return bounded(rounds, p, confidence);
}

function bounded(
  rounds: readonly Series[],
  p: number,
  confidence: number,
): Interval {
  const series = joined(rounds);
  if (series.values.length === 0) {
    return { value: NaN, low: NaN, high: NaN, effective: 0 };
  }
  const sorted = cumulative(series);
  const q = p / 100;
  const value = sorted.at(q);
  const effective = Math.max(
    1,
    rounds.reduce((sum, round) => sum + worth(round, q), 0),
  );
  const m = Math.floor(effective);
  const tail = (1 - confidence) / 2;
  // The k-th smallest of m exceeds the percentile with P(X < k), X ~ B(m, p).
  const lowRank = binomialQuantile(m, q, tail);
  const highRank = binomialQuantile(m, q, 1 - tail) + 1;
  return {
    value,
    low: lowRank < 1 ? -Infinity : Math.min(value, sorted.at(lowRank / m)),
    high: highRank > m ? Infinity : Math.max(value, sorted.at(highRank / m)),
    effective,
  };
}

/** How many independent operations a series is worth for its own percentile. */
function worth(series: Series, q: number): number {
  const { values } = series;
  if (values.length === 0) return 0;
  const sorted = cumulative(series);
  const value = sorted.at(q);
  const below = Float64Array.from(values, (x) => x <= value ? 1 : 0);
  return effectiveSize(below) * sorted.evenness;
}

/** Rounds one after the other. */
export function joined(rounds: readonly Series[]): Series {
  if (rounds.length === 1) return rounds[0];
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

/** The values in increasing order, addressed by the share of weight at or below. */
function cumulative({ values, weights }: Series): {
  at: (share: number) => number;
  /** Kish's share of n that unequal weights leave: (Σw)² / (n Σw²). */
  evenness: number;
} {
  if (!weights) {
    const sorted = values.slice().sort();
    const n = sorted.length;
    return {
      at: (share) =>
        sorted[Math.min(n - 1, Math.max(0, Math.ceil(share * n - 1e-9) - 1))],
      evenness: 1,
    };
  }
  const order = Uint32Array.from(values, (_, k) => k)
    .sort((a, b) => values[a] - values[b]);
  const sums = new Float64Array(order.length);
  let [total, squares] = [0, 0];
  for (let k = 0; k < order.length; k++) {
    const weight = weights[order[k]];
    sums[k] = total += weight;
    squares += weight * weight;
  }
  return {
    at: (share) => {
      let [low, high] = [0, sums.length - 1];
      while (low < high) {
        const middle = (low + high) >> 1;
        if (sums[middle] >= share * total * (1 - 1e-12)) high = middle;
        else low = middle + 1;
      }
      return values[order[low]];
    },
    evenness: total * total / (squares * order.length),
  };
}
