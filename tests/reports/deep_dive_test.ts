import assert from "node:assert/strict";
import { DISPLAY, type Displayable } from "../../lib/core/display.ts";
import { deepDive } from "../../lib/reports/deep_dive.ts";
import { secondsOf } from "../../lib/reports/timeline.ts";
import { Results } from "../../lib/runs/results.ts";
import { fixtureResult } from "../fixtures/run_result.ts";

const results = new Results(fixtureResult());
const dive = await deepDive(results);

async function forms(thing: Displayable | Promise<Displayable>) {
  return await (await thing)[DISPLAY]();
}

Deno.test("deepDive() shows everything in forms that survive anywhere", async () => {
  const tables = [
    dive.summary(),
    dive.verdicts(),
    dive.figures(),
    dive.tail(),
    dive.fanout(),
    dive.slowest(),
    dive.validity(),
    dive.cost(),
  ];
  for (const table of tables) {
    const shown = await forms(table);
    assert.ok(shown["text/plain"].length > 100);
    assert.doesNotMatch(String(shown["text/html"]), /<style|<script|<svg/);
    assert.doesNotMatch(shown["text/plain"], /undefined|NaN|Infinity/);
  }
  const charts = ["latency", "distribution", "throughput", "cost"]
    .map((id) => dive.chart(id));
  for (const chart of [dive.timeline(), ...charts]) {
    const shown = await forms(chart);
    assert.deepEqual(Object.keys(shown).sort(), [
      "image/png",
      "image/svg+xml",
      "text/plain",
    ]);
  }
  assert.throws(() => dive.chart("pie"), /known are latency, distribution/);
});

Deno.test("DeepDive.tail() has a row for each point, with its phases", () => {
  const { rows } = dive.tail();
  assert.equal(rows.length, results.result.points.length);
  for (const row of rows) {
    assert.ok(Number(row["answer, tail"]) > Number(row["answer, middle"]));
    assert.ok(Number(row["in one second"]) > 0);
  }
});

Deno.test("DeepDive.fanout() tells of systems that make several requests, and only of those", async () => {
  const rows = String((await forms(dive.fanout()))["text/plain"]).split("\n")
    .filter((line) => /^(?:PostgreSQL|DynamoDB)/.test(line));
  assert.equal(rows.length, 4);
  assert.ok(rows.every((row) => row.startsWith("PostgreSQL, sequential")));
  const { systems, points } = results.result;
  const batched = systems.filter((s) => s.workload.strategy === "batched");
  const one = await deepDive(
    new Results({
      ...results.result,
      systems: batched,
      points: points.filter((p) => batched.some((s) => s.id === p.system)),
    }),
  );
  assert.match((await forms(one.fanout()))["text/plain"], /no fan-out/);
});

Deno.test("DeepDive.slowest() lists whole operations, the slowest first", () => {
  const times = dive.slowest(7).rows.map((row) => Number(row.response));
  assert.equal(times.length, 7);
  assert.deepEqual(times, times.toSorted((a, b) => b - a));
  const maximum = Math.max(
    ...results.result.points.map((p) => p.response.max),
  );
  assert.ok(Math.abs(times[0] * 1e3 - maximum) < maximum * 0.01);
});

Deno.test("DeepDive.validity() says valid, or why not", async () => {
  const cut = await deepDive(new Results(fixtureResult({ cutShort: true })));
  const verdicts = cut.validity().rows.map((row) => String(row.verdict));
  assert.ok(verdicts.includes("valid"));
  assert.match(verdicts.at(-1)!, /^not valid: /);
});

Deno.test("secondsOf() keeps the turns of a point apart", () => {
  const seconds = secondsOf(results.result);
  const all = results.result.points.flatMap((p) => p.seconds);
  assert.equal(seconds.length, all.length);
  for (const { median, maximum } of seconds) assert.ok(median <= maximum);
  const turns = new Map<string, number[]>();
  for (const { stretch, second } of seconds) {
    turns.set(stretch, [...turns.get(stretch) ?? [], second]);
  }
  for (const own of turns.values()) {
    assert.equal(own.at(-1)! - own[0], own.length - 1);
  }
});

Deno.test("deepDive() says what is missing in a folder without a run", async () => {
  await assert.rejects(deepDive("no/such/run"), /report\.json/);
});
