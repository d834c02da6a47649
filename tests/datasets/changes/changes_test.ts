import assert from "node:assert/strict";
import {
  applyChanges,
  CHANGES,
  readChange,
} from "../../../lib/datasets/changes/changes.ts";
import type { NamedChange } from "../../../lib/datasets/changes/change.ts";
import { scaleSpec } from "../../../lib/datasets/changes/scale.ts";
import { datasetSpec } from "../../../lib/datasets/compile.ts";
import { loadDomain } from "../../../lib/datasets/domain.ts";
import { schemaEvolution } from "../../../lib/datasets/evolution.ts";
import { tableGenerator } from "../../../lib/datasets/generator.ts";
import type { DatasetSpec } from "../../../lib/datasets/spec.ts";
import { tableDigest } from "../../../lib/datasets/table_digest.ts";

const DOMAIN = await loadDomain("fraud_detection");
const SPEC = datasetSpec(DOMAIN, { rows: 30_000, events: ["transactions"] });
const TABLE = "card_velocity_1h";

const changed = async (...changes: NamedChange[]) =>
  (await applyChanges(SPEC, "1.1", changes)).spec;

const table = (spec: DatasetSpec, name = TABLE) =>
  spec.tables.find((t) => t.name === name)!;

const column = (spec: DatasetSpec, name: string) =>
  table(spec).columns.find((c) => c.name === name)!;

/** Names of tables whose rows are others, or that are new. */
function others(after: DatasetSpec): string[] {
  const before = new Set(SPEC.tables.map((t) => tableDigest(SPEC, t)));
  return after.tables.filter((t) => !before.has(tableDigest(after, t)))
    .map((t) => t.name);
}

/** Rows of a table whose canonical texts differ. */
function rowsChanged(after: DatasetSpec, name = TABLE): number {
  const [a, b] = [tableGenerator(SPEC, name), tableGenerator(after, name)];
  let count = 0;
  for (let i = 0; i < a.table.rows; i++) {
    if (a.canonicalText(i) !== b.canonicalText(i)) count++;
  }
  return count;
}

Deno.test("applyChanges() of increase_hot_keys changes events alone", async () => {
  const after = await changed({ change: "increase_hot_keys", factor: 2 });
  assert.deepEqual(others(after), ["transactions"]);
  const law = (spec: DatasetSpec) =>
    spec.entities.find((e) => e.name === "card")!.popularity;
  assert.equal(law(after), 2 * (law(SPEC) as number));
  const less = await changed({
    change: "decrease_hot_keys",
    factor: 2,
    entity: "card",
  });
  assert.equal(law(less), (law(SPEC) as number) / 2);
  assert.equal(
    less.entities.filter((e, k) => e.popularity !== SPEC.entities[k].popularity)
      .length,
    1,
  );
});

Deno.test("applyChanges() of increase_nulls keeps NULLs and the other values", async () => {
  const name = "distinct_merchants";
  const after = await changed({
    change: "increase_nulls",
    table: TABLE,
    column: name,
    share: 0.25,
  });
  assert.deepEqual(others(after), [TABLE]);
  const [a, b] = [tableGenerator(SPEC, TABLE), tableGenerator(after, TABLE)];
  const at = a.table.columns.findIndex((c) => c.name === name);
  let more = 0;
  for (let i = 0; i < a.table.rows; i++) {
    const [before, now] = [a.row(i), b.row(i)];
    assert.deepEqual(now.toSpliced(at, 1), before.toSpliced(at, 1));
    if (now[at] === null) more++;
    else assert.equal(now[at], before[at]);
  }
  // Idle rows hold 0 here, and stay so.
  const busy = 1 - a.table.idle!;
  assert.ok(Math.abs(more / a.table.rows - 0.25 * busy) < 0.05, String(more));
});

Deno.test("applyChanges() of update_rows changes that share of the rows, but no keys", async () => {
  const update = { change: "update_rows", table: TABLE, share: 0.1 };
  const after = await changed(update);
  assert.deepEqual(others(after), [TABLE]);
  const { rows } = table(SPEC);
  const count = rowsChanged(after);
  // Idle rows that stay idle do not differ.
  assert.ok(count > 0.06 * rows && count < 0.12 * rows, `${count} of ${rows}`);
  const generator = tableGenerator(after, TABLE);
  const whole = generator.batch(0, rows);
  for (const i of [0, 17, rows - 1]) {
    assert.equal(
      whole.columns[0].values[i],
      tableGenerator(SPEC, TABLE).row(i)[0],
    );
    assert.deepEqual(
      whole.columns.map((v) => v.nulls?.[i] === 1 ? null : v.values[i]),
      generator.row(i),
    );
  }
  const twice = await changed(update, update);
  assert.ok(rowsChanged(twice) > count);
  await assert.rejects(
    changed({ ...update, seed: 7 }, { ...update, seed: 7 }),
    /an earlier update has seed 7/,
  );
});

