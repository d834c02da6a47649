import assert from "node:assert/strict";
import { join } from "node:path";
import { datasetSpec } from "../../../lib/datasets/compile.ts";
import { loadDomain } from "../../../lib/datasets/domain.ts";
import { datasetSql } from "../../../lib/datasets/sql/dataset_sql.ts";
import { openDuckdb } from "../../emulators/duckdb.ts";
import { agreesOnEveryLaw, fingerprintsOf } from "./agreement.ts";

const started = await openDuckdb();
const missing = "missing" in started ? started.missing : undefined;
if (missing) console.log(`DuckDB's tests are left out: install ${missing}`);
if (!("missing" in started)) await started.close();

async function withDuckdb(
  work: (ask: (sql: string) => Promise<unknown[][]>) => Promise<void>,
): Promise<void> {
  const engine = await openDuckdb();
  if ("missing" in engine) throw new Error(engine.missing);
  try {
    await work((sql) => engine.query(sql));
  } finally {
    await engine.close();
  }
}

Deno.test({
  name: "rowsQuery() for DuckDB makes the same rows under every law",
  ignore: missing !== undefined,
  fn: () => withDuckdb((ask) => agreesOnEveryLaw("duckdb", ask, 400)),
});

Deno.test({
  name: "datasetSql() for DuckDB makes a whole domain, events included",
  ignore: missing !== undefined,
  fn: () =>
    withDuckdb(async (ask) => {
      const domain = await loadDomain("fraud_detection");
      const spec = datasetSpec(domain, { rows: 30_000, events: true });
      const script = datasetSql(spec, "duckdb", { rowsPerStatement: 3000 });
      const found: Record<string, unknown> = {};
      for (const { purpose, sql, table } of script.statements) {
        const rows = await ask(sql);
        if (purpose === "fingerprint") found[table!] = rows[0][0];
      }
      assert.deepEqual(found, fingerprintsOf(spec));
    }),
});

Deno.test({
  name:
    "datasetSql() for DuckDB writes Parquet, and its text runs as it stands",
  ignore: missing !== undefined,
  fn: () =>
    withDuckdb(async (ask) => {
      const domain = await loadDomain("retail");
      const spec = datasetSpec(domain, { rows: 3000, tables: 2 });
      const folder = await Deno.makeTempDir();
      try {
        const { text } = datasetSql(spec, "duckdb", {
          parquet: folder,
          rowsPerStatement: 100,
        });
        await ask(text);
        const wanted = fingerprintsOf(spec);
        for (const { name, rows } of spec.tables) {
          const files = join(folder, `${name}.*parquet`);
          const [[count]] = await ask(
            `SELECT count(*) FROM read_parquet('${files}')`,
          );
          assert.equal(count, rows);
          assert.equal(Number(wanted[name].split(":")[0]), rows);
        }
        await ask(datasetSql(spec, "duckdb").text);
        for (const { name, rows } of spec.tables) {
          const [[count]] = await ask(`SELECT count(*) FROM servemark.${name}`);
          assert.equal(count, rows);
        }
      } finally {
        await Deno.remove(folder, { recursive: true });
      }
    }),
});
