import assert from "node:assert/strict";
import {
  chiSquareQuantile,
  normalQuantile,
  studentQuantile,
} from "../../lib/metrics/quantiles.ts";

function near(got: number, wanted: number, tolerance: number): void {
  assert.ok(Math.abs(got / wanted - 1) < tolerance, `${got}, not ${wanted}`);
}

Deno.test("normalQuantile() gives the tabulated values", () => {
  near(normalQuantile(0.975), 1.959964, 1e-3);
  near(normalQuantile(0.95), 1.644854, 1e-3);
  near(normalQuantile(0.025), -1.959964, 1e-3);
  assert.ok(Math.abs(normalQuantile(0.5)) < 1e-3);
});

Deno.test("studentQuantile() gives the tabulated values", () => {
  near(studentQuantile(1, 0.975), 12.7062, 1e-4);
  near(studentQuantile(2, 0.975), 4.30265, 1e-4);
  near(studentQuantile(3, 0.975), 3.18245, 0.01);
  near(studentQuantile(9, 0.975), 2.26216, 0.003);
});

Deno.test("chiSquareQuantile() gives the tabulated values", () => {
  near(chiSquareQuantile(1, 0.9), 2.70554, 0.03);
  near(chiSquareQuantile(2, 0.75), 2.77259, 0.02);
  near(chiSquareQuantile(9, 0.95), 16.919, 0.01);
});
