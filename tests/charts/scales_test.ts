import assert from "node:assert/strict";
import {
  clientsAxis,
  fittingAxis,
  logAxis,
  thinTicks,
  zeroAxis,
} from "../../lib/charts/scales.ts";

Deno.test("logAxis() holds all values and has two to seven ticks inside", () => {
  for (
    const values of [
      [1],
      [9.9, 10.1],
      [0.62, 74],
      [0.003, 12_000],
      [3, 7, NaN, 0, -1],
    ]
  ) {
    const { domain, ticks } = logAxis(values);
    for (const v of values.filter((v) => v > 0)) {
      assert.ok(v >= domain[0] && v <= domain[1]);
    }
    assert.ok(ticks.length >= 2 && ticks.length <= 8, String(ticks));
    assert.ok(ticks.every((t) => t >= domain[0] && t <= domain[1]));
  }
});

Deno.test("logAxis() stands without values", () => {
  assert.deepEqual(logAxis([]).ticks, [0.1, 1, 10]);
  assert.deepEqual(logAxis([NaN]).ticks, [0.1, 1, 10]);
});

Deno.test("zeroAxis() begins at zero with round steps", () => {
  assert.deepEqual(zeroAxis([2343]).ticks, [0, 1000, 2000]);
  assert.deepEqual(zeroAxis([100]).ticks, [0, 25, 50, 75, 100]);
  assert.deepEqual(zeroAxis([]).domain[0], 0);
});

Deno.test("fittingAxis() turns logarithmic where systems lie far apart", () => {
  assert.equal(fittingAxis([1, 29]).type, "linear");
  assert.equal(fittingAxis([1, 31]).type, "log");
});

Deno.test("clientsAxis() has a tick at each load; thinTicks() keeps the largest", () => {
  const axis = clientsAxis([100, 1, 10, 50, 10]);
  assert.deepEqual(axis.ticks, [1, 10, 50, 100]);
  assert.deepEqual(thinTicks(axis, 300, 20).ticks, [1, 10, 50, 100]);
  assert.deepEqual(thinTicks(axis, 100, 25).ticks, [1, 10, 100]);
  assert.equal(axis.format(1000), "1,000");
  const one = clientsAxis([8]);
  assert.ok(one.domain[0] < 8 && one.domain[1] > 8);
});
