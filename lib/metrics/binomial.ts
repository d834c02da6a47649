/**
 * The smallest k with P(X ≤ k) ≥ q, for X the number of successes in n trials of
 * probability p. Sums the terms from the mode outwards, each from its neighbour
 * (ratio of successive binomial terms), so that none under- or overflows.
 */
export function binomialQuantile(n: number, p: number, q: number): number {
  if (p <= 0 || n <= 0) return 0;
  if (p >= 1) return n;
  const mode = Math.min(n, Math.floor((n + 1) * p));
  const odds = p / (1 - p);
  // Terms relative to the mode's; those below 1e-18 of it cannot be seen in a sum.
  const below: number[] = [];
  for (let k = mode, term = 1; k > 0 && term > 1e-18; k--) {
    term *= k / ((n - k + 1) * odds);
    below.push(term);
  }
  const above: number[] = [];
  for (let k = mode, term = 1; k < n && term > 1e-18; k++) {
    term *= (n - k) / (k + 1) * odds;
    above.push(term);
  }
  const sum = (terms: number[]) => terms.reduce((s, t) => s + t, 0);
  const total = 1 + sum(below) + sum(above);
  let seen = 0;
  for (let j = below.length - 1; j >= 0; j--) {
    seen += below[j];
    if (seen >= q * total) return mode - 1 - j;
  }
  seen += 1;
  if (seen >= q * total) return mode;
  for (let j = 0; j < above.length; j++) {
    seen += above[j];
    if (seen >= q * total) return mode + 1 + j;
  }
  return n;
}
