import { highestEquivalent } from "../load/buckets.ts";
import { type SparseHistogram, totalCount } from "../load/histogram.ts";

/** One point of a percentile plot. */
export interface DistributionPoint {
  /** Percentile, 0 to 100. */
  readonly percentile: number;
  /** 1/(1 − q), the horizontal place on a logarithmic tail axis: 10 is p90, 1000 is p99.9. */
  readonly tail: number;
  /** µs. */
  readonly value: number;
}

/**
 * The whole distribution, for a plot with a logarithmic tail axis (as
 * HdrHistogram's percentile plots have it): a point for each bucket, thinned to
 * about `perDecade` points a decade of the axis. It ends at the largest value,
 * at n, where n is the number of operations: 1/(1 − q) is infinite there.
 */
export function distribution(
  histogram: SparseHistogram,
  perDecade = 60,
): DistributionPoint[] {
  const n = totalCount(histogram);
  const points: DistributionPoint[] = [];
  let below = 0;
  let next = -Infinity;
  for (let k = 0; k < histogram.index.length; k++) {
    below += histogram.count[k];
    if (below >= n) break;
    const tail = n / (n - below);
    if (Math.log10(tail) < next) continue;
    next = Math.log10(tail) + 1 / perDecade;
    points.push({
      percentile: below / n * 100,
      tail,
      value: Math.min(highestEquivalent(histogram.index[k]), histogram.max),
    });
  }
  if (n > 0) {
    points.push({ percentile: 100, tail: n, value: histogram.max });
  }
  return points;
}
