/**
 * How many independent observations a correlated series is worth.
 *
 * n / τ with τ = 1 + 2 Σ ρ_k, the sum of autocorrelations cut by Geyer's initial
 * monotone sequence: sums of neighbouring pairs ρ_2j + ρ_2j+1 are positive and
 * decreasing in a reversible chain, so the first that is not ends the sum
 * (C. J. Geyer, Practical Markov Chain Monte Carlo, Statistical Science 7, 1992).
 * Never above n: a series that alternates is not taken for more than it is.
 *
 * A level that differs from round to round is a correlation at every lag, so
 * series of several rounds are given one after the other.
 *
 * A long series is first cut into batches, whose means have the same long-run
 * variance: the correlation within a batch is in the variance of its mean.
 */
export function effectiveSize(series: Float64Array): number {
  const n = series.length;
  const size = Math.ceil(n / MOST);
  if (size === 1) return n / Math.max(1, correlationTime(series));
  const batches = Float64Array.from(
    { length: Math.floor(n / size) },
    (_, k) => average(series.subarray(k * size, (k + 1) * size)),
  );
  const variance = autocovariance(series, average(series), 0);
  if (variance === 0) return n;
  const within = size * autocovariance(batches, average(batches), 0) / variance;
  return n / Math.max(1, within * correlationTime(batches));
}

/** Longest series whose lags are summed one by one: their number grows with its square. */
const MOST = 10_000;

function average(series: Float64Array): number {
  let sum = 0;
  for (const x of series) sum += x;
  return sum / series.length;
}

/** τ = 1 + 2 Σ ρ_k; 1 for a constant series. */
function correlationTime(series: Float64Array): number {
  const n = series.length;
  const mean = average(series);
  const variance = autocovariance(series, mean, 0);
  if (variance === 0) return 1;
  let tau = -1;
  let least = Infinity;
  const longest = Math.floor(n / 2);
  for (let lag = 0; lag + 1 < longest; lag += 2) {
    const pair = (autocovariance(series, mean, lag) +
      autocovariance(series, mean, lag + 1)) / variance;
    if (pair <= 0) break;
    least = Math.min(least, pair);
    tau += 2 * least;
  }
  return tau;
}

function autocovariance(
  series: Float64Array,
  mean: number,
  lag: number,
): number {
  let sum = 0;
  for (let i = lag; i < series.length; i++) {
    sum += (series[i] - mean) * (series[i - lag] - mean);
  }
  return sum / series.length;
}
