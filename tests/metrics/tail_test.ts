import assert from "node:assert/strict";
import { allocateSamples } from "../../lib/frames/sample_columns.ts";
import { tail } from "../../lib/metrics/tail.ts";

/** A thousand operations of 1 ms over ten seconds; a stall of 50 ms holds up ten of them in second 7. */
function stalled(weight = 1) {
  const samples = allocateSamples(1001);
  for (let k = 0; k < 1000; k++) {
    const slow = k >= 700 && k < 710;
    samples.point[k] = 3;
    samples.client[k] = k % 5;
    samples.operation[k] = Math.floor(k / 5);
    samples.part[k] = -1;
    samples.planned[k] = k * 10_000;
    samples.sent[k] = samples.planned[k] + 10;
    samples.firstByte[k] = samples.sent[k] + (slow ? 50_000 : 900);
    samples.done[k] = samples.firstByte[k] + 90;
    samples.weight[k] = weight;
  }
  // Another point's, and a request of an operation: neither counts.
  samples.point[1000] = 4;
  samples.part[1000] = -1;
  samples.done[1000] = 1e9;
  samples.length = 1001;
  return samples;
}

Deno.test("tail() finds a stall: late answers, together in one second, of several clients", () => {
  const found = tail(stalled(), 3)!;
  assert.equal(found.operations, 10);
  assert.equal(found.clients, 5);
  assert.equal(found.together, 1);
  assert.equal(Math.round(found.from), 50_100);
  const rounded = (phases: object) =>
    Object.fromEntries(
      Object.entries(phases).map(([name, us]) => [name, Math.round(us)]),
    );
  assert.deepEqual(rounded(found.slow), {
    wait: 10,
    answer: 50_000,
    fetch: 90,
    response: 50_100,
  });
  assert.deepEqual(rounded(found.middle), {
    wait: 10,
    answer: 900,
    fetch: 90,
    response: 1_000,
  });
});

Deno.test("tail() counts samples by their weight, and gives none where too few carry it", () => {
  assert.equal(tail(stalled(7), 3)!.operations, 10);
  assert.equal(tail(stalled(0.5), 3), undefined);
  assert.equal(tail(stalled(), 9), undefined);
});
