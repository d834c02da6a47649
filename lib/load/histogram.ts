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
