import assert from "node:assert/strict";
import { binomialQuantile } from "../../lib/metrics/binomial.ts";
import { effectiveSize } from "../../lib/metrics/effective_size.ts";
import { interval } from "../../lib/metrics/intervals.ts";
import { ar1, generator } from "../fixtures/series.ts";

/** Standard normal quantiles. */
const Z = { 50: 0, 95: 1.644854, 99: 2.326348 } as const;

Deno.test("binomialQuantile() gives the tabulated values", () => {
  // R: qbinom(c(.025, .5, .975), 10, .5), qbinom(c(.025, .975), 1000, .99)
  assert.deepEqual(
    [0.025, 0.5, 0.975].map((q) => binomialQuantile(10, 0.5, q)),
    [2, 5, 8],
  );
  assert.deepEqual(
    [0.025, 0.975].map((q) => binomialQuantile(1000, 0.99, q)),
    [983, 996],
  );
  assert.equal(binomialQuantile(5, 0, 0.9), 0);
  assert.equal(binomialQuantile(5, 1, 0.1), 5);
});

Deno.test("binomialQuantile() holds for a million trials", () => {
  // Normal approximation: 500,000 + 1.96 · 500.
  assert.ok(Math.abs(binomialQuantile(1e6, 0.5, 0.975) - 500_980) <= 1);
});

Deno.test("effectiveSize() is n (1 − ρ)/(1 + ρ) for a first-order series", () => {
  const random = generator(7);
  for (const rho of [0, 0.5, 0.8]) {
    const n = 40_000;
    const wanted = n * (1 - rho) / (1 + rho);
    const got = effectiveSize(ar1(n, rho, random));
    assert.ok(Math.abs(got / wanted - 1) < 0.2, `ρ ${rho}: ${got}, ${wanted}`);
  }
});

Deno.test("effectiveSize() never exceeds the number of observations", () => {
  const alternating = Float64Array.from({ length: 1000 }, (_, k) => k % 2);
  assert.equal(effectiveSize(alternating), 1000);
  assert.equal(effectiveSize(new Float64Array(50).fill(3)), 50);
});

Deno.test("interval() covers the true percentile as often as it says", () => {
  const random = generator(11);
  const trials = 150;
  for (const rho of [0, 0.7]) {
    for (const p of [50, 95, 99] as const) {
      const truth = Math.exp(0.4 * Z[p]);
      let covered = 0;
      for (let t = 0; t < trials; t++) {
        const values = ar1(2000, rho, random).map((x) => Math.exp(0.4 * x));
        const { low, high } = interval({ values }, p);
        if (low <= truth && truth <= high) covered++;
      }
      // 95 % of 150 with three standard deviations of its own: 134.5 and up.
      assert.ok(covered >= 134, `ρ ${rho}, p${p}: ${covered} of ${trials}`);
    }
  }
});

Deno.test("interval() widens when a level differs between rounds", () => {
  const random = generator(3);
  const same = ar1(2000, 0, random).map((x) => Math.exp(0.2 * x));
  const shifted = same.map((x, k) => k < 1000 ? x : x * 1.3);
  const width = (values: Float64Array) => {
    const { low, high, value } = interval({ values }, 50);
    return (high - low) / value;
  };
  assert.ok(width(shifted) > 4 * width(same));
});

Deno.test("interval() has no upper bound where too little lies above", () => {
  const values = ar1(200, 0, generator(5));
  assert.equal(interval({ values }, 99.5).high, Infinity);
  assert.equal(interval({ values }, 0.5).low, -Infinity);
  assert.ok(Number.isNaN(interval({ values: new Float64Array() }, 50).value));
});

Deno.test("interval() counts a weighted value as that many operations", () => {
  const values = Float64Array.of(1, 2, 3, 4);
  assert.equal(interval({ values }, 50).value, 2);
  assert.equal(interval({ values, weights: [1, 1, 1, 9] }, 50).value, 4);
});

Deno.test("interval() gives the same bounds every time, quickly", () => {
  const values = ar1(10_000, 0.9, generator(9)).map(Math.exp);
  const first = interval({ values }, 99);
  const started = performance.now();
  for (let k = 0; k < 5; k++) {
    assert.deepEqual(interval({ values }, 99), first);
  }
  assert.ok((performance.now() - started) / 5 < 100);
});
