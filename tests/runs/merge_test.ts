import assert from "node:assert/strict";
import { allocateSamples } from "../../lib/frames/sample_columns.ts";
import { totalCount } from "../../lib/load/histogram.ts";
import type { WorkerRecord } from "../../lib/load/plan.ts";
import { mergePoint, type PassRecord } from "../../lib/runs/merge.ts";
import { fixtureHistogram } from "../fixtures/run_result.ts";

const PLAN = {
  index: 3,
  system: "a",
  clients: 4,
  planned: 400,
  ceiling: 1e6,
  sharedCores: false,
};

function record(change: Partial<WorkerRecord> = {}): WorkerRecord {
  const values = Array.from({ length: 100 }, (_, k) => 1000 + k);
  return {
    point: 3,
    samples: allocateSamples(0),
    response: fixtureHistogram(values),
    service: fixtureHistogram(values.map((v) => v - 5)),
    seconds: [{
      second: 2,
      response: fixtureHistogram(values),
      service: fixtureHistogram(values),
    }],
    operations: 100,
    codes: [100, 0, 0, 0, 0],
    rows: 3000,
    bytes: 50_000,
    verified: 60,
    mismatched: 0,
    first: 1_000_000,
    last: 2_000_000,
    cpu: 10_000,
    worstPause: 300,
    consumed: { rru: 1500 },
    cutShort: false,
    ...change,
  };
}

function pass(round: number, records: WorkerRecord[], stolen = 0): PassRecord {
  return {
    pass: {
      point: 3,
      system: 0,
      clients: 4,
      round,
      position: 5 + round,
      iterations: 50,
      warmup: 10,
      firstRequest: 0,
    },
    records,
    steal: { stolen, total: 200 },
  };
}

Deno.test("mergePoint() adds up workers and rounds", () => {
  const point = mergePoint(PLAN, [
    pass(0, [record(), record({ first: 900_000, last: 1_900_000 })]),
    pass(1, [record({ last: 1_500_000 }), record({ last: 1_400_000 })], 20),
  ]);
  assert.equal(point.operations, 400);
  assert.deepEqual(point.codes, [400, 0, 0, 0, 0]);
  assert.equal(totalCount(point.response), 400);
  assert.equal(totalCount(point.service), 400);
  assert.equal(totalCount(point.seconds[0].response), 400);
  assert.equal(point.seconds.length, 1);
  assert.deepEqual(point.consumed, { rru: 6000 });
  assert.equal(point.rowsReturned, 12_000);
  assert.equal(point.bytesReturned, 200_000);
  assert.equal(point.verified, 240);
  // From the first planned to the last done instant of each round.
  assert.deepEqual(point.rounds.map((r) => r.seconds), [1.1, 0.5]);
  assert.equal(point.measuredSeconds, 1.6);
  assert.equal(point.throughput, 250);
  assert.equal(point.clientCpu, 100);
  assert.equal(point.steal, 0.05);
  // 10 ms of CPU in 0.4 s.
  assert.equal(point.busiestWorker, 0.025);
  assert.equal(point.cutShort, false);
  assert.deepEqual(point.invalid, []);
});

Deno.test("mergePoint() says what a cut and a loss leave", () => {
  const cut = mergePoint(PLAN, [pass(0, [record()])]);
  assert.equal(cut.cutShort, true);
  assert.deepEqual(cut.invalid, ["Cut short after 100 of 400 operations"]);
  const lost = mergePoint({ ...PLAN, lost: "the server went away" }, []);
  assert.equal(lost.operations, 0);
  assert.deepEqual(lost.codes, [0, 0, 0, 0, 0]);
  assert.ok(Number.isNaN(lost.throughput));
  assert.equal(lost.reasons[0].code, "vanished");
  assert.match(lost.invalid[0], /at 4 clients: the server went away/);
});

Deno.test("mergePoint() does not know what no worker could tell", () => {
  const unknown = record({ cpu: NaN });
  const point = mergePoint({ ...PLAN, planned: 100 }, [{
    ...pass(0, [unknown]),
    steal: { stolen: 0, total: 0 },
  }]);
  assert.ok(Number.isNaN(point.clientCpu));
  assert.ok(Number.isNaN(point.busiestWorker));
  assert.ok(Number.isNaN(point.steal));
  assert.deepEqual(point.invalid, []);
});
