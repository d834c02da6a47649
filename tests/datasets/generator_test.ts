import assert from "node:assert/strict";
import { datasetSpec } from "../../lib/datasets/compile.ts";
import { loadDomain } from "../../lib/datasets/domain.ts";
import { tableGenerator } from "../../lib/datasets/generator.ts";
import { canonicalRow } from "../../lib/datasets/canonical.ts";
import type { DatasetSpec } from "../../lib/datasets/spec.ts";
import { keyValue } from "../../lib/datasets/schema.ts";
import { assertFollows } from "./chi_square.ts";

const DOMAIN = await loadDomain("fraud_detection");
const SPEC = datasetSpec(DOMAIN, { rows: 60_000, events: true });

for (const table of ["card_profile", "device_profile", "transactions"]) {
  Deno.test(`tableGenerator() makes the same rows of ${table} in any parts`, () => {
    const generator = tableGenerator(SPEC, table);
    const whole = generator.batch(0, 1500);
    for (const size of [1, 7, 333, 1024, 1025]) {
      for (let from = 0; from < 1500; from += size) {
        const part = generator.batch(from, Math.min(size, 1500 - from));
        for (let r = 0; r < part.rows; r++) {
          assert.equal(canonicalRow(part, r), canonicalRow(whole, from + r));
        }
      }
    }
  });
}

Deno.test("tableGenerator().row() and canonicalText() agree with the batch", () => {
  const generator = tableGenerator(SPEC, "session_payments_1h");
  const batch = generator.batch(40, 60);
  for (let r = 0; r < 60; r++) {
    assert.equal(generator.canonicalText(40 + r), canonicalRow(batch, r));
    assert.deepEqual(
      generator.row(40 + r),
      batch.columns.map((c) => c.nulls?.[r] ? null : c.values[r]),
    );
  }
});

Deno.test("tableGenerator() rows do not depend on how many there are", () => {
  const larger = datasetSpec(DOMAIN, { rows: 900_000 });
  for (const name of ["ip_velocity_1h", "card_profile", "email_profile"]) {
    const [a, b] = [tableGenerator(SPEC, name), tableGenerator(larger, name)];
    for (let i = 0; i < 200; i++) {
      assert.equal(a.canonicalText(i), b.canonicalText(i));
    }
  }
});

Deno.test("tableGenerator() rows depend on the seed", () => {
  const other = datasetSpec(DOMAIN, { rows: 60_000, seed: 1 });
  const a = tableGenerator(SPEC, "card_profile").canonicalText(3);
  const b = tableGenerator(other, "card_profile").canonicalText(3);
  assert.notEqual(a, b);
});

Deno.test("tableGenerator() works for rows up to 2⁴⁰, each in under a millisecond", () => {
  const spec: DatasetSpec = {
    ...SPEC,
    tables: SPEC.tables.map((t) => ({ ...t, rows: 2 ** 40 })),
  };
  for (const name of ["card_profile", "session_behaviour_1h"]) {
    const generator = tableGenerator(spec, name);
    const last = generator.batch(2 ** 40 - 5, 5);
    assert.equal(generator.canonicalText(2 ** 40 - 1), canonicalRow(last, 4));
    for (let k = 0; k < 1000; k++) generator.row(k);
    const before = performance.now();
    for (let k = 1; k <= 1000; k++) generator.row(2 ** 40 - k);
    assert(performance.now() - before < 1000);
  }
});

Deno.test("tableGenerator() refuses rows beyond the table's end", () => {
  const generator = tableGenerator(SPEC, "card_profile");
  const rows = generator.table.rows;
  assert.throws(() => generator.row(rows), /has \d+ rows, numbered from 0/);
  assert.throws(() => generator.batch(rows - 1, 2), /Cannot generate rows/);
  assert.throws(() => generator.row(-1), /Cannot generate rows/);
});

Deno.test("tableGenerator() names the tables there are", () => {
  assert.throws(
    () => tableGenerator(SPEC, "card_profil"),
    /Did you mean "card_profile"\? Known: card_velocity_1h/,
  );
});

