import assert from "node:assert/strict";
import {
  attainment,
  formatObjective,
  type LoadPoint,
  parseObjective,
} from "../../lib/metrics/objective.ts";
import { fixtureHistogram } from "../fixtures/run_result.ts";

const OBJECTIVE = { percentile: 99, milliseconds: 10 };

function point(
  clients: number,
  milliseconds: number,
  { n = 1000, believable = true } = {},
): LoadPoint {
  const values = Array.from({ length: n }, () => milliseconds * 1e3);
  return { clients, response: fixtureHistogram(values), believable };
}

Deno.test("parseObjective() reads what people write", () => {
  assert.deepEqual(parseObjective("p99 < 10 ms"), OBJECTIVE);
  assert.deepEqual(parseObjective("p99<10ms"), OBJECTIVE);
  assert.deepEqual(parseObjective("p99.9 <= 250us"), {
    percentile: 99.9,
    milliseconds: 0.25,
  });
  assert.deepEqual(parseObjective("p50 < 1s"), {
    percentile: 50,
    milliseconds: 1000,
  });
  assert.equal(formatObjective(parseObjective("p99<10ms")), "p99 < 10 ms");
});

Deno.test("parseObjective() says what to write instead", () => {
  for (
    const text of [
      "",
      "p99",
      "p0 < 1ms",
      "p100 < 1ms",
      "p99 > 5 ms",
      "p99 < 10",
      "p99 < 0 ms",
      "p99 < 1.2.3 ms",
    ]
  ) {
    assert.throws(() => parseObjective(text), /Write a/, text);
  }
});

Deno.test("attainment() is the load up to which it was met, with its margin", () => {
  const found = attainment(
    [point(50, 8), point(1, 2), point(100, 16), point(10, 4)],
    OBJECTIVE,
  );
  assert.equal(found.clients, 50);
  assert.ok(Math.abs(found.milliseconds - 8) < 0.01);
  assert.ok(Math.abs(found.margin - 0.2) < 0.001);
  assert.equal(found.throughout, false);
});

Deno.test("attainment() says when every load met it, and when none did", () => {
  assert.equal(
    attainment([point(1, 2), point(10, 3)], OBJECTIVE).throughout,
    true,
  );
  const none = attainment([point(1, 15), point(10, 3)], OBJECTIVE);
  assert.equal(none.clients, 0);
  assert.ok(Math.abs(none.margin + 0.5) < 0.001);
});

Deno.test("attainment() does not take what cannot be judged for a pass", () => {
  const gap = attainment(
    [point(1, 2), point(10, 2, { believable: false }), point(50, 2)],
    OBJECTIVE,
  );
  assert.equal(gap.clients, 1);
  assert.deepEqual(gap.unjudged, [10]);
  assert.equal(gap.throughout, false);
  const thin = attainment([point(1, 2, { n: 100 })], OBJECTIVE);
  assert.equal(thin.clients, 0);
  assert.ok(Number.isNaN(thin.milliseconds));
});
