import assert from "node:assert/strict";
import {
  LEAST_PART,
  leastPart,
  MOST_PARTS,
  mostPart,
  overlap,
} from "../../lib/stores/part_sizes.ts";

const TIB = 1024 ** 4;
const GIB = 1024 ** 3;

/** Parts that an object of so many bytes has, and the largest of them. */
function partsOf(
  bytes: number,
  size: (n: number) => number,
): { parts: number; largest: number } {
  let parts = 0;
  for (let left = bytes; left > 0; left -= size(parts)) parts++;
  return { parts, largest: size(parts) };
}

Deno.test("leastPart() fits 5 TiB into 10,000 parts that S3 takes", () => {
  assert.equal(MOST_PARTS, 10_000);
  assert.equal(LEAST_PART, 5 * 1024 * 1024);
  for (const size of [leastPart, mostPart]) {
    assert.ok(partsOf(5 * TIB, size).parts <= MOST_PARTS);
    for (let n = 1; n <= MOST_PARTS; n++) {
      assert.ok(size(n) >= LEAST_PART && size(n) <= 5 * GIB);
      assert.ok(Number.isSafeInteger(size(n)));
      assert.ok(size(n + 1) >= size(n));
    }
  }
  // Not by much: larger parts would only take memory.
  assert.ok(partsOf(5 * TIB, leastPart).parts > 9_800);
});

Deno.test("mostPart() bounds the memory that an object's length takes", () => {
  const largest = (bytes: number) => partsOf(bytes, mostPart).largest / 1e6;
  assert.ok(largest(1e9) < 9);
  assert.ok(largest(10e9) < 25);
  assert.ok(largest(100e9) < 115);
  assert.ok(largest(500e9) < 350);
  assert.ok(largest(5 * TIB) < 1_750);
  for (let n = 1; n <= MOST_PARTS; n++) {
    assert.ok(mostPart(n) >= leastPart(n) + 3 * 1024 * 1024);
    assert.ok(mostPart(n) <= leastPart(n) * 1.7);
  }
});

Deno.test("overlap() lets parts be sent while the next is filled, within bounds", () => {
  const memory = (bytes: number) => {
    const { parts } = partsOf(bytes, mostPart);
    return Math.max(overlap(parts), mostPart(parts)) / 2 ** 20;
  };
  assert.equal(memory(5e9), 64);
  assert.ok(memory(50e9) < 150);
  assert.ok(memory(120e9) < 250);
  assert.ok(memory(500e9) < 340);
  for (let n = 1; n <= MOST_PARTS; n++) assert.ok(overlap(n) <= 2 ** 28);
});
