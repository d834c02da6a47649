import assert from "node:assert/strict";
import { P } from "../../lib/core/arithmetic.ts";
import {
  flagSteps,
  normalSteps,
  powerLawSteps,
  powerSum,
  type Steps,
  TILT_UNIT,
  tilted,
  weightedSteps,
} from "../../lib/datasets/steps.ts";

function shares(steps: Steps): number[] {
  return steps.from.map((from, j) => ((steps.from[j + 1] ?? P) - from) / P);
}

function sum(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0);
}

Deno.test("powerSum() agrees with adding term by term", () => {
  for (const s of [0, 0.5, 1, 1.7, 3]) {
    let exact = 0;
    for (let w = 5000; w < 5500; w++) exact += w ** -s;
    const got = powerSum(5000, 5500, s);
    assert(Math.abs(got / exact - 1) < 1e-12, `s = ${s}: ${got} for ${exact}`);
  }
});

Deno.test("powerLawSteps() covers its range without gaps, and starts at hash 0", () => {
  const steps = powerLawSteps(3, 100_000, 1.1);
  assert.equal(steps.from[0], 0);
  assert.equal(steps.start[0], 3);
  steps.start.forEach((start, j) => {
    const next = steps.start[j + 1] ?? 100_001;
    assert.equal(start + steps.width[j], next);
  });
});

Deno.test("powerLawSteps() gives single values their exact share", () => {
  const steps = powerLawSteps(0, 9, 2);
  const total = sum(Array.from({ length: 10 }, (_, k) => (k + 1) ** -2));
  shares(steps).forEach((share, k) => {
    assert(Math.abs(share - (k + 1) ** -2 / total) < 1 / P);
  });
});

Deno.test("powerLawSteps() at exponent 0 is uniform", () => {
  const steps = powerLawSteps(0, 999, 0);
  shares(steps).forEach((share, j) => {
    assert(Math.abs(share - steps.width[j] / 1000) < 2 / P);
  });
});

Deno.test("tilted() keeps the ends, and moves the middle by a quarter of the tilt", () => {
  for (const tilt of [-TILT_UNIT + 1, -TILT_UNIT / 5, 0, TILT_UNIT / 3]) {
    assert.equal(tilted(0, tilt), 0);
    assert.equal(tilted(P - 1, tilt), P - 1);
    const moved = (P - 1) / 2 - tilted((P - 1) / 2, tilt);
    assert(Math.abs(moved / P - tilt / TILT_UNIT / 4) < 1e-6);
  }
});

Deno.test("tilted() never leaves [0, P) and never turns back", () => {
  for (const tilt of [-TILT_UNIT + 1, TILT_UNIT - 1]) {
    let last = 0;
    for (let y = 0; y < P; y += 9973) {
      const z = tilted(y, tilt);
      assert(Number.isInteger(z) && z >= last && z < P);
      last = z;
    }
  }
});

Deno.test("powerLawSteps() reaches ranks beyond 2³³ in few steps", () => {
  const steps = powerLawSteps(0, 16_600_000_000 - 1, 0.9);
  assert(steps.from.length < 700);
  assert.equal(steps.start.at(-1)! + steps.width.at(-1)!, 16_600_000_000);
});

Deno.test("normalSteps() has the mean and the deviation asked for", () => {
  const steps = normalSteps(700, 80, 0, 2000);
  const middles = steps.start.map((s, j) => s + (steps.width[j] - 1) / 2);
  const p = shares(steps);
  const mean = sum(p.map((share, j) => share * middles[j]));
  const variance = sum(p.map((share, j) => share * (middles[j] - mean) ** 2));
  assert(Math.abs(mean - 700) < 0.01, `${mean}`);
  assert(Math.abs(Math.sqrt(variance) - 80) < 0.1, `${Math.sqrt(variance)}`);
});

Deno.test("normalSteps() gives whole numbers the bell's share of their unit", () => {
  const steps = normalSteps(3, 1.2, 0, 10);
  const bell = (z: number) => Math.exp(-z * z / 2);
  const area = (v: number) => {
    let total = 0;
    for (let k = 0; k < 1000; k++) {
      total += bell((v - 0.5 + (k + 0.5) / 1000 - 3) / 1.2);
    }
    return total;
  };
  const total = sum(Array.from({ length: 11 }, (_, v) => area(v)));
  shares(steps).forEach((share, j) => {
    assert(Math.abs(share - area(steps.start[j]) / total) < 2e-3);
  });
});

Deno.test("weightedSteps() leaves out what has no weight", () => {
  assert.deepEqual(weightedSteps([0, 1, 0, 3]), {
    from: [0, Math.round(P / 4)],
    start: [1, 3],
    width: [1, 1],
    tilt: [0, 0],
  });
});

Deno.test("flagSteps() knows always and never", () => {
  assert.deepEqual(flagSteps(0).start, [0]);
  assert.deepEqual(flagSteps(1).start, [1]);
});
