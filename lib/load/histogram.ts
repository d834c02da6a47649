import { bucketCount, bucketIndex, HIGHEST_TRACKABLE } from "./buckets.ts";

/** A histogram as its non-empty buckets: what is posted and stored. */
export interface SparseHistogram {
  /** Bucket indexes, increasing. */
  readonly index: Uint32Array;
  readonly count: Float64Array;
  /** Values above the highest trackable one. */
  readonly above: number;
  /** Smallest and largest recorded value, µs, exact; NaN when empty. */
  readonly min: number;
  readonly max: number;
  /** Sum of the recorded values, µs. */
  readonly sum: number;
}

/**
 * Counts values in constant memory, in the buckets of `buckets.ts`. Values are
 * µs; fractions are rounded to the nearest whole µs for the bucket, and kept in
 * `min`, `max` and `sum`. Values above an hour are counted apart.
 */
export class Histogram {
  readonly #counts = new Float64Array(bucketCount);
  #above = 0;
  #min = Infinity;
  #max = -Infinity;
  #sum = 0;
  #low = bucketCount;
  #high = -1;

  /** Counts one value, µs. A negative one (clocks that disagree) counts as 0. */
  record(micros: number): void {
    const value = micros > 0 ? micros : 0;
    if (value < this.#min) this.#min = value;
    if (value > this.#max) this.#max = value;
    this.#sum += value;
    if (value > HIGHEST_TRACKABLE) {
      this.#above++;
      return;
    }
    const index = bucketIndex((value + 0.5) >>> 0);
    if (index < this.#low) this.#low = index;
    if (index > this.#high) this.#high = index;
    this.#counts[index]++;
  }

  /** Adds another histogram's counts, bucket by bucket: nothing is lost. */
  merge(other: SparseHistogram): void {
    const { index, count } = other;
    for (let k = 0; k < index.length; k++) this.#counts[index[k]] += count[k];
    if (index.length > 0) {
      this.#low = Math.min(this.#low, index[0]);
      this.#high = Math.max(this.#high, index[index.length - 1]);
    }
    this.#above += other.above;
    // NaN, the mark of an empty one, compares false.
    if (other.min < this.#min) this.#min = other.min;
    if (other.max > this.#max) this.#max = other.max;
    this.#sum += other.sum;
  }

  /** The non-empty buckets, as arrays of their own. */
  toSparse(): SparseHistogram {
    let used = 0;
    for (let b = this.#low; b <= this.#high; b++) {
      if (this.#counts[b] > 0) used++;
    }
    const index = new Uint32Array(used);
    const count = new Float64Array(used);
    for (let b = this.#low, k = 0; b <= this.#high; b++) {
      if (this.#counts[b] > 0) {
        index[k] = b;
        count[k++] = this.#counts[b];
      }
    }
    const empty = this.#max < this.#min;
    return {
      index,
      count,
      above: this.#above,
      min: empty ? NaN : this.#min,
      max: empty ? NaN : this.#max,
      sum: this.#sum,
    };
  }

  /** Forgets everything recorded. */
  clear(): void {
    if (this.#high >= 0) this.#counts.fill(0, this.#low, this.#high + 1);
    this.#above = this.#sum = 0;
    this.#min = Infinity;
    this.#max = -Infinity;
    this.#low = bucketCount;
    this.#high = -1;
  }

  /** A histogram that holds a stored one's counts. */
  static fromSparse(sparse: SparseHistogram): Histogram {
    const histogram = new Histogram();
    histogram.merge(sparse);
    return histogram;
  }
}

/** Merges histograms of several workers, rounds or seconds into one. */
export function mergeHistograms(
  parts: readonly SparseHistogram[],
): SparseHistogram {
  const all = new Histogram();
  for (const part of parts) all.merge(part);
  return all.toSparse();
}

/** How many values a histogram holds, those above the range included. */
export function totalCount(histogram: SparseHistogram): number {
  return histogram.count.reduce((n, c) => n + c, histogram.above);
}
