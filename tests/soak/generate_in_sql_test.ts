import assert from "node:assert/strict";
import { join } from "node:path";
import { datasetSpec } from "../../lib/datasets/compile.ts";
import { loadDomain } from "../../lib/datasets/domain.ts";
import { datasetSql } from "../../lib/datasets/sql/dataset_sql.ts";
import { datasetSparkScript } from "../../lib/datasets/sql/spark_script.ts";
import { startEmbeddedPostgres } from "../../lib/platforms/postgres/embedded.ts";
import { generateInSql } from "../../lib/transfers/generate_in_sql.ts";
import { agreesOnEveryLaw, fingerprintsOf } from "../datasets/sql/agreement.ts";
import { openDuckdb } from "../emulators/duckdb.ts";
import { openSpark, sparkPython, submit } from "../emulators/pyspark.ts";

const fraud = await loadDomain("fraud_detection");
const spec = datasetSpec(fraud, { rows: 1_000_000, events: true });
const rows = spec.tables.reduce((n, table) => n + table.rows, 0);
const wanted = fingerprintsOf(spec);

/** Prints a speed. */
function told(engine: string, milliseconds: number): void {
  const speed = Math.round(rows / milliseconds);
  console.log(`${engine}: ${rows} rows, ${speed} thousand a second`);
}

Deno.test("generateInSql() makes a million rows of a domain in PostgreSQL", async () => {
  const { connection, server } = await startEmbeddedPostgres();
  try {
    const { user, password, host, port, database } = connection;
    const uri = `postgres://${user}:${password}@${host}:${port}/${database}`;
    const record = await generateInSql(spec, uri, {
      parallel: 2,
      verify: "sampled",
    });
    told("PostgreSQL", 1e3 * record.loadSeconds);
    assert.deepEqual(record.fingerprints, wanted);
  } finally {
    await server.close();
  }
});

const duckdb = await openDuckdb();
if ("missing" in duckdb) console.log(`Left out: install ${duckdb.missing}`);
else await duckdb.close();

Deno.test({
  name: "datasetSql() makes a million rows of a domain in DuckDB",
  ignore: "missing" in duckdb,
  fn: async () => {
    const engine = await openDuckdb();
    if ("missing" in engine) return;
    try {
      const found: Record<string, unknown> = {};
      let spent = 0;
      for (const s of datasetSql(spec, "duckdb").statements) {
        const started = performance.now();
        const answer = await engine.query(s.sql);
        if (s.purpose === "rows") spent += performance.now() - started;
        if (s.purpose === "fingerprint") found[s.table!] = answer[0][0];
      }
      told("DuckDB", spent);
      assert.deepEqual(found, wanted);
    } finally {
      await engine.close();
    }
  },
});

const spark = await sparkPython();
if ("missing" in spark) console.log(`Left out: install ${spark.missing}`);

Deno.test({
  name: "datasetSparkScript() makes a million rows of a domain in Spark",
  ignore: "missing" in spark,
  fn: async () => {
    if ("missing" in spark) return;
    const folder = await Deno.makeTempDir();
    try {
      const script = join(folder, "generate.py");
      const output = join(folder, "out");
      const options = { output, expected: wanted, rowsPerFile: 100_000 };
      await Deno.writeTextFile(script, datasetSparkScript(spec, options));
      const started = performance.now();
      const { code, out, err } = await submit(spark, script);
      assert.equal(code, 0, err);
      told(
        "Spark, its start and fingerprints included",
        performance.now() - started,
      );
      assert.deepEqual(JSON.parse(out).fingerprints, wanted);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});

Deno.test({
  name: "rowsQuery() for Spark makes the same rows under every law",
  ignore: "missing" in spark,
  fn: async () => {
    if ("missing" in spark) return;
    const engine = openSpark(spark);
    try {
      await agreesOnEveryLaw("spark", (sql) => engine.query(sql), 1000);
    } finally {
      await engine.close();
    }
  },
});
