import assert from "node:assert/strict";
import { reportModel } from "../../lib/reports/model.ts";
import type { Table } from "../../lib/reports/table.ts";
import { fixtureResult } from "../fixtures/run_result.ts";
import { natured, RUN, spoiled } from "./variants.ts";

const model = reportModel(RUN, "PostgreSQL or DynamoDB?");
const rows = (table: Table) => table.groups.flatMap((g) => g.rows);

Deno.test("reportModel() names title, time, dataset and objective", () => {
  assert.equal(model.title, "PostgreSQL or DynamoDB?");
  assert.match(
    model.subtitle,
    /23 November 2026, 08:00 UTC.*fraud_detection_v1\.0/,
  );
  assert.equal(model.objective, "p99 < 10 ms");
  assert.equal(reportModel(RUN).title, "Feature serving");
  assert.doesNotMatch(reportModel(RUN).subtitle, /feature serving/);
  assert.equal(model.believable, true);
});

Deno.test("reportModel() says before any figure that an emulator ran", () => {
  assert.equal(model.notices.length, 1);
  assert.match(
    model.notices[0],
    /DynamoDB batched ran on an emulator.*nothing about the service/,
  );
  assert.deepEqual(reportModel(natured("service")).notices, []);
});

Deno.test("reportModel() puts a tag beside every figure of an emulated or embedded system", () => {
  for (const row of rows(model.figures)) {
    assert.equal(
      row.tag,
      row.head.startsWith("DynamoDB") ? "emulator" : "embedded",
    );
  }
  for (const row of rows(reportModel(natured("service")).figures)) {
    assert.equal(row.tag, undefined);
  }
});

Deno.test("reportModel() writes a percentile that its operations cannot carry as n/a", () => {
  const p999 = model.figures.columns.findIndex((c) => c.title === "p99.9");
  const cells = rows(model.figures).map((r) => r.cells[p999].text);
  assert.deepEqual(cells.slice(0, 3), Array(3).fill("n/a (n=1,000)"));
  assert.match(cells[9], /^\d+(\.\d)?$/);
});

Deno.test("reportModel() stamps what is invalid, with its reason, and only that", () => {
  const run = spoiled("postgres sequential", 50);
  const { figures, believable, notices } = reportModel(run);
  assert.deepEqual(figures.notes, [
    "The client was the bottleneck: its busiest worker used 97 % of a core",
  ]);
  const bad = rows(figures).filter((r) => r.cells.some((c) => c.invalid));
  assert.equal(bad.length, 1);
  assert.equal(bad[0].head, "PostgreSQL, sequential");
  for (const [k, cell] of bad[0].cells.entries()) {
    const title = figures.columns[k].title;
    const counted = ["Operations", "Errors"].includes(title) ||
      cell.text.startsWith("n/a");
    assert.equal(cell.invalid === true, !counted, title);
    if (cell.invalid) assert.deepEqual(cell.notes, [1]);
  }
  // Its limit was found below: the headline does not rest on this figure.
  assert.equal(believable, true);
  assert.match(
    notices.at(-1)!,
    /PostgreSQL sequential at the load of 50 clients/,
  );
});

Deno.test("reportModel() doubts its headline where that rests on an invalid figure", () => {
  for (
    const [clients, believable] of [[1, false], [10, false], [50, false], [
      100,
      true,
    ]] as const
  ) {
    // Met up to 10 clients: 50 set the limit, 100 adds nothing to it.
    const run = spoiled("postgres batched", clients);
    assert.equal(reportModel(run).believable, believable, `${clients} clients`);
  }
});

Deno.test("reportModel() stamps only the metric that a reason spoils", () => {
  const text = "The client missed its schedule";
  const run = {
    ...RUN,
    points: RUN.points.map((p) =>
      p.index === 0
        ? {
          ...p,
          invalid: [text],
          reasons: [{ code: "schedule", spoils: "latency", text } as const],
        }
        : p
    ),
  };
  const { figures } = reportModel(run);
  const cell = (title: string) =>
    rows(figures)[0]
      .cells[figures.columns.findIndex((c) => c.title === title)];
  assert.equal(cell("p99").invalid, true);
  assert.equal(cell("Throughput").invalid, undefined);
});

