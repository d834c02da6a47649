/**
 * How large the parts of an object are that is sent while its length is not
 * known yet.
 *
 * S3 takes 1 to 10,000 parts, each but the last of at least 5 MiB, and objects
 * of up to 5 TiB
 * (https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html). Parts
 * that are all alike would have to be of 550 MB for that; so they begin at 5
 * MiB and grow with the square of their number: 20 MB after 10 GB, 0.11 GB after
 * 100 GB, 0.33 GB after 500 GB, 1.7 GB at the very end.
 *
 * @module
 */

const MIB = 1024 * 1024;

/** Parts that an object may have. */
export const MOST_PARTS = 10_000;

/** The least that S3 takes as a part that is not the last. */
export const LEAST_PART = 5 * MIB;

/** Bytes of a part beyond the least, as a multiple of its number's square. */
const GROWTH = 17;

/**
 * A part is sent without waiting for a checkpoint when it has this much more
 * than the least, or an eighth of it: checkpoints at shorter distances are kept.
 */
const SPARE = 3 * MIB;
const SPARE_SHARE = 1 / 8;

/** Small parts are sent several at once, up to so many bytes; larger ones by twos. */
const SEVERAL = 64 * MIB;
const TWO = 256 * MIB;

/** The fewest bytes of part `n` (from 1), so that 10,000 parts hold 5 TiB. */
export function leastPart(n: number): number {
  return LEAST_PART + GROWTH * n * n;
}

/** The most bytes of part `n`: what it takes in memory. */
export function mostPart(n: number): number {
  const least = leastPart(n);
  return least + Math.max(SPARE, Math.floor(least * SPARE_SHARE));
}

/**
 * Bytes in memory up to which parts are sent while part `n` is being filled: 64
 * MiB, or two parts up to 256 MiB together. Larger ones, in objects of over 120
 * GB, wait for each other.
 */
export function overlap(n: number): number {
  return Math.max(SEVERAL, Math.min(2 * mostPart(n), TWO));
}
