/**
 * The daily cycle: times that are even over whole days, moved so that each hour
 * of the day takes its share of them. The move keeps their order.
 *
 * @module
 */

/** A day in µs. */
export const DAY = 86_400_000_000;
/** An hour in µs. */
export const HOUR = 3_600_000_000;

/** Units of an hour's share: `100,000 · 36,000 µs` are an hour, and all products stay below 2⁵³. */
export const SHARE_UNIT = 100_000;
const UNIT_MICROS = HOUR / SHARE_UNIT;

/** A day's cycle as integers. */
export interface Cycle {
  /** Each hour's share of 24 · {@link SHARE_UNIT}. */
  readonly shares: readonly number[];
  /** Where each hour's stretch of an even day begins, µs; the 25th is the day's end. */
  readonly cuts: readonly number[];
}

/** Turns 24 hourly weights into a cycle. */
export function cycleOf(weights: readonly number[]): Cycle {
  const total = weights.reduce((a, b) => a + b, 0);
  const cuts = [0];
  let sum = 0;
  for (const weight of weights) {
    sum += weight;
    cuts.push(Math.round(sum / total * 24 * SHARE_UNIT) * UNIT_MICROS);
  }
  const shares = weights.map((_, h) => (cuts[h + 1] - cuts[h]) / UNIT_MICROS);
  return { shares, cuts };
}

/**
 * How many µs apart two even times must lie so as not to fall together: the
 * busiest hour's share, rounded up.
 */
export function cycleGap(cycle: Cycle): number {
  return Math.max(1, Math.ceil(Math.max(...cycle.shares) / SHARE_UNIT));
}

/**
 * Moves an even time, in µs since a midnight: with day = ⌊t / DAY⌋, r the rest
 * and h the hour with `cuts[h] ≤ r < cuts[h + 1]`, it becomes
 * `day · DAY + h · HOUR + ⌊(r − cuts[h]) · 100,000 / shares[h]⌋`.
 */
export function cycled({ shares, cuts }: Cycle, t: number): number {
  const day = Math.floor(t / DAY);
  const rest = t - day * DAY;
  let hour = 0;
  while (rest >= cuts[hour + 1]) hour++;
  return day * DAY + hour * HOUR +
    Math.floor((rest - cuts[hour]) * SHARE_UNIT / shares[hour]);
}