Deno.test("reportModel() says that a run was cut short", () => {
  const cut = reportModel(fixtureResult({ cutShort: true }));
  assert.match(cut.notices[0], /cut short/);
  assert.equal(cut.believable, false);
  assert.match(cut.figures.notes[0], /Cut short after .* of 10,000 operations/);
});

Deno.test("reportModel() gives verdicts between equals only", () => {
  assert.equal(model.verdicts.length, 1);
  const [table] = model.verdicts;
  assert.match(
    table.caption,
    /PostgreSQL batched .* against PostgreSQL sequential/,
  );
  assert.equal(rows(table).length, 8);
  assert.ok(
    rows(table).every((r) =>
      r.cells[3].text === "PostgreSQL batched is faster"
    ),
  );
  // Services are compared with each other, embedded engines are not.
  assert.equal(reportModel(natured("service")).verdicts.length, 3);
  assert.equal(reportModel(natured("embedded")).verdicts.length, 1);
});

Deno.test("reportModel() gives no verdict on an invalid figure", () => {
  const [table] = reportModel(spoiled("postgres batched", 10)).verdicts;
  const told = rows(table).filter((r) => r.head === "10 clients");
  for (const { cells } of told) {
    assert.equal(cells[1].invalid, true);
    assert.match(cells[3].text, /no verdict/);
  }
});

Deno.test("reportModel() tells how it was measured", () => {
  const text = JSON.stringify(model.methodology);
  for (
    const said of [
      RUN.dataset.digest,
      "fraud_detection_v1.0",
      "fingerprints of all 30 tables are equal in the catalog, postgres and dynamodb",
      "Closed loop",
      "Synthetic CPU 2.5 GHz, 2 cores",
      "deno 2.9.6",
      "1,900,000 operations a second",
      "fsync=on, shared_buffers=128MB",
      "Client and server share this machine's cores",
      "Aurora db.r6g.large, assumed as reference",
      "This run is synthetic",
      RUN.dataset.fingerprints.card_features_1,
      "postgres/epoll",
      "340",
    ]
  ) assert.ok(text.includes(said), said);
  assert.match(model.publication, /publishing benchmarks/);
});

Deno.test("reportModel() says where fingerprints differ", () => {
  const [first, ...loads] = RUN.loads;
  const changed = {
    ...RUN,
    loads: [{
      ...first,
      fingerprints: { ...first.fingerprints, card_features_1: "1:2:3:4:5" },
    }, ...loads],
  };
  const text = JSON.stringify(reportModel(changed).methodology);
  assert.ok(text.includes("Fingerprints differ: card_features_1 on postgres"));
});

Deno.test("reportModel() names nature, units left out and ends of curves inside its charts' data", () => {
  for (const chart of Object.values(model.charts)) {
    assert.match(chart.systems[0].note, /embedded on the client's machine/);
    assert.match(chart.systems[2].note, /says nothing about the service/);
  }
  const small = reportModel(
    fixtureResult({ clients: [1, 10], iterations: 20, minimum: 100 }),
  );
  assert.match(small.charts.latency.notes.join(), /p99 is left out.*n=100/);
  const ends = model.charts.distribution.curves.map((c) =>
    c.points.at(-1)!.percentile
  );
  assert.equal(Math.max(...ends), 99.9);
  assert.equal(Math.min(...ends), 99);
});

Deno.test("reportModel() stands on a run that measured nothing", () => {
  const empty = reportModel({ ...RUN, points: [], cutShort: true });
  assert.equal(empty.summary.length, 3);
  assert.equal(rows(empty.figures).length, 0);
});
