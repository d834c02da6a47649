/**
 * Logarithm, exponential and powers from +, −, × and ÷ alone, which IEEE 754
 * rounds alike everywhere. `Math.log`, `Math.exp` and `Math.pow` may differ in
 * the last bit between machines, and with them a dataset's thresholds.
 *
 * @module
 */

const LN2 = 0.6931471805599453;

/** Natural logarithm of x > 0, to about 1e-15 of its value. */
export function log(x: number): number {
  let exponent = 0;
  while (x > 1.5) {
    x /= 2;
    exponent++;
  }
  while (x < 0.75) {
    x *= 2;
    exponent--;
  }
  // ln x = 2 artanh(t), t = (x − 1)/(x + 1), |t| ≤ 1/5
  const t = (x - 1) / (x + 1);
  const square = t * t;
  let power = t;
  let sum = t;
  for (let n = 3; n < 30; n += 2) {
    power *= square;
    sum += power / n;
  }
  return 2 * sum + exponent * LN2;
}

/** e to the x. */
export function exp(x: number): number {
  const exponent = Math.round(x / LN2);
  const rest = x - exponent * LN2;
  let term = 1;
  let sum = 1;
  for (let n = 1; n < 20; n++) {
    term *= rest / n;
    sum += term;
  }
  for (let n = 0; n < exponent; n++) sum *= 2;
  for (let n = 0; n > exponent; n--) sum /= 2;
  return sum;
}

/** x to the y, for x > 0. */
export function power(x: number, y: number): number {
  return y === 0 ? 1 : exp(y * log(x));
}
