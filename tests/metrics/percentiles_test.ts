import assert from "node:assert/strict";
import { Histogram, mergeHistograms } from "../../lib/load/histogram.ts";
import {
  carries,
  formatMilliseconds,
  mean,
  percentile,
  percentiles,
  valueAt,
} from "../../lib/metrics/percentiles.ts";

function histogram(values: Iterable<number>) {
  const h = new Histogram();
  for (const value of values) h.record(value);
  return h.toSparse();
}

const upTo = (n: number) => Array.from({ length: n }, (_, k) => k + 1);

Deno.test("percentile() is the value that its share does not exceed", () => {
  const h = histogram(upTo(1000));
  assert.equal(percentile(h, 50), 500);
  assert.equal(percentile(h, 90), 900);
  assert.equal(percentile(h, 95), 950);
  assert.equal(percentile(h, 99), 990);
  assert.equal(mean(h), 500.5);
});

Deno.test("percentile() stays within a thousandth above 2 ms", () => {
  const h = histogram(upTo(10_000).map((k) => k * 977));
  for (const p of [50, 90, 99, 99.9]) {
    const exact = Math.ceil(10_000 * p / 100 - 1e-6) * 977;
    assert.ok(Math.abs(percentile(h, p) / exact - 1) < 1e-3, `p${p}`);
  }
});

Deno.test("percentile() refuses what its samples cannot carry", () => {
  const shown = percentiles(histogram(upTo(100)));
  assert.equal(shown.n, 100);
  assert.equal(shown.p50, 50);
  assert.equal(shown.p90, 90);
  assert.ok(Number.isNaN(shown.p95));
  assert.ok(Number.isNaN(shown.p99));
  assert.equal(shown.max, 100);
  assert.equal(formatMilliseconds(shown.p99, shown.n), "n/a (n=100)");
});

Deno.test("carries() asks for ten operations on the thinner side", () => {
  const least = { 10: 100, 50: 20, 90: 100, 95: 200, 99: 1000, 99.9: 10_000 };
  for (const [p, n] of Object.entries(least)) {
    assert.ok(carries(n, Number(p)), `p${p} with ${n}`);
    assert.ok(!carries(n - 1, Number(p)), `p${p} with ${n - 1}`);
  }
});

Deno.test("valueAt() never goes above the largest value, and is NaN when empty", () => {
  const h = histogram([3_000_000.25]);
  assert.equal(valueAt(h, 50), 3_000_000.25);
  assert.equal(valueAt(h, 100), 3_000_000.25);
  assert.ok(Number.isNaN(valueAt(histogram([]), 50)));
  assert.ok(Number.isNaN(mean(histogram([]))));
});

Deno.test("valueAt() counts the values above the range", () => {
  const h = histogram([1, 2, 5e9]);
  assert.equal(percentiles(h).n, 3);
  assert.equal(valueAt(h, 99), 5e9);
});

Deno.test("valueAt() of merged histograms is that of all their values", () => {
  const a = upTo(3000).map((k) => 40 + k * 7);
  const b = upTo(500).map((k) => 9000 + k * 31);
  const merged = mergeHistograms([histogram(a), histogram(b)]);
  const whole = histogram([...a, ...b]);
  for (const p of [1, 50, 90, 99, 100]) {
    assert.equal(valueAt(merged, p), valueAt(whole, p));
  }
});

Deno.test("formatMilliseconds() writes three figures", () => {
  assert.equal(formatMilliseconds(1234, 1000), "1.23");
  assert.equal(formatMilliseconds(85, 1000), "0.085");
  assert.equal(formatMilliseconds(12_345_678, 1000), "12,346");
});