Deno.test("applyChanges() of update_rows leaves keys and times of events alone", async () => {
  const after = await changed({
    change: "update_rows",
    table: "transactions",
    share: 0.5,
  });
  const events = table(SPEC, "transactions");
  const keys = events.key.map((name) =>
    events.columns.findIndex((c) => c.name === name)
  );
  const [a, b] = [
    tableGenerator(SPEC, "transactions"),
    tableGenerator(after, "transactions"),
  ];
  let different = 0;
  for (let i = 0; i < 500; i++) {
    const [x, y] = [a.row(i), b.row(i)];
    for (const k of keys) assert.equal(x[k], y[k]);
    if (x.some((v, k) => v !== y[k])) different++;
  }
  assert.ok(different > 200 && different < 300, String(different));
});

Deno.test("applyChanges() of reseed_table and skew_values changes one table", async () => {
  const fresh = await changed({ change: "reseed_table", table: TABLE });
  assert.deepEqual(others(fresh), [TABLE]);
  assert.ok(rowsChanged(fresh) > 0.5 * table(SPEC).rows);
  const mean = (spec: DatasetSpec) => {
    const { columns } = tableGenerator(spec, TABLE).batch(0, table(SPEC).rows);
    const at = table(spec).columns.findIndex((c) => c.name === "auth_count");
    const values = [...columns[at].values as Float64Array];
    return values.reduce((a, b) => a + b, 0) / values.length;
  };
  const flat = await changed({
    change: "skew_values",
    table: TABLE,
    column: "auth_count",
    exponent: 0,
  });
  assert.ok(mean(flat) > 4 * mean(SPEC));
  await assert.rejects(
    changed({
      change: "skew_values",
      table: TABLE,
      column: "cvv_mismatch",
      exponent: 1,
    }),
    /its law is flag[^]*can be skewed: auth_count/,
  );
});

Deno.test("applyChanges() of columns: values stay, and the evolution is told", async () => {
  const after = await changed(
    {
      change: "rename_column",
      table: TABLE,
      column: "auth_count",
      to: "authorisations",
    },
    {
      change: "rename_column",
      table: TABLE,
      column: "authorisations",
      to: "auths",
    },
    { change: "drop_column", table: TABLE, column: "declined_count" },
    {
      change: "widen_column",
      table: TABLE,
      column: "distinct_merchants",
      to: "bigint",
    },
    {
      change: "widen_column",
      table: TABLE,
      column: "amount_max",
      to: "decimal(14,2)",
    },
    {
      change: "add_column",
      table: TABLE,
      column: "score",
      definition:
        "{ type: integer, uniform: { min: 0, max: 999 }, nulls: 0.1 }",
    },
  );
  assert.deepEqual(schemaEvolution(SPEC, after), [
    {
      kind: "drop_column",
      table: TABLE,
      column: "declined_count",
      compatible: false,
    },
    {
      kind: "rename_column",
      table: TABLE,
      column: "auths",
      from: "auth_count",
      to: "auths",
      compatible: false,
    },
    {
      kind: "retype_column",
      table: TABLE,
      column: "amount_max",
      from: "decimal(12,2)",
      to: "decimal(14,2)",
      compatible: true,
    },
    {
      kind: "retype_column",
      table: TABLE,
      column: "distinct_merchants",
      from: "integer",
      to: "bigint",
      compatible: true,
    },
    {
      kind: "add_column",
      table: TABLE,
      column: "score",
      to: "integer",
      compatible: true,
    },
  ]);
  const [a, b] = [tableGenerator(SPEC, TABLE), tableGenerator(after, TABLE)];
  const values = (g: typeof a, i: number) =>
    Object.fromEntries(g.row(i).map((v, c) => [g.table.columns[c].name, v]));
  for (let i = 0; i < 200; i++) {
    const { score, ...now } = values(b, i);
    const { auth_count, declined_count: _, ...rest } = values(a, i);
    assert.deepEqual(now, { ...rest, auths: auth_count });
    assert.ok(score === null || score as number >= 0);
  }
  const back = (await applyChanges(after, "1.2", [
    {
      change: "rename_column",
      table: TABLE,
      column: "auths",
      to: "auth_count",
    },
  ])).spec;
  assert.equal(column(back, "auth_count").drawnAs, undefined);
  await assert.rejects(
    changed({
      change: "widen_column",
      table: TABLE,
      column: "amount_max",
      to: "decimal(10,2)",
    }),
    /it is of type decimal\(12,2\)/,
  );
  await assert.rejects(
    changed({
      change: "drop_column",
      table: TABLE,
      column: table(SPEC).key[0],
    }),
    /part of the key/,
  );
});

