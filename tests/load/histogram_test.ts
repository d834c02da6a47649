import assert from "node:assert/strict";
import {
  bucketCount,
  bucketIndex,
  bucketWidth,
  HIGHEST_TRACKABLE,
  highestEquivalent,
  lowestEquivalent,
} from "../../lib/load/buckets.ts";
import {
  Histogram,
  mergeHistograms,
  totalCount,
} from "../../lib/load/histogram.ts";

/** Values spread over all magnitudes, by a linear congruential generator. */
function* someValues(count: number, seed = 1): Generator<number> {
  let x = seed;
  for (let k = 0; k < count; k++) {
    x = (x * 1_103_515_245 + 12_345) % 2 ** 31;
    yield Math.min(Math.exp(x / 2 ** 31 * 22), HIGHEST_TRACKABLE);
  }
}

function histogramOf(values: Iterable<number>): Histogram {
  const histogram = new Histogram();
  for (const value of values) histogram.record(value);
  return histogram;
}

Deno.test("bucketIndex() has the layout of hdr-histogram-js 3.0.0", () => {
  // Value, countsArrayIndex, highestEquivalentValue, as that package gave them
  // for (1, 3,600,000,000, 3).
  for (
    const [value, index, highest] of [
      [0, 0, 0],
      [1, 1, 1],
      [2047, 2047, 2047],
      [2048, 2048, 2049],
      [5000, 3298, 5003],
      [1_000_000, 11_169, 1_000_447],
      [123_456_789, 18_267, 123_469_823],
      [3_600_000_000, 23_220, 3_600_809_983],
    ]
  ) {
    assert.equal(bucketIndex(value), index);
    assert.equal(highestEquivalent(index), highest);
  }
  assert.equal(bucketCount, 23_552);
});

Deno.test("lowestEquivalent() and highestEquivalent() tile the range without gaps", () => {
  let next = 0;
  for (let index = 0; index < bucketCount; index++) {
    const lowest = lowestEquivalent(index);
    const highest = highestEquivalent(index);
    assert.equal(lowest, next);
    assert.equal(highest - lowest + 1, bucketWidth(index));
    assert.ok(bucketWidth(index) <= Math.max(1, lowest / 1000));
    next = highest + 1;
    if (highest > HIGHEST_TRACKABLE) continue;
    assert.equal(bucketIndex(lowest), index);
    assert.equal(bucketIndex(highest), index);
  }
});

Deno.test("Histogram.merge() gives what recording everything in one gives", () => {
  const values = [...someValues(30_000)];
  const whole = histogramOf(values).toSparse();
  for (const workers of [2, 3, 7]) {
    const parts = Array.from(
      { length: workers },
      (_, w) =>
        histogramOf(values.filter((_, k) => k % workers === w)).toSparse(),
    );
    const merged = mergeHistograms(parts);
    assert.deepEqual(merged.index, whole.index);
    assert.deepEqual(merged.count, whole.count);
    assert.equal(merged.min, whole.min);
    assert.equal(merged.max, whole.max);
    assert.ok(Math.abs(merged.sum / whole.sum - 1) < 1e-12);
  }
  assert.equal(totalCount(whole), 30_000);
});

Deno.test("Histogram.fromSparse() holds the same, and clear() nothing", () => {
  const sparse = histogramOf(someValues(1000)).toSparse();
  const again = Histogram.fromSparse(sparse);
  assert.deepEqual(again.toSparse(), sparse);
  again.clear();
  const empty = again.toSparse();
  assert.equal(totalCount(empty), 0);
  assert.ok(Number.isNaN(empty.min) && Number.isNaN(empty.max));
  assert.equal(empty.sum, 0);
  again.record(5);
  assert.deepEqual([...again.toSparse().index], [5]);
});

Deno.test("Histogram.record() counts values above an hour, and negative ones as 0", () => {
  const sparse = histogramOf([HIGHEST_TRACKABLE + 1, 1e12, -5, 0.4, 0.6])
    .toSparse();
  assert.equal(sparse.above, 2);
  assert.deepEqual([...sparse.index], [0, 1]);
  assert.deepEqual([...sparse.count], [2, 1]);
  assert.equal(sparse.min, 0);
  assert.equal(sparse.max, 1e12);
  assert.equal(totalCount(sparse), 5);
});

Deno.test("mergeHistograms() of empty ones is empty", () => {
  const empty = new Histogram().toSparse();
  const merged = mergeHistograms([empty, empty]);
  assert.equal(totalCount(merged), 0);
  assert.ok(Number.isNaN(merged.min));
});
