import assert from "node:assert/strict";
import { reportModel } from "../../lib/reports/model.ts";
import { fixtureResult } from "../fixtures/run_result.ts";
import { natured, RUN, spoiled } from "./variants.ts";

const summary = (run = RUN, milliseconds = 10) =>
  reportModel({ ...run, objective: { percentile: 99, milliseconds } }).summary;

Deno.test("summarise() says who met the objective, up to which load, by what margin", () => {
  const [objective] = summary();
  assert.match(
    objective,
    /^PostgreSQL batched \(PostgreSQL 18\.4, embedded\) met the objective p99 < 10 ms up to 10 concurrent clients \(p99 7\.69 ms, 23 % under it\); /,
  );
  assert.match(
    objective,
    /DynamoDB batched \(dynoxide 1\.2\.1, DynamoDB emulator\)/,
  );
  assert.match(objective, /\.$/);
});

Deno.test("summarise() says when nothing met the objective, and when the limit was not found", () => {
  assert.match(
    summary(RUN, 0.1)[0],
    /^No system met the objective p99 < 0\.1 ms: .*1 client, \d+ % over it/,
  );
  assert.match(
    summary(RUN, 5000)[0],
    /up to 100 concurrent clients, the highest load tried/,
  );
});

Deno.test("summarise() says which loads cannot be judged", () => {
  assert.match(
    summary(spoiled("postgres batched", 50))[0],
    /, while the load of 50 clients cannot be judged/,
  );
});

Deno.test("summarise() prices the load that met the objective, and marks what is assumed", () => {
  const [, price] = summary();
  assert.match(
    price,
    /\$0\.0615 on PostgreSQL batched at 10 clients and \$0\.341 on PostgreSQL sequential at 1 client \(Aurora db\.r6g\.large, assumed as reference\); /,
  );
  assert.match(
    price,
    /\$1\.87 on DynamoDB batched at 1 client \(DynamoDB on-demand, us-east-1, an assumed price\)/,
  );
  assert.match(summary(RUN, 0.1)[1], /without meeting the objective/);
});

Deno.test("summarise() gives one verdict between equals, and names no winner among services", () => {
  const [, , conclusion] = summary();
  assert.match(
    conclusion,
    /^On PostgreSQL 18\.4, one request for all tables is faster than one request a table \(one after the other\) at 1, 10, 50 and 100 clients \(p99 0\.32 times as long at 1 client, 95 % interval 0\.3\d to 0\.\d\d\); /,
  );
  assert.match(
    conclusion,
    /says nothing about the speed of the service, so no winner among services is named\.$/,
  );
  assert.match(
    summary(natured("embedded"))[2],
    /an embedded engine is not a service, so no winner/,
  );
});

Deno.test("summarise() says what cannot be judged, and no more", () => {
  const few = fixtureResult({ clients: [8], iterations: 20, minimum: 100 });
  const [objective, price, conclusion] = summary(few);
  assert.match(
    objective,
    /^Whether PostgreSQL batched .*, PostgreSQL sequential .* and DynamoDB batched .* met the objective p99 < 10 ms cannot be judged/,
  );
  assert.doesNotMatch(price, /without meeting/);
  assert.match(
    conclusion,
    /cannot be compared at p99, for no load gave enough/,
  );
});

Deno.test("summarise() keeps its sentences short where systems are many", () => {
  const more = RUN.systems.map((s) => ({
    ...s,
    id: `${s.id} pg`,
    title: `${s.title}, pg`,
  }));
  const points = RUN.points.map((p) => ({ ...p, system: `${p.system} pg` }));
  const [, , conclusion] = summary({
    ...RUN,
    systems: [...RUN.systems, ...more],
    points: [...RUN.points, ...points],
  });
  // Two strategies through two drivers: titles tell them apart.
  assert.match(
    conclusion,
    /^PostgreSQL batched is faster than PostgreSQL sequential/,
  );
  assert.match(conclusion, /; 4 further verdicts are in the tables; /);
});

Deno.test("summarise() compares services with each other", () => {
  const [, , conclusion] = summary(natured("service"));
  assert.match(
    conclusion,
    /PostgreSQL batched is faster than DynamoDB batched/,
  );
  assert.doesNotMatch(conclusion, /no winner/);
});

Deno.test("summarise() is three sentences, whatever happened", () => {
  for (
    const run of [
      RUN,
      { ...RUN, points: [] },
      { ...RUN, systems: RUN.systems.slice(0, 1) },
      { ...RUN, systems: [], points: [] },
      natured("in-process"),
    ]
  ) {
    const sentences = summary(run);
    assert.equal(sentences.length, 3);
    for (const text of sentences) {
      assert.match(text, /^\p{Lu}.*[^.]\.$/u, text);
      assert.doesNotMatch(text, /NaN|undefined|Infinity/);
    }
  }
});
