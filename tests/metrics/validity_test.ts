import assert from "node:assert/strict";
import {
  type PointFacts,
  reasons,
  spoiling,
} from "../../lib/metrics/validity.ts";
import { fixtureHistogram } from "../fixtures/run_result.ts";

const times = Array.from({ length: 1000 }, (_, k) => 1000 + k);

const GOOD: PointFacts = {
  clients: 10,
  operations: 1000,
  planned: 1000,
  codes: [1000, 0, 0, 0, 0],
  verified: 600,
  mismatched: 0,
  response: fixtureHistogram(times),
  service: fixtureHistogram(times.map((t) => t - 3)),
  measuredSeconds: 0.5,
  throughput: 2000,
  busiestWorker: 0.4,
  worstPause: 5000,
  steal: 0.01,
  cutShort: false,
  ceiling: 1e6,
};

function only(change: Partial<PointFacts>) {
  const found = reasons({ ...GOOD, ...change });
  assert.equal(found.length, 1, JSON.stringify(found));
  return found[0];
}

Deno.test("reasons() finds nothing against a good point", () => {
  assert.deepEqual(reasons(GOOD), []);
  const unknown = { busiestWorker: NaN, steal: NaN, ceiling: NaN };
  assert.deepEqual(reasons({ ...GOOD, ...unknown }), []);
});

Deno.test("reasons() allows a thousandth of errors, and names what is over it", () => {
  assert.deepEqual(reasons({ ...GOOD, codes: [999, 0, 1, 0, 0] }), []);
  const found = only({
    codes: [970, 0, 20, 10, 0],
    lastError: "the server is shutting down",
  });
  assert.equal(found.code, "errors");
  assert.equal(
    found.text,
    "3 % of 1,000 operations failed (20 refused, 10 timed out): the server is shutting down",
  );
});

Deno.test("reasons() takes one wrong row for a wrong answer", () => {
  assert.equal(only({ codes: [999, 1, 0, 0, 0] }).code, "rows");
  const found = only({ mismatched: 2, mismatch: "card_1, row 7" });
  assert.equal(found.code, "mismatch");
  assert.match(found.text, /2 of 600 rows compared differ.*card_1, row 7/);
});

Deno.test("reasons() says when the client was the bottleneck, and what its engine can do", () => {
  const found = only({ busiestWorker: 0.97 });
  assert.equal(found.code, "client");
  assert.match(found.text, /97 % of a core.*1,000,000\/s.*2,000\/s/);
  assert.match(
    only({ busiestWorker: 0.9, ceiling: NaN }).text,
    /90 % of a core$/,
  );
});

Deno.test("reasons() says when requests left late", () => {
  const service = fixtureHistogram(times.map((t) => t * 0.6));
  const found = only({ service });
  assert.deepEqual([found.code, found.spoils], ["schedule", "latency"]);
  assert.match(found.text, /40 % of the response time at p99 \(1\.99 ms\)/);
  // Where client and engine share cores, 40 % is the scheduler's doing.
  assert.deepEqual(reasons({ ...GOOD, service, sharedCores: true }), []);
  const most = fixtureHistogram(times.map((t) => t * 0.4));
  assert.equal(only({ service: most, sharedCores: true }).code, "schedule");
  assert.deepEqual(spoiling([found], "throughput"), []);
  assert.deepEqual(spoiling([found], "latency"), [found.text]);
});

Deno.test("reasons() weighs a pause by what it can have delayed", () => {
  // Ten operations of a thousand cannot decide p99; twenty can.
  assert.deepEqual(reasons({ ...GOOD, worstPause: 20_000 }), []);
  const found = only({ clients: 20, worstPause: 20_000 });
  assert.deepEqual([found.code, found.spoils], ["pause", "latency"]);
  const long = only({ worstPause: 100_000 });
  assert.deepEqual([long.code, long.spoils], ["pause", "throughput"]);
  assert.match(long.text, /100 ms, 20 % of the measured time/);
  assert.deepEqual(spoiling([long], "latency"), []);
  assert.deepEqual(spoiling([long], "cost"), [long.text]);
});

Deno.test("reasons() reports steal, a cut, and nothing at all", () => {
  assert.match(only({ steal: 0.12 }).text, /12 % of the machine's CPU/);
  const cut = only({ cutShort: true, planned: 5000 });
  assert.equal(cut.text, "Cut short after 1,000 of 5,000 operations");
  assert.deepEqual(spoiling([cut], "cost"), [cut.text]);
  assert.equal(only({ operations: 0, codes: [] }).code, "empty");
});
