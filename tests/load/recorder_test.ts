import assert from "node:assert/strict";
import { mergeHistograms, totalCount } from "../../lib/load/histogram.ts";
import { Recorder } from "../../lib/load/recorder.ts";
import { PART_SHARE } from "../../lib/load/sample_keeper.ts";

function recorder(operations: number, sampleBudget: number, parts = 0) {
  return new Recorder({ point: 3, operations, parts, sampleBudget, seed: 1 });
}

/** Records operation k of client 0: planned every 10 µs, sent 5 µs later, 100 µs of service. */
function record(into: Recorder, k: number, code = 0) {
  const planned = k * 10;
  into.operation(
    0,
    k,
    -1,
    planned,
    planned + 5,
    NaN,
    planned + 105,
    30,
    2000,
    code,
  );
}

Deno.test("Recorder keeps response and service time apart", () => {
  const into = recorder(10, 100);
  for (let k = 0; k < 10; k++) record(into, k);
  const { response, service, first, last, rows, bytes } = into.finish();
  assert.deepEqual([response.min, response.max], [105, 105]);
  assert.deepEqual([service.min, service.max], [100, 100]);
  assert.deepEqual([first, last, rows, bytes], [0, 195, 300, 20_000]);
});

Deno.test("Recorder counts codes, and keeps failed operations in the distributions", () => {
  const into = recorder(5, 100);
  for (const [k, code] of [0, 0, 2, 3, 4].entries()) record(into, k, code);
  const { codes, operations, response, samples } = into.finish();
  assert.deepEqual(codes, [2, 0, 1, 1, 1]);
  assert.equal(operations, 5);
  assert.equal(totalCount(response), 5);
  assert.deepEqual([...samples.code], [0, 0, 2, 3, 4]);
});

Deno.test("Recorder attributes operations to the second of their planned instant", () => {
  const into = recorder(5, 100);
  const end = (planned: number, done: number) =>
    into.operation(0, 0, 0, planned, planned, NaN, done, 1, 1, 0);
  end(100, 200);
  end(2_500_000, 2_500_100);
  end(999_999, 2_700_000); // ends late, in second 2
  end(1_500_000, 2_800_000); // ends late, in a second with no others
  end(2_600_000, 2_900_000);
  const { seconds, response } = into.finish();
  assert.deepEqual(
    seconds.map((s) => [s.second, totalCount(s.response)]),
    [[0, 2], [1, 1], [2, 2]],
  );
  assert.equal(seconds[0].response.max, 1_700_001);
  assert.deepEqual(
    mergeHistograms(seconds.map((s) => s.response)).count,
    response.count,
  );
});

Deno.test("Recorder keeps every sample within the budget, with weight 1", () => {
  const into = recorder(100, 100);
  for (let k = 0; k < 100; k++) record(into, k);
  const { samples } = into.finish();
  assert.equal(samples.length, 100);
  assert.deepEqual(
    [...samples.operation],
    Array.from({ length: 100 }, (_, k) => k),
  );
  assert.ok(samples.weight.every((w) => w === 1));
  assert.ok(samples.point.every((p) => p === 3));
});

Deno.test("Recorder keeps a uniform sample beyond the budget, with weights that add up", () => {
  const total = 100_000;
  const into = recorder(total, 2000);
  for (let k = 0; k < total; k++) record(into, k);
  const { samples, response } = into.finish();
  assert.equal(samples.length, 2000);
  assert.ok(samples.weight.every((w) => w === 50));
  assert.equal(totalCount(response), total);
  assert.equal(new Set(samples.operation).size, 2000);
  // Of ten equal stretches, each holds 200 ± 5 standard deviations (13.4).
  const stretches = new Array(10).fill(0);
  for (const k of samples.operation) stretches[Math.floor(k / 10_000)]++;
  for (const n of stretches) {
    assert.ok(Math.abs(n - 200) < 67, String(stretches));
  }
  // Rows come by their done instant.
  assert.ok(samples.done.every((d, k) => k === 0 || d >= samples.done[k - 1]));
});

Deno.test("Recorder never lets parts crowd whole operations out", () => {
  const run = (operations: number, budget: number) => {
    const into = recorder(operations, budget, 30);
    for (let k = 0; k < operations; k++) {
      for (let part = 0; part < 30; part++) {
        into.part(
          k,
          0,
          k,
          part,
          part,
          k * 10,
          k * 10,
          NaN,
          k * 10 + part,
          1,
          1,
          0,
        );
      }
      record(into, k);
    }
    const { samples } = into.finish();
    const whole = samples.part.filter((p) => p < 0).length;
    const weight = samples.weight.reduce(
      (sum, w, k) => sum + (samples.part[k] >= 0 ? w : 0),
      0,
    );
    return { whole, parts: samples.length - whole, weight, samples };
  };
  const roomy = run(10, 1000);
  assert.deepEqual([roomy.whole, roomy.parts, roomy.weight], [10, 300, 300]);

  const some = run(100, 1000);
  assert.equal(some.whole, 100);
  assert.ok(some.parts > 0 && some.parts <= 1000 * PART_SHARE);
  assert.ok(Math.abs(some.weight - 3000) < 1);
  // The requests of an operation are kept all or none.
  const operations = [...some.samples.operation].filter((_, k) =>
    some.samples.part[k] >= 0
  );
  for (const operation of new Set(operations)) {
    assert.equal(operations.filter((o) => o === operation).length, 30);
  }

  const tight = run(1000, 500);
  assert.deepEqual([tight.whole, tight.parts], [500, 0]);
});

Deno.test("Recorder that recorded nothing gives empty histograms and NaN instants", () => {
  const { response, samples, first, seconds } = recorder(10, 10).finish();
  assert.equal(totalCount(response), 0);
  assert.equal(samples.length, 0);
  assert.ok(Number.isNaN(first));
  assert.deepEqual(seconds, []);
});
