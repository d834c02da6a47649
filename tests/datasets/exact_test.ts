import assert from "node:assert/strict";
import { datasetSpec } from "../../lib/datasets/compile.ts";
import { loadDomain } from "../../lib/datasets/domain.ts";
import { readDomain } from "../../lib/datasets/domain_file.ts";
import { tableGenerator } from "../../lib/datasets/generator.ts";
import { keyValue } from "../../lib/datasets/schema.ts";
import type { DatasetSpec } from "../../lib/datasets/spec.ts";
import { ALL_LAWS } from "./all_laws.ts";
import { exactInteger } from "./bigint_generator.ts";

/** Compares some rows of all tables, from a row on, with 64-bit integers' results. */
function assertExact(spec: DatasetSpec, rows: number, from?: number) {
  for (const table of spec.tables) {
    const first = from ?? table.rows - rows;
    const batch = tableGenerator(spec, table.name).batch(first, rows);
    table.columns.forEach((column, c) => {
      const { values, nulls } = batch.columns[c];
      const d = column.distribution;
      for (let r = 0; r < rows; r++) {
        const exact = exactInteger(spec, table, column, first + r);
        const wanted = exact === null
          ? null
          : d.kind === "key"
          ? keyValue(table.keyForm, exact)
          : d.kind === "foreign_key"
          ? keyValue(d.keyForm, exact)
          : d.kind === "categorical"
          ? d.words[exact]
          : exact;
        const got = nulls?.[r] ? null : values[r];
        assert.equal(got, wanted, `${table.name}.${column.name} row ${r}`);
      }
    });
  }
}

const LAWS = readDomain(ALL_LAWS, "laws.yaml");

for (const rows of [20_000, 2e9, 16.6e9]) {
  Deno.test(`all laws: 64-bit integers give the same ${rows} rows`, () => {
    const spec = datasetSpec(LAWS, { rows, events: true });
    assertExact(spec, 300, 0);
    assertExact(spec, 300);
  });
}

for (const name of ["fraud_detection", "retail"]) {
  const domain = await loadDomain(name);

  Deno.test(`${name}: 64-bit integers give the same rows`, () => {
    assertExact(datasetSpec(domain, { rows: 30_000, events: true }), 60, 0);
  });

  Deno.test(`${name}: 64-bit integers give the same rows at the end of 16.6 billion`, () => {
    assertExact(datasetSpec(domain, { rows: 16.6e9, events: true }), 40);
  });
}
