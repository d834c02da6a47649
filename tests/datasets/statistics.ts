import assert from "node:assert/strict";

/**
 * Asserts that values follow a law by Kolmogorov and Smirnov's test, at the
 * bound that one sample in 10,000 exceeds. Seeds are fixed, so it passes always
 * or never.
 *
 * @param share the law's share of values up to this one
 */
export function assertKolmogorov(
  values: Float64Array,
  share: (value: number) => number,
): void {
  const sorted = values.toSorted();
  const n = sorted.length;
  let worst = 0;
  for (let k = 0; k < n; k++) {
    // Equal values are one step of the sample's distribution.
    if (k + 1 < n && sorted[k + 1] === sorted[k]) continue;
    worst = Math.max(worst, Math.abs(share(sorted[k]) - (k + 1) / n));
  }
  const limit = 2.23 / Math.sqrt(n);
  assert(worst < limit, `D = ${worst}, over ${limit}`);
}

/**
 * The standard normal distribution up to z, to 1e-7 (Abramowitz and Stegun,
 * formula 26.2.17).
 */
export function normalShare(z: number): number {
  const t = 1 / (1 + 0.2316419 * Math.abs(z));
  const tail = Math.exp(-z * z / 2) / Math.sqrt(2 * Math.PI) * t *
    (0.31938153 + t * (-0.356563782 +
          t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  return z < 0 ? tail : 1 - tail;
}

/** Spearman's rank correlation; equal values share their mean rank. */
export function spearman(a: Float64Array, b: Float64Array): number {
  const [x, y] = [ranks(a), ranks(b)];
  const mean = (x.length - 1) / 2;
  let [xy, xx, yy] = [0, 0, 0];
  for (let k = 0; k < x.length; k++) {
    const [dx, dy] = [x[k] - mean, y[k] - mean];
    xy += dx * dy;
    xx += dx * dx;
    yy += dy * dy;
  }
  return xy / Math.sqrt(xx * yy);
}

function ranks(values: Float64Array): Float64Array {
  const order = Uint32Array.from(values, (_, k) => k)
    .sort((i, j) => values[i] - values[j]);
  const out = new Float64Array(values.length);
  for (let k = 0; k < order.length;) {
    let end = k;
    while (end < order.length && values[order[end]] === values[order[k]]) end++;
    for (let j = k; j < end; j++) out[order[j]] = (k + end - 1) / 2;
    k = end;
  }
  return out;
}
