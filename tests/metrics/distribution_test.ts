import assert from "node:assert/strict";
import { distribution } from "../../lib/metrics/distribution.ts";
import { valueAt } from "../../lib/metrics/percentiles.ts";
import { fixtureHistogram } from "../fixtures/run_result.ts";

Deno.test("distribution() puts each share at 1/(1 − q)", () => {
  const points = distribution(fixtureHistogram([1, 2, 3, 4]));
  assert.deepEqual(points, [
    { percentile: 25, tail: 4 / 3, value: 1 },
    { percentile: 50, tail: 2, value: 2 },
    { percentile: 75, tail: 4, value: 3 },
    { percentile: 100, tail: 4, value: 4 },
  ]);
});

Deno.test("distribution() is thinned, increasing, and agrees with the percentiles", () => {
  const h = fixtureHistogram(Array.from({ length: 20_000 }, (_, k) => k + 1));
  const points = distribution(h);
  assert.ok(points.length < 300, String(points.length));
  for (let k = 1; k < points.length; k++) {
    assert.ok(points[k].tail >= points[k - 1].tail);
    assert.ok(points[k].value >= points[k - 1].value);
  }
  for (const { percentile, value } of points) {
    assert.equal(value, valueAt(h, percentile));
  }
});

Deno.test("distribution() of nothing is empty", () => {
  assert.deepEqual(distribution(fixtureHistogram([])), []);
});
