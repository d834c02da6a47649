/**
 * Percentiles of a histogram, and which of them its operations can carry.
 * Times are µs, percentiles are written 50 … 99.9.
 *
 * @module
 */
import { highestEquivalent } from "../load/buckets.ts";
import { type SparseHistogram, totalCount } from "../load/histogram.ts";

/** The percentiles that tables and reports show. */
export const PERCENTILES = [50, 90, 95, 99, 99.9] as const;

/**
 * Operations that must lie beyond a percentile before it is shown. With k
 * expected beyond it, their number has the standard deviation √k (binomial,
 * David & Nagaraja, Order Statistics, 3rd ed., section 7.1), so that at 10 the
 * 95 % interval of the percentile still ends below the largest value seen.
 */
export const TAIL_OPERATIONS = 10;

/** Percentiles of one histogram, µs; NaN where its operations cannot carry one. */
export interface Percentiles {
  /** Operations. */
  readonly n: number;
  readonly p50: number;
  readonly p90: number;
  readonly p95: number;
  readonly p99: number;
  readonly p999: number;
  readonly max: number;
}

/**
 * Whether n operations can carry percentile p (0 < p < 100): at least
 * {@link TAIL_OPERATIONS} of them are expected on its thinner side. So p50 needs
 * 20 operations, p99 1,000 and p99.9 10,000.
 */
export function carries(n: number, p: number): boolean {
  const thinner = Math.min(p, 100 - p) / 100;
  // The tolerance is for decimal percentages that float64 cannot hold.
  return n * thinner >= TAIL_OPERATIONS - 1e-6;
}

/**
 * The value, µs, that p % of the operations do not exceed: the upper end of the
 * bucket that holds it, as HdrHistogram gives it, and never above the largest
 * value seen. NaN when the histogram is empty.
 */
export function valueAt(histogram: SparseHistogram, p: number): number {
  const n = totalCount(histogram);
  if (n === 0) return NaN;
  const rank = Math.max(1, Math.ceil(n * p / 100 - 1e-6));
  let seen = 0;
  for (let k = 0; k < histogram.index.length; k++) {
    seen += histogram.count[k];
    if (seen >= rank) {
      return Math.min(highestEquivalent(histogram.index[k]), histogram.max);
    }
  }
  return histogram.max;
}

/** The percentile, µs; NaN when the histogram's operations cannot carry it. */
export function percentile(histogram: SparseHistogram, p: number): number {
  return carries(totalCount(histogram), p) ? valueAt(histogram, p) : NaN;
}

/** All that tables show. */
export function percentiles(histogram: SparseHistogram): Percentiles {
  return {
    n: totalCount(histogram),
    p50: percentile(histogram, 50),
    p90: percentile(histogram, 90),
    p95: percentile(histogram, 95),
    p99: percentile(histogram, 99),
    p999: percentile(histogram, 99.9),
    max: histogram.max,
  };
}

/** Mean, µs; NaN when empty. */
export function mean(histogram: SparseHistogram): number {
  const n = totalCount(histogram);
  return n === 0 ? NaN : histogram.sum / n;
}

/**
 * A percentile for people, in milliseconds with three figures: `1.24`, or
 * `n/a (n=100)` where 100 operations cannot carry it.
 */
export function formatMilliseconds(micros: number, n: number): string {
  if (Number.isNaN(micros)) return `n/a (n=${n.toLocaleString("en-US")})`;
  const ms = micros / 1e3;
  return ms >= 1000
    ? Math.round(ms).toLocaleString("en-US")
    : String(Number(ms.toPrecision(3)));
}
