import assert from "node:assert/strict";
import { reportJson } from "../../lib/reports/json.ts";
import { reportModel } from "../../lib/reports/model.ts";
import schema from "../../lib/reports/report_schema.json" with { type: "json" };
import { percentiles } from "../../lib/metrics/percentiles.ts";
import { resultFromJson } from "../../lib/runs/result_json.ts";
import { breaches } from "./check_schema.ts";
import { fixtureResult } from "../fixtures/run_result.ts";
import { nasty, RUN, spoiled, withPoints } from "./variants.ts";

const written = (run = RUN) =>
  JSON.parse(JSON.stringify(reportJson(reportModel(run), run)));

Deno.test("reportJson() keeps to its published schema", () => {
  const unknown = withPoints(() => ({
    clientCpu: NaN,
    busiestWorker: NaN,
    steal: NaN,
    lastError: "refused",
    mismatch: "row 17",
  }));
  for (
    const run of [
      RUN,
      spoiled("postgres batched", 10),
      fixtureResult({ cutShort: true, clients: [4], minimum: 40 }),
      unknown,
      nasty(),
      { ...RUN, points: [] },
    ]
  ) assert.deepEqual(breaches(schema, written(run)).slice(0, 5), []);
});

Deno.test("report_schema.json refuses what is not a report", () => {
  const good = written();
  assert.ok(breaches(schema, { ...good, schemaVersion: 2 }).length > 0);
  assert.ok(breaches(schema, { ...good, result: {} }).length > 5);
  assert.ok(
    breaches(schema, { ...good, report: { ...good.report, extra: 1 } })
      .some((text) => text.includes("does not know extra")),
  );
});

Deno.test("reportJson() holds what its figures can be computed from again", () => {
  const again = resultFromJson(written().result);
  assert.deepEqual(
    again.points.map((p) => percentiles(p.response)),
    RUN.points.map((p) => percentiles(p.response)),
  );
  const said = reportModel(again);
  const before = reportModel(RUN);
  assert.equal(said.summary[0], before.summary[0]);
  assert.equal(said.summary[1], before.summary[1]);
});