Deno.test("applyChanges() of rename_column follows the columns that refer to it", async () => {
  const spec = datasetSpec(await loadDomain("retail"), {
    rows: 30_000,
    events: true,
  });
  const refers = spec.tables.flatMap((t) =>
    t.columns.flatMap((c) => {
      const d = c.distribution;
      return d.kind === "fraction" ? [{ t, of: d.of, name: c.name }] : [];
    })
  )[0];
  if (!refers) return;
  const { spec: after } = await applyChanges(spec, "2", [
    {
      change: "rename_column",
      table: refers.t.name,
      column: refers.of,
      to: "renamed",
    },
  ]);
  for (let i = 0; i < 50; i++) {
    assert.equal(
      tableGenerator(after, refers.t.name).canonicalText(i),
      tableGenerator(spec, refers.t.name).canonicalText(i),
    );
  }
  await assert.rejects(
    applyChanges(spec, "2", [
      { change: "drop_column", table: refers.t.name, column: refers.of },
    ]),
    /follow from it/,
  );
});

Deno.test("applyChanges() of tables: of the domain, like another, by columns, none", async () => {
  const after = await changed(
    { change: "add_table", table: "logins" },
    { change: "add_table", table: "card_velocity_2h", like: TABLE },
    {
      change: "add_table",
      table: "card_notes",
      entity: "card",
      columns: { note: { type: "text", categorical: { good: 3, bad: 1 } } },
    },
    { change: "drop_table", table: TABLE },
  );
  assert.deepEqual(others(after), ["card_velocity_2h", "card_notes", "logins"]);
  const logins = table(after, "logins");
  const whole = datasetSpec(DOMAIN, { rows: 30_000, events: ["logins"] });
  assert.equal(logins.rows, table(whole, "logins").rows);
  assert.equal(table(after, "card_notes").rows, table(SPEC).rows);
  assert.equal(tableGenerator(after, "card_notes").row(3).length, 2);
  assert.equal(table(after), undefined);
  await assert.rejects(
    changed({ change: "add_table", table: "nothing" }),
    /no such table/,
  );
  await assert.rejects(
    changed({ change: "add_table", table: "x", entity: "moon", columns: {} }),
    /entity moon[^]*session/,
  );
});

Deno.test("applyChanges() tells everything that is wrong with parameters", async () => {
  await assert.rejects(
    changed({ change: "increase_nulls", table: TABLE, share: 2, what: 1 }),
    /2 problems[^]*Unknown parameter "what"[^]*share must be a number from 0 to 1: current value is 2/,
  );
  await assert.rejects(
    changed({ change: "increase_hot_key" }),
    /Did you mean "increase_hot_keys"/,
  );
  await assert.rejects(
    changed({ change: "drop_table", table: "x" }),
    /Unknown table "x"/,
  );
  await assert.rejects(
    changed({
      change: "add_column",
      table: TABLE,
      column: "x",
      definition: "{ type: integer }",
    }),
    /does not say how its values are drawn/,
  );
});

Deno.test("readChange() reads names, parameters and JSON", () => {
  assert.deepEqual(readChange("increase_hot_keys"), {
    change: "increase_hot_keys",
  });
  assert.deepEqual(
    readChange("increase_nulls: table=a, share=0.5"),
    { change: "increase_nulls", table: "a", share: 0.5 },
  );
  assert.deepEqual(
    readChange(
      "add_column:table=a,column=b,definition={ type: integer, uniform: { min: 0, max: 9 } }",
    ),
    {
      change: "add_column",
      table: "a",
      column: "b",
      definition: "{ type: integer, uniform: { min: 0, max: 9 } }",
    },
  );
  assert.deepEqual(readChange('{"change":"drop_table","table":"a"}'), {
    change: "drop_table",
    table: "a",
  });
  assert.throws(() => readChange("increase_nulls:table"), /write table=VALUE/);
  assert.throws(() => readChange("grow"), /Known: increase_hot_keys/);
  for (const kind of Object.values(CHANGES)) assert.ok(kind.about);
});

Deno.test("scaleSpec() keeps the first rows, and shares their digests", () => {
  const twice = scaleSpec(SPEC, "2.0", 2);
  assert.deepEqual(others(twice), ["transactions"]);
  for (const { name, rows } of SPEC.tables) {
    assert.equal(table(twice, name).rows, 2 * rows);
    if (name === "transactions") continue;
    const [a, b] = [tableGenerator(SPEC, name), tableGenerator(twice, name)];
    for (const i of [0, rows - 1]) {
      assert.equal(a.canonicalText(i), b.canonicalText(i));
    }
    assert.ok(b.row(2 * rows - 1));
  }
  const tenth = scaleSpec(SPEC, "0.1", 0.1);
  assert.ok(tenth.tables.every((t) => t.rows >= 1));
  assert.throws(() => scaleSpec(SPEC, "2.0", 0), /factor above 0/);
  assert.throws(() => scaleSpec(SPEC, "2.0", 1e9), /2\^40|2\^\d+|values for/);
});
