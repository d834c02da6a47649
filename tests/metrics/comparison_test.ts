import assert from "node:assert/strict";
import { compare, type Rounds } from "../../lib/metrics/comparison.ts";
import { ar1, generator } from "../fixtures/series.ts";

/** Lognormal response times, µs, in two rounds. */
function rounds(
  median: number,
  random: () => number,
  { n = 1000, rho = 0.4, drift = 1 } = {},
): Rounds {
  return [1, drift].map((factor) => ({
    values: ar1(n / 2, rho, random).map((x) =>
      factor * median * Math.exp(0.3 * x)
    ),
  }));
}

Deno.test("compare() tells a system from one half as fast", () => {
  const random = generator(1);
  const [fast, slow] = [rounds(1000, random), rounds(2000, random)];
  for (const p of [50, 99]) {
    const verdict = compare(fast, slow, p);
    assert.equal(verdict.claim, "faster");
    assert.ok(verdict.low < 0.5 * 1.1 && verdict.high > 0.5 * 0.9);
    assert.ok(verdict.low < verdict.ratio && verdict.ratio < verdict.high);
    assert.equal(verdict.byRound.length, 2);
    assert.equal(compare(slow, fast, p).claim, "slower");
  }
});

Deno.test("compare() claims a difference between equals no more often than it says", () => {
  const random = generator(2);
  let claimed = 0;
  for (let t = 0; t < 100; t++) {
    const verdict = compare(rounds(900, random), rounds(900, random), 50);
    if (verdict.claim !== "not distinguishable") claimed++;
  }
  assert.ok(claimed <= 10, `${claimed} of 100`);
});

Deno.test("compare() claims nothing where the rounds disagree", () => {
  const random = generator(3);
  const steady = rounds(1000, random, { n: 20_000, rho: 0 });
  const drifting = rounds(900, random, { n: 20_000, rho: 0, drift: 1.2 });
  const verdict = compare(drifting, steady, 50);
  assert.ok(verdict.byRound[0] < 1 && verdict.byRound[1] > 1);
  assert.equal(verdict.claim, "not distinguishable");
});

Deno.test("compare() is not misled by what moves both sides of a round alike", () => {
  const random = generator(6);
  const fast = rounds(1000, random, { n: 4000, drift: 1.6 });
  const slow = rounds(1300, random, { n: 4000, drift: 1.6 });
  assert.equal(compare(fast, slow, 50).claim, "faster");
  const twin = rounds(1000, random, { n: 4000, drift: 1.6 });
  assert.equal(compare(fast, twin, 50).claim, "not distinguishable");
});

Deno.test("compare() takes rounds for the sample where they differ by more than chance", () => {
  const random = generator(7);
  const steady = rounds(1000, random, { n: 10_000 });
  const faster = rounds(800, random, { n: 10_000 });
  const unsteady = rounds(700, random, { n: 10_000, drift: 1.3 });
  assert.equal(compare(faster, steady, 50).claim, "faster");
  const verdict = compare(unsteady, steady, 50);
  assert.ok(verdict.byRound.every((ratio) => ratio < 0.95));
  assert.equal(verdict.claim, "not distinguishable");
});

Deno.test("compare() says unknown where the operations cannot carry the percentile", () => {
  const random = generator(4);
  const few = rounds(1000, random, { n: 100 });
  assert.equal(compare(few, rounds(1000, random), 99).claim, "unknown");
  assert.equal(compare(few, rounds(9000, random), 50).claim, "faster");
});

Deno.test("compare() inverts when the sides are exchanged", () => {
  const random = generator(5);
  const [a, b] = [rounds(1000, random), rounds(1100, random)];
  const [forth, back] = [compare(a, b, 50), compare(b, a, 50)];
  assert.ok(Math.abs(forth.ratio * back.ratio - 1) < 1e-12);
  assert.ok(Math.abs(forth.low * back.high - 1) < 1e-12);
});

/** Six rounds as a run makes them by default; each round has its own level. */
function six(median: number, random: () => number, levels: number[]): Rounds {
  return levels.map((level) => ({
    values: ar1(170, 0.3, random).map((x) =>
      level * median * Math.exp(0.3 * x)
    ),
  }));
}

Deno.test("compare() of six rounds lets one point the other way, and no more", () => {
  const random = generator(11);
  const even = [1, 1, 1, 1, 1, 1];
  const reference = six(1000, random, even);
  const one = compare(six(700, random, [1, 1, 1.5, 1, 1, 1]), reference, 50);
  assert.equal(one.byRound.filter((r) => r > 1).length, 1);
  assert.equal(one.claim, "faster");
  const two = compare(six(700, random, [1, 1, 1.5, 1, 1.5, 1]), reference, 50);
  assert.equal(two.byRound.filter((r) => r > 1).length, 2);
  assert.equal(two.claim, "not distinguishable");
});

Deno.test("compare() of six rounds claims differences between equals rarely", () => {
  const random = generator(12);
  // What shakes the rounds of one side alone, by a tenth either way.
  const levels = () => Array.from({ length: 6 }, () => 0.9 + 0.2 * random());
  let claimed = 0;
  for (let t = 0; t < 100; t++) {
    const verdict = compare(
      six(1000, random, levels()),
      six(1000, random, levels()),
      t % 2 === 0 ? 50 : 99,
    );
    if (verdict.claim !== "not distinguishable") claimed++;
  }
  assert.ok(claimed <= 10, `${claimed} of 100`);
});
