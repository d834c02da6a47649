import assert from "node:assert/strict";
import { datasetSpec } from "../../../lib/datasets/compile.ts";
import { loadDomain } from "../../../lib/datasets/domain.ts";
import type { DatasetSpec } from "../../../lib/datasets/spec.ts";
import { datasetSql } from "../../../lib/datasets/sql/dataset_sql.ts";
import { DIALECT_NAMES } from "../../../lib/datasets/sql/dialects.ts";
import { datasetSparkScript } from "../../../lib/datasets/sql/spark_script.ts";
import { everyLaw } from "../../fixtures/every_law.ts";

const fraud = await loadDomain("fraud_detection");

Deno.test("datasetSql() splits 16.6 billion rows over statements", () => {
  const spec = datasetSpec(fraud, { rows: 16_600_000_000, tables: 1 });
  const [{ rows: all }] = spec.tables;
  const { statements } = datasetSql(spec, "postgres", {
    rowsPerStatement: 50_000_000,
  });
  const rows = statements.filter((s) => s.purpose === "rows");
  assert.equal(rows.length, Math.ceil(all / 50_000_000));
  let next = 0;
  for (const { from, count } of rows) {
    assert.equal(from, next);
    next += count!;
  }
  assert.equal(next, all);
  const unasked = datasetSql(everyLaw(2 ** 40), "postgres", {
    tables: ["by_id"],
  });
  const most = unasked.statements.filter((s) => s.purpose === "rows");
  assert.equal(most.length, 64);
});

Deno.test("datasetSql() says what each statement is for, in the order to run them", () => {
  const spec = datasetSpec(fraud, { rows: 300, tables: 1 });
  const purposes = (dialect: string) =>
    datasetSql(spec, dialect).statements.map((s) => s.purpose);
  const all = ["schema", "table", "table", "rows", "key", "fingerprint"];
  assert.deepEqual(purposes("postgres"), all);
  assert.deepEqual(purposes("duckdb"), all.toSpliced(1, 1));
  const settings = ["schema", "schema"];
  assert.deepEqual(purposes("spark"), [...settings, ...all.toSpliced(4, 1)]);
  const { text } = datasetSql(spec, "postgres");
  assert.match(text, /-- Table card_velocity_1h, rows 0 to \d+\./);
  assert.match(text, /-- power law \[1, 60\], exponent 2\.6/);
});

Deno.test("datasetSql() refuses what it cannot write, and says why", () => {
  const spec = datasetSpec(fraud, { rows: 300, tables: 1 });
  assert.throws(() => datasetSql(spec, "oracle"), /postgres, duckdb, spark/);
  assert.throws(
    () => datasetSql(spec, "duckdb", { tables: ["card_velocity"] }),
    /Unknown table "card_velocity"/,
  );
  assert.throws(
    () => datasetSql(spec, "postgres", { parquet: "out" }),
    /Cannot write Parquet with PostgreSQL's SQL/,
  );
  assert.throws(
    () => datasetSql(spec, "postgres", { range: { from: 1, count: 300 } }),
    /rows 1 to 300 were asked for/,
  );
  assert.throws(
    () => datasetSql(spec, "postgres", { rowsPerStatement: 0 }),
    /rowsPerStatement must be a whole number from 1/,
  );
  const [table] = spec.tables;
  const stored: DatasetSpec = {
    ...spec,
    tables: [{
      ...table,
      columns: table.columns.map((column) => ({
        ...column,
        distribution: { kind: "stored" as const },
      })),
    }],
  };
  for (const dialect of DIALECT_NAMES) {
    assert.throws(() => datasetSql(stored, dialect), /its rows are not drawn/);
  }
});

Deno.test("datasetSql() grows with the columns, not with the rows", () => {
  const length = (rows: number) =>
    datasetSql(everyLaw(rows), "postgres", { rowsPerStatement: rows }).text
      .length;
  assert(length(2 ** 40) < 1.5 * length(100_000));
});

Deno.test("datasetSparkScript() gives each table as many files as its rows want", () => {
  const spec = datasetSpec(fraud, { rows: 16_600_000_000, tables: 1 });
  const script = datasetSparkScript(spec, { output: 's3://b/"x"' });
  const [{ rows }] = spec.tables;
  const files = Math.ceil(rows / 8_000_000);
  assert(script.includes(`range(0L, ${rows}L, 1L, ${files})`));
  assert(script.includes('OUTPUT = "s3://b/\\"x\\""'));
});
