import assert from "node:assert/strict";
import {
  formatBytes,
  formatCount,
  parseBytes,
  parseCount,
} from "../../lib/core/sizes.ts";

Deno.test("parseCount() reads numbers, units, underscores and exponents", () => {
  assert.equal(parseCount("16.6B"), 16_600_000_000);
  assert.equal(parseCount("16_600_000_000"), 16_600_000_000);
  assert.equal(parseCount("300k"), 300_000);
  assert.equal(parseCount("1e6"), 1_000_000);
  assert.equal(parseCount("2.3M"), 2_300_000);
  assert.equal(parseCount(17), 17);
});

Deno.test("parseCount() refuses fractions, signs, words and what is past 2^53", () => {
  for (
    const bad of [
      "1.5",
      "-3",
      "many",
      "",
      "3kB",
      "10PB",
      "99999999T",
      1.5,
      -1,
      NaN,
    ]
  ) {
    assert.throws(
      () => parseCount(bad),
      /Cannot read .* as a count[\s\S]*What to do/,
    );
  }
});

Deno.test("parseBytes() tells decimal from binary units", () => {
  assert.equal(parseBytes("500GB"), 500e9);
  assert.equal(parseBytes("64MiB"), 64 * 2 ** 20);
  assert.equal(parseBytes("1024"), 1024);
  assert.throws(() => parseBytes("5 parsecs"), /What to do/);
});

Deno.test("formatCount() and formatBytes() write for people", () => {
  assert.equal(formatCount(9_999), "9,999");
  assert.equal(formatCount(300_000), "300k");
  assert.equal(formatCount(16_600_000_000), "16.6B");
  assert.equal(formatBytes(999), "999 B");
  assert.equal(formatBytes(1_234_567), "1.23 MB");
});
