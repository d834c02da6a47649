import assert from "node:assert/strict";
import {
  type Draw,
  eventTimeDraw,
  nullDraw,
  stepDraw,
  uniformDraw,
} from "../../lib/datasets/draw.ts";
import { hashesOf } from "../../lib/datasets/hashes.ts";
import { normalSteps, powerLawSteps } from "../../lib/datasets/steps.ts";
import { assertFollows, binned } from "./chi_square.ts";

const N = 200_000;

function drawn(draw: Draw, from = 0, count = N): Float64Array {
  const out = new Float64Array(count);
  draw(from, count, out, 0);
  return out;
}

function evenEdges(min: number, span: number, bins: number): number[] {
  return Array.from(
    { length: bins },
    (_, k) => min + Math.ceil(k * span / bins),
  );
}

for (
  const [min, max] of [
    [0, 9],
    [-50, 50],
    [0, 2 ** 18 - 1],
    [0, 2 ** 18],
    [
      100,
      1e8,
    ],
    [0, 3.1536e13],
    [0, 2 ** 52 - 2],
  ]
) {
  Deno.test(`uniformDraw() is uniform over [${min}, ${max}]`, () => {
    const span = max - min + 1;
    const edges = evenEdges(min, span, Math.min(span, 200));
    const values = drawn(uniformDraw(hashesOf("7/t/uniform"), min, max));
    assert(values.every((v) => Number.isInteger(v) && v >= min && v <= max));
    assertFollows(
      binned(values, edges),
      edges.map((e, k) => (edges[k + 1] ?? max + 1) - e),
    );
  });
}

Deno.test("uniformDraw() fills its low digits evenly over wide ranges", () => {
  for (const span of [1e7, 1e10, 3e13]) {
    const counts = new Array(100).fill(0);
    for (const v of drawn(uniformDraw(hashesOf("7/t/digits"), 0, span - 1))) {
      counts[v % 100]++;
    }
    assertFollows(counts, counts.map(() => 1));
  }
});

for (
  const [max, exponent, shift] of [[100, 1, 1], [250_000, 1.6, 40], [
    2_000_000,
    2.4,
    6000,
  ], [49, 0, 1]]
) {
  Deno.test(`stepDraw() follows the power law ${exponent} with shift ${shift} up to ${max}`, () => {
    const edges = [0];
    while (edges.at(-1)! * 1.5 + 1 <= max) {
      edges.push(Math.floor(edges.at(-1)! * 1.5 + 1));
    }
    const shares = edges.map((from, k) => {
      let sum = 0;
      for (let v = from; v < (edges[k + 1] ?? max + 1); v++) {
        sum += (v + shift) ** -exponent;
      }
      return sum;
    });
    const steps = powerLawSteps(0, max, exponent, shift);
    const values = drawn(stepDraw(hashesOf("7/t/power"), steps));
    assert(values.every((v) => Number.isInteger(v) && v >= 0 && v <= max));
    assertFollows(binned(values, edges), shares);
  });
}

Deno.test("stepDraw() follows a normal law, by Kolmogorov and Smirnov", () => {
  const values = drawn(
    stepDraw(hashesOf("7/t/normal"), normalSteps(50_000, 8_000, 0, 100_000)),
  ).sort();
  const bell = (z: number) => Math.exp(-z * z / 2) / Math.sqrt(2 * Math.PI);
  let [area, z, worst] = [0, -6, 0];
  for (let k = 0; k < values.length; k++) {
    const to = (values[k] + 0.5 - 50_000) / 8_000;
    const width = to - z;
    area += width / 6 * (bell(z) + 4 * bell(z + width / 2) + bell(to));
    z = to;
    worst = Math.max(worst, Math.abs(area - (k + 1) / values.length));
  }
  // The 1-in-10,000 bound of the one-sample test.
  const limit = 2.23 / Math.sqrt(values.length);
  assert(worst < limit, `D = ${worst}, over ${limit}`);
});

Deno.test("stepDraw() uses all of a step that is wider than 2²⁶", () => {
  const steps = powerLawSteps(0, 2 ** 34 - 1, 0);
  const values = drawn(stepDraw(hashesOf("7/t/wide"), steps));
  const odd = values.filter((v) => v % 2 === 1).length;
  assertFollows([odd, N - odd], [1, 1]);
  assertFollows(
    binned(values, evenEdges(0, 2 ** 34, 64)),
    new Array(64).fill(1),
  );
});

Deno.test("eventTimeDraw() increases strictly and stays in its window", () => {
  const times = drawn(eventTimeDraw(hashesOf("7/t/at"), 5000, 5000 + 3 * N, N));
  assert(times.every((t, k) => k === 0 || t > times[k - 1]));
  assert(times[0] >= 5000 && times[N - 1] < 5000 + 3 * N);
});

for (const share of [0, 0.013, 0.5, 1]) {
  Deno.test(`nullDraw() makes ${share} of the values NULL`, () => {
    const nulls = new Uint8Array(N);
    nullDraw("7/t/nulls", share)(0, N, nulls);
    const count = nulls.reduce((a, b) => a + b, 0);
    assertFollows([N - count, count], [1 - share, share]);
  });
}

Deno.test("nullDraw() does not depend on the value that it hides", () => {
  const values = drawn(uniformDraw(hashesOf("7/t/c"), 0, 9));
  const nulls = new Uint8Array(N);
  nullDraw("7/t/c", 0.3)(0, N, nulls);
  const counts = new Array(10).fill(0);
  values.forEach((v, k) => counts[v] += nulls[k]);
  assertFollows(counts, counts.map(() => 1));
});

Deno.test("draws of two columns are independent", () => {
  const a = drawn(uniformDraw(hashesOf("7/t/a"), 0, 9));
  const b = drawn(uniformDraw(hashesOf("7/t/b"), 0, 9));
  const counts = new Array(100).fill(0);
  a.forEach((v, k) => counts[10 * v + b[k]]++);
  assertFollows(counts, counts.map(() => 1));
});
