import assert from "node:assert/strict";
import { exp, log, power } from "../../lib/core/portable_math.ts";

function close(got: number, wanted: number, tolerance: number) {
  const off = Math.abs(got - wanted) / Math.max(1e-300, Math.abs(wanted));
  assert(off <= tolerance, `${got} is not ${wanted} within ${tolerance}`);
}

Deno.test("log() agrees with the library's to 1e-14", () => {
  for (let x = 1e-6; x < 1e18; x *= 1.7) {
    if (Math.abs(x - 1) > 0.05) close(log(x), Math.log(x), 1e-14);
  }
  assert.equal(log(1), 0);
});

Deno.test("exp() agrees with the library's to 1e-13", () => {
  for (let x = -40; x <= 40; x += 0.37) close(exp(x), Math.exp(x), 1e-13);
  assert.equal(exp(0), 1);
});

Deno.test("power() agrees with the library's to 1e-12, and is 1 at exponent 0", () => {
  for (let x = 1; x < 1e13; x *= 3.1) {
    for (const y of [-4.5, -2, -1.1, -0.3, 0.5, 2]) {
      close(power(x, y), Math.pow(x, y), 1e-12);
    }
  }
  assert.equal(power(12345, 0), 1);
});

Deno.test("power() gives the same bits everywhere: known results", () => {
  assert.deepEqual(
    [power(2, -1.1), power(12345, -0.9), power(1e12, -2.4)],
    [0.4665164957684037, 0.0002078059676232895, 1.584893192461113e-29],
  );
});
