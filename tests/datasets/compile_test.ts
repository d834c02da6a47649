import assert from "node:assert/strict";
import { datasetSpec } from "../../lib/datasets/compile.ts";
import { specDigest } from "../../lib/datasets/digest.ts";
import { loadDomain } from "../../lib/datasets/domain.ts";
import { tableGenerator } from "../../lib/datasets/generator.ts";

const DOMAIN = await loadDomain("fraud_detection");

function rowsOf(spec: ReturnType<typeof datasetSpec>): number {
  return spec.tables.filter((t) => !t.events).reduce((n, t) => n + t.rows, 0);
}

Deno.test("datasetSpec() shares out exactly the rows asked for", () => {
  for (const rows of [30, 31, 1000, 99_999, 300_000, 16_600_000_000]) {
    assert.equal(rowsOf(datasetSpec(DOMAIN, { rows })), rows);
  }
});

Deno.test("datasetSpec() gives all tables of an entity one row for each of its keys", () => {
  const spec = datasetSpec(DOMAIN);
  for (const table of spec.tables) {
    const entity = spec.entities.find((e) => e.name === table.entity)!;
    assert.equal(table.rows, entity.keys);
    assert.deepEqual(table.keyForm, entity.keyForm);
    assert.deepEqual(table.key, [table.columns[0].name]);
  }
});

Deno.test("datasetSpec() sizes entities by a power law, or equally", () => {
  const law = datasetSpec(DOMAIN, { rows: 3_000_000 }).entities;
  law.forEach((entity, r) => {
    const expected = law[0].keys * (r + 1) ** -DOMAIN.sizeExponent;
    assert(Math.abs(entity.keys - expected) < 5, entity.name);
  });
  const even = datasetSpec(DOMAIN, { rows: 3e6, distribution: "uniform" });
  assert(even.entities.every((e) => Math.abs(e.keys - 1e5) <= 30));
  assert(even.entities.every((e) => e.popularity === 0));
});

Deno.test("datasetSpec() keeps the very same tables when it takes fewer", () => {
  const all = datasetSpec(DOMAIN, { rows: 50_000 });
  const five = datasetSpec(DOMAIN, { rows: 50_000, tables: 5 });
  assert.equal(five.tables.length, 5);
  assert.deepEqual(five.tables, all.tables.slice(0, 5));
  assert.deepEqual(five.entities, all.entities);
  for (const { name, rows } of five.tables) {
    const [a, b] = [tableGenerator(all, name), tableGenerator(five, name)];
    assert.equal(a.canonicalText(rows - 1), b.canonicalText(rows - 1));
  }
});

Deno.test("datasetSpec() takes tables by name, in the domain's order", () => {
  const spec = datasetSpec(DOMAIN, {
    tables: ["card_profile", "card_velocity_1h"],
  });
  assert.deepEqual(spec.tables.map((t) => t.name), [
    "card_velocity_1h",
    "card_profile",
  ]);
});

Deno.test("datasetSpec() takes event tables only when asked", () => {
  assert(datasetSpec(DOMAIN).tables.every((t) => !t.events));
  const some = datasetSpec(DOMAIN, { tables: 2, events: ["logins"] });
  assert.deepEqual(some.tables.map((t) => t.events), [false, false, true]);
  const all = datasetSpec(DOMAIN, { events: true });
  assert.equal(all.tables.length, 30 + DOMAIN.events.length);
});

Deno.test("datasetSpec() covers several entities with its first tables", () => {
  const five = datasetSpec(DOMAIN, { tables: 5 }).tables;
  assert.equal(new Set(five.map((t) => t.entity)).size, 5);
});

Deno.test("datasetSpec() widens ids that a large dataset outgrows", () => {
  const form = (rows: number) =>
    datasetSpec(DOMAIN, { rows }).entities.find((e) => e.name === "ip")!
      .keyForm;
  assert.deepEqual(form(300_000), { as: "id", prefix: "ip_", digits: 10 });
  assert.deepEqual(form(2 ** 40), { as: "id", prefix: "ip_", digits: 11 });
});

Deno.test("datasetSpec() is frozen, plain JSON, and the same each time", () => {
  const spec = datasetSpec(DOMAIN);
  assert(Object.isFrozen(spec) && Object.isFrozen(spec.tables[0].columns[0]));
  assert.deepEqual(JSON.parse(JSON.stringify(spec)), spec);
  assert.equal(specDigest(spec), specDigest(datasetSpec(DOMAIN)));
});

Deno.test("datasetSpec() lists all wrong options at once", () => {
  assert.throws(
    () =>
      datasetSpec(DOMAIN, {
        version: "1/0",
        seed: -1,
        rows: 1.5,
        distribution: "zipf" as "uniform",
      }),
    (error: Error) => {
      assert.match(error.message, /4 problems/);
      assert.match(error.message, /version must be .*"1\/0"/);
      assert.match(error.message, /seed must be a whole number from 0/);
      assert.match(
        error.message,
        /rows must be a whole number from 1 to 2\^40/,
      );
      assert.match(error.message, /Known: power_law, uniform/);
      return true;
    },
  );
});

Deno.test("datasetSpec() says which tables and how many rows there can be", () => {
  assert.throws(
    () => datasetSpec(DOMAIN, { tables: 31 }),
    /Cannot take 31 tables: the domain has 30\n.*Ask for 1 to 30/,
  );
  assert.throws(
    () => datasetSpec(DOMAIN, { tables: ["card_profil"] }),
    /Unknown table "card_profil"\n.*Did you mean "card_profile"/,
  );
  assert.throws(
    () => datasetSpec(DOMAIN, { events: ["login"] }),
    /Unknown event table "login"\n.*Did you mean "logins"/,
  );
  assert.throws(() => datasetSpec(DOMAIN, { rows: 29 }), /at least 30 rows/);
});

Deno.test("datasetSpec() refuses more events than their window has microseconds", () => {
  assert.throws(
    () => datasetSpec(DOMAIN, { rows: 2 ** 40, events: ["transactions"] }),
    /event table "transactions" would have \d+ rows/,
  );
});

Deno.test("specDigest() depends on every value, and not on the order of keys", () => {
  const spec = datasetSpec(DOMAIN, { tables: 2 });
  const { name, ...rest } = spec;
  assert.equal(specDigest({ ...rest, name }), specDigest(spec));
  assert.notEqual(specDigest({ ...spec, seed: 1 }), specDigest(spec));
  assert.notEqual(specDigest({ ...spec, version: "1.00" }), specDigest(spec));
  assert.match(specDigest(spec), /^[0-9a-f]{64}$/);
});
