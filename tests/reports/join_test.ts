import assert from "node:assert/strict";
import { joinResults } from "../../lib/reports/join.ts";
import { reportModel } from "../../lib/reports/model.ts";
import { fixtureResult } from "../fixtures/run_result.ts";
import { RUN } from "./variants.ts";

const small = fixtureResult({ clients: [2], minimum: 40, rounds: 1 });
const other = {
  ...small,
  name: "second",
  dataset: RUN.dataset,
  environment: { ...small.environment, cpu: "Another CPU" },
};

Deno.test("joinResults() keeps each run's systems, points and samples apart", () => {
  const joined = joinResults([RUN, other]);
  assert.equal(joined.systems.length, 6);
  assert.equal(new Set(joined.systems.map((s) => s.id)).size, 6);
  assert.deepEqual(joined.points.map((p) => p.index), [
    ...Array(RUN.points.length + 3).keys(),
  ]);
  assert.equal(
    joined.samples.length,
    RUN.samples.length + other.samples.length,
  );
  const last = joined.points.at(-1)!;
  const own = joined.samples.point.filter((p) => p === last.index).length;
  const before = other.samples.point.filter((p) => p === 2).length;
  assert.equal(own, before);
  assert.equal(joined.name, "feature serving and second");
  assert.match(
    joined.warnings.join("\n"),
    /2 runs.*\n.*different machines: .*Another CPU/s,
  );
  assert.equal(reportModel(joined).systems.length, 6);
});

Deno.test("joinResults() gives one run back as it is", () => {
  assert.equal(joinResults([RUN]), RUN);
});

Deno.test("joinResults() refuses runs on different data, and nothing", () => {
  const fingerprints = {
    ...RUN.dataset.fingerprints,
    card_features_1: "1:2:3:4:5",
  };
  const changed = { ...RUN, dataset: { ...RUN.dataset, fingerprints } };
  assert.throws(
    () => joinResults([RUN, changed]),
    /different data: the fingerprints of card_features_1 differ/,
  );
  assert.throws(() => joinResults([]), /Give the results of a run/);
});
