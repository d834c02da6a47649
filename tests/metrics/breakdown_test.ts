import assert from "node:assert/strict";
import { allocateSamples } from "../../lib/frames/sample_columns.ts";
import { breakdown, expectedMaximum } from "../../lib/metrics/breakdown.ts";
import { fixtureResult } from "../fixtures/run_result.ts";

Deno.test("breakdown() splits an operation at its instants", () => {
  const samples = allocateSamples(40);
  for (let k = 0; k < 40; k++) {
    samples.part[k] = -1;
    samples.planned[k] = k * 1000;
    samples.sent[k] = k * 1000 + 10;
    samples.firstByte[k] = k * 1000 + 110;
    samples.done[k] = k * 1000 + 130;
    samples.length++;
  }
  // One that failed, and one of another point, are left out.
  samples.code[38] = 2;
  samples.point[39] = 1;
  const found = breakdown(samples, 0);
  assert.equal(found.operations, 38);
  assert.equal(found.wait.mean, 10);
  assert.equal(found.answer.p50, 100);
  assert.equal(found.fetch.mean, 20);
  assert.equal(found.service.mean, 120);
  assert.ok(Number.isNaN(found.service.p99));
  assert.equal(found.parts, undefined);
});

Deno.test("breakdown() says nothing of instants that a driver cannot see", () => {
  const samples = allocateSamples(1);
  samples.part[0] = -1;
  samples.firstByte[0] = NaN;
  samples.done[0] = 9;
  samples.length = 1;
  const found = breakdown(samples, 0);
  assert.ok(Number.isNaN(found.answer.mean));
  assert.ok(Number.isNaN(found.fetch.mean));
  assert.equal(found.service.mean, 9);
});

Deno.test("breakdown() adds an operation's requests up", () => {
  const result = fixtureResult({ clients: [1] });
  const point = result.points.find((p) => p.system === "postgres sequential")!;
  const { parts, service } = breakdown(result.samples, point.index);
  assert.equal(parts?.each, 30);
  assert.ok(Math.abs(parts!.sum / service.mean - 0.98) < 0.05);
  assert.ok(parts!.slowest >= parts!.request.mean);
  assert.ok(parts!.expectedSlowest >= parts!.request.mean);
});

Deno.test("expectedMaximum() of N uniform draws is N/(N + 1)", () => {
  const uniform = Float64Array.from(
    { length: 10_000 },
    (_, k) => (k + 0.5) / 1e4,
  );
  for (const n of [1, 2, 30]) {
    assert.ok(Math.abs(expectedMaximum(uniform, n) - n / (n + 1)) < 1e-3);
  }
  assert.ok(Number.isNaN(expectedMaximum(new Float64Array(), 3)));
});