for (const name of ["fraud_detection", "retail"]) {
  Deno.test(`tableGenerator() keeps ${name}'s values within what the spec says`, async () => {
    const spec = datasetSpec(await loadDomain(name), {
      rows: 30_000,
      events: true,
    });
    for (const table of spec.tables) {
      const rows = Math.min(table.rows, 3000);
      const batch = tableGenerator(spec, table.name).batch(0, rows);
      table.columns.forEach((column, c) => {
        const { values, nulls } = batch.columns[c];
        assert.equal(nulls !== null, column.nullable);
        const d = column.distribution;
        for (let r = 0; r < rows; r++) {
          const v = values[r];
          if (nulls?.[r] || column.idle === "zero" && v === 0) continue;
          const where = `${table.name}.${column.name} row ${r}: ${v}`;
          if (d.kind === "categorical") {
            assert(d.words.includes(v as string), where);
          } else if (d.kind === "key" && !table.events) {
            assert.equal(v, keyValue(table.keyForm, r));
          } else if (d.kind === "time" || d.kind === "event_time") {
            assert(Number.isInteger(v), where);
            assert(v as number >= d.from && v as number < d.to, where);
          } else if (d.kind === "fraction" || d.kind === "product") {
            assert(Number.isInteger(v) && v as number >= 0, where);
          } else if ("min" in d) {
            assert(Number.isInteger(v), where);
            assert(v as number >= d.min && v as number <= d.max, where);
          }
        }
      });
    }
  });
}

Deno.test("tableGenerator() draws categories by their weights", () => {
  const spec = datasetSpec(DOMAIN, { rows: 3_000_000 });
  const batch = tableGenerator(spec, "card_profile").batch(0, 50_000);
  const column = batch.table.columns.findIndex((c) => c.name === "network");
  const counts = new Map<string, number>();
  for (const v of batch.columns[column].values as string[]) {
    counts.set(v, (counts.get(v) ?? 0) + 1);
  }
  const words = ["visa", "mastercard", "amex", "discover"];
  assertFollows(words.map((w) => counts.get(w) ?? 0), [53, 31, 10, 6]);
});

Deno.test("tableGenerator() gives events keys of their entity, and a unique primary key", () => {
  const generator = tableGenerator(SPEC, "transactions");
  const { rows, columns, entity } = generator.table;
  assert.deepEqual(generator.table.key, ["card_id", "event_time"]);
  assert.equal(columns[1].name, "event_time");
  const keys = SPEC.entities.find((e) => e.name === entity)!.keys;
  const batch = generator.batch(0, rows);
  const seen = new Set<string>();
  for (let r = 0; r < rows; r++) {
    const key = batch.columns[0].values[r] as number - 4_000_000_001;
    assert(key >= 0 && key < keys);
    seen.add(`${key} ${batch.columns[1].values[r]}`);
  }
  assert.equal(seen.size, rows);
});

Deno.test("tableGenerator() makes idle rows 0 and NULL in all columns together", () => {
  const spec = datasetSpec(DOMAIN, { rows: 3_000_000 });
  const generator = tableGenerator(spec, "card_velocity_24h");
  const { columns, idle } = generator.table;
  const batch = generator.batch(0, 50_000);
  const at = columns.findIndex((c) => c.name === "last_auth_at");
  let count = 0;
  for (let r = 0; r < batch.rows; r++) {
    const isIdle = batch.columns[at].nulls![r] === 1;
    if (isIdle) count++;
    columns.forEach((column, c) => {
      const { values, nulls } = batch.columns[c];
      if (column.idle === "null" && column.nulls === 0) {
        assert.equal(nulls![r] === 1, isIdle, column.name);
      }
      if (isIdle && column.idle === "zero") assert.equal(values[r], 0);
    });
    const authorisations = batch.columns[1].values[r] as number;
    assert.equal(authorisations === 0, isIdle);
  }
  assertFollows([count, batch.rows - count], [idle!, 1 - idle!]);
});

for (const name of ["fraud_detection", "retail"]) {
  Deno.test(`tableGenerator() lets no row of ${name} contradict itself`, async () => {
    const spec = datasetSpec(await loadDomain(name), {
      rows: 300_000,
      events: true,
    });
    let checked = 0;
    for (const table of spec.tables) {
      const rows = Math.min(table.rows, 3000);
      const { columns } = tableGenerator(spec, table.name).batch(0, rows);
      const at = (of: string, r: number) => {
        const c = table.columns.findIndex((column) => column.name === of);
        const { values, nulls } = columns[c];
        return nulls?.[r] ? null : values[r] as number;
      };
      for (const { name: own, distribution: d } of table.columns) {
        if (d.kind !== "product" && d.kind !== "fraction") continue;
        for (let r = 0; r < rows; r++) {
          const where = `${table.name}.${own} row ${r}`;
          const v = at(own, r);
          if (v === null) continue;
          const [a, b] = [d.of].flat().map((of) => at(of, r));
          // Of what there was none of, no part and no sum is left either.
          if (a === null || b === null) assert.equal(v, 0, where);
          else if (d.kind === "product") {
            const exact = a * b / d.divisor;
            assert(Math.abs(v - exact) <= 0.5, where);
          } else {
            assert(v >= 0 && v <= a, where);
            if (typeof d.least === "string" && a > 0) {
              assert(v >= Math.min(a, at(d.least, r) ?? 0), where);
            }
          }
          checked++;
        }
      }
    }
    assert(checked > 50_000, `${checked}`);
  });
}
