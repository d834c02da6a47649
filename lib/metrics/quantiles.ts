/**
 * Quantiles of the distributions that intervals need.
 *
 * @module
 */

/**
 * Quantile of the standard normal distribution, 0 < q < 1 (Abramowitz and
 * Stegun, Handbook of Mathematical Functions, 26.2.23: off by under 4.5e-4).
 */
export function normalQuantile(q: number): number {
  if (q < 0.5) return -normalQuantile(1 - q);
  const t = Math.sqrt(-2 * Math.log(1 - q));
  const above = 2.515517 + t * (0.802853 + t * 0.010328);
  const below = 1 + t * (1.432788 + t * (0.189269 + t * 0.001308));
  return t - above / below;
}

/**
 * Quantile of Student's t with `df` degrees of freedom: exact for 1 and 2,
 * above that Abramowitz and Stegun, 26.7.5 (off by under 1 % at 3).
 */
export function studentQuantile(df: number, q: number): number {
  if (df === 1) return Math.tan(Math.PI * (q - 0.5));
  if (df === 2) return (2 * q - 1) / Math.sqrt(2 * q * (1 - q));
  const z = normalQuantile(q);
  const [z3, z5, z7] = [z ** 3, z ** 5, z ** 7];
  return z + (z3 + z) / (4 * df) +
    (5 * z5 + 16 * z3 + 3 * z) / (96 * df ** 2) +
    (3 * z7 + 19 * z5 + 17 * z3 - 15 * z) / (384 * df ** 3);
}

/**
 * Quantile of χ² with `df` degrees of freedom (E. B. Wilson and M. M. Hilferty,
 * The Distribution of Chi-Square, PNAS 17, 1931: off by under 3 % at 1).
 */
export function chiSquareQuantile(df: number, q: number): number {
  const share = 2 / (9 * df);
  return df * (1 - share + normalQuantile(q) * Math.sqrt(share)) ** 3;
}
