import assert from "node:assert/strict";
import { SAMPLE_COLUMNS } from "../../lib/frames/sample_columns.ts";
import { Results } from "../../lib/runs/results.ts";
import { resultFromJson, resultToJson } from "../../lib/runs/result_json.ts";
import { loadResult, saveResult } from "../../lib/runs/saved.ts";
import { fixtureResult } from "../fixtures/run_result.ts";

const result = fixtureResult({ clients: [1, 10] });
const results = new Results(result);

Deno.test("Results label every row with what stands behind it", () => {
  for (
    const table of [results.latency(), results.throughput(), results.cost()]
  ) {
    assert.equal(table.rows.length, 6);
    for (const { system } of table.rows) {
      assert.match(String(system), /\((embedded|emulator)\)$/);
    }
  }
});

Deno.test("Results.latency() prints a percentile that its samples cannot carry as n/a", () => {
  const latency = results.latency();
  assert.equal(latency.rows[0]["p99.9"], null);
  assert.equal(typeof latency.rows[0].p99, "number");
  assert.match(latency.toString(), /n\/a \(n=1,000\)/);
});

Deno.test("Results.verdicts() gives none where a side is emulated", () => {
  const rows = results.verdicts().rows;
  const between = rows.filter((r) =>
    /emulator/.test(`${r.system}${r.against}`)
  );
  assert.ok(between.length > 0);
  for (const row of between) {
    assert.equal(row.verdict, "no verdict");
    assert.equal(row.ratio, null);
    assert.match(String(row.because), /says? nothing about the service/);
  }
  const equals = rows.filter((r) => !between.includes(r));
  assert.equal(equals.length, 4);
  for (const row of equals) assert.equal(row.verdict, "faster");
});

Deno.test("Results.summary() says up to which load the objective was met", () => {
  const [batched, sequential] = results.summary().rows;
  assert.equal(batched["met up to"], 10);
  assert.equal(sequential["met up to"], 1);
  assert.ok(Number(sequential.margin) > 0);
});

Deno.test("Results say when the run was cut short, and which point", () => {
  const cut = new Results(fixtureResult({ clients: [10], cutShort: true }));
  const text = cut.latency().toString();
  assert.match(text, /cut short/);
  assert.match(text, /Cut short after \d+ of 1,000 operations/);
});

Deno.test("Results.samples() are a Polars frame", async () => {
  const frame = await results.samples();
  assert.equal(frame.height, result.samples.length);
  assert.ok(frame.columns.includes("first_byte"));
});

Deno.test("resultFromJson() gives back what resultToJson() wrote", () => {
  const json = JSON.parse(JSON.stringify(resultToJson(result)));
  assert.deepEqual(resultFromJson(json, result.samples), result);
});

Deno.test("resultFromJson() keeps what is not known apart from 0", () => {
  const [point] = result.points;
  const unknown = { ...point, clientCpu: NaN, busiestWorker: NaN, steal: NaN };
  const json = JSON.stringify(resultToJson({ ...result, points: [unknown] }));
  assert.doesNotMatch(json, /NaN/);
  assert.deepEqual(resultFromJson(JSON.parse(json)).points, [unknown]);
});

Deno.test("resultFromJson() refuses what is no result, or of a later version", () => {
  assert.throws(() => resultFromJson({}), /not the JSON of a run/);
  assert.throws(() => resultFromJson(null), /not the JSON of a run/);
  const later = { ...resultToJson(result), schemaVersion: 2 };
  assert.throws(() => resultFromJson(later), /Use a newer Servemark/);
  const { ceiling: _, ...damaged } = resultToJson(result);
  assert.throws(() => resultFromJson(damaged), /missing or damaged/);
});

Deno.test("loadResult() reads what saveResult() wrote, samples included", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await saveResult(result, `${folder}/run`, { title: "A title" });
    const names = [...Deno.readDirSync(`${folder}/run`)].map((e) => e.name);
    assert.deepEqual(names.sort(), ["report.json", "samples.arrow"]);
    const report = JSON.parse(
      await Deno.readTextFile(`${folder}/run/report.json`),
    );
    assert.equal(report.title, "A title");
    const { samples, ...rest } = await loadResult(`${folder}/run`);
    const { samples: wanted, ...others } = result;
    assert.deepEqual(rest, others);
    assert.equal(samples.length, wanted.length);
    for (const name of SAMPLE_COLUMNS) {
      assert.deepEqual(samples[name], wanted[name].subarray(0, wanted.length));
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("loadResult() says what to name where there is no run", async () => {
  await assert.rejects(
    loadResult("/nowhere/at/all"),
    /Cannot read the run[\s\S]*\/nowhere\/at\/all[\s\S]*report\.json/,
  );
});
