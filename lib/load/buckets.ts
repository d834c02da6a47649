/**
 * HdrHistogram's bucket layout for 1 µs to 1 h at 3 significant digits: values
 * below 2,048 have a bucket each, and every further doubling has 1,024, so that
 * no bucket is wider than a thousandth of its values.
 *
 * Source: Gil Tene, HdrHistogram (counts array of `lowestDiscernibleValue` 1,
 * `highestTrackableValue` 3,600,000,000, `numberOfSignificantValueDigits` 3).
 *
 * @module
 */

/** The highest value with a bucket of its own kind, µs: one hour. */
export const HIGHEST_TRACKABLE = 3_600_000_000;

const HALF_BITS = 10;
const HALF = 1 << HALF_BITS;
const DOUBLINGS = 22;

/** Length of the counts array. */
export const bucketCount: number = (DOUBLINGS + 1) * HALF;

/** The bucket of a whole number of µs, 0 to {@link HIGHEST_TRACKABLE}. */
export function bucketIndex(micros: number): number {
  // Below 2,048 the value is its own index: the shift is 0.
  const shift = 31 - HALF_BITS - Math.clz32(micros | (2 * HALF - 1));
  return shift * HALF + (micros >>> shift);
}

/** The smallest value of a bucket, µs. */
export function lowestEquivalent(index: number): number {
  if (index < 2 * HALF) return index;
  const shift = (index >>> HALF_BITS) - 1;
  return (index - shift * HALF) * 2 ** shift;
}

/** The largest whole number of µs in a bucket. */
export function highestEquivalent(index: number): number {
  return lowestEquivalent(index) + bucketWidth(index) - 1;
}

/** How many whole µs share a bucket. */
export function bucketWidth(index: number): number {
  return index < 2 * HALF ? 1 : 2 ** ((index >>> HALF_BITS) - 1);
}
