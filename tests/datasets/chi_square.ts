import assert from "node:assert/strict";

/**
 * Asserts that counts follow their expected shares by Pearson's χ²: five
 * standard deviations above its mean at most, so one failure in some million
 * seeds if the law is right. Seeds are fixed, so it passes always or never.
 * Bins of fewer than 10 expected are merged with the next.
 */
export function assertFollows(
  counts: readonly number[],
  shares: readonly number[],
): void {
  const n = counts.reduce((a, b) => a + b, 0);
  const total = shares.reduce((a, b) => a + b, 0);
  let [statistic, bins, count, expected] = [0, 0, 0, 0];
  counts.forEach((c, k) => {
    count += c;
    expected += shares[k] / total * n;
    if (expected < 10 && k < counts.length - 1) return;
    if (expected > 0) statistic += (count - expected) ** 2 / expected;
    else assert.equal(count, 0, `bin ${k} should be empty`);
    bins++;
    [count, expected] = [0, 0];
  });
  const freedom = bins - 1;
  const limit = freedom + 5 * Math.sqrt(2 * freedom) + 10;
  assert(
    statistic < limit,
    `χ² is ${statistic.toFixed(1)} with ${freedom} degrees of freedom`,
  );
}

/** Counts values by bin: `edges` are the bins' first values, increasing. */
export function binned(
  values: Float64Array,
  edges: readonly number[],
): number[] {
  const counts = edges.map(() => 0);
  for (const v of values) {
    let [low, high] = [0, edges.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (edges[middle] <= v) low = middle;
      else high = middle - 1;
    }
    counts[low]++;
  }
  return counts;
}
