import type { Fingerprint } from "../fingerprint.ts";
import { specDigest } from "../digest.ts";
import type { DatasetSpec, TableSpec } from "../spec.ts";
import { chosenTables, header } from "./dataset_sql.ts";
import type { Dialect } from "./dialect.ts";
import { spark } from "./spark.ts";
import { rowsQuery } from "./table_rows.ts";

/** How a dataset is generated on Spark. */
export interface SparkOptions {
  /**
   * Where the tables' folders go: a path or URI that the cluster writes to.
   * The script's own `--output` goes before it.
   */
  output: string;
  /** Some of the spec's tables. @default all */
  tables?: readonly string[];
  /** Rows of one Parquet file, about. @default 8 million */
  rowsPerFile?: number;
  /** Fingerprints that are known already; the script fails where its own differ. */
  expected?: Readonly<Record<string, Fingerprint>>;
}

const ROWS_PER_FILE = 8_000_000;

/**
 * A PySpark script that generates a dataset on a cluster, in SQL alone: each
 * table as zstd Parquet under `output/table`, then its fingerprint from what was
 * written, printed as JSON. A table whose fingerprint is kept under
 * `output/_fingerprints` is finished, and skipped when the script runs again.
 *
 * Run it with `spark-submit script.py`, or in any Python with PySpark 3.4 or
 * later; `--output=URI` and `--tables=a,b` choose.
 *
 * @throws {ServemarkError} for tables that are unknown, or whose rows are not drawn
 */
export function datasetSparkScript(
  spec: DatasetSpec,
  options: SparkOptions,
): string {
  const { rowsPerFile = ROWS_PER_FILE, expected = {} } = options;
  const tables = chosenTables(spec, options.tables);
  const entry = (table: TableSpec): string => {
    const files = Math.max(1, Math.ceil(table.rows / rowsPerFile));
    const range = { from: 0, count: table.rows };
    const rows = rowsQuery(spec, table.name, inFiles(files), range);
    return [
      "    {",
      `        "name": ${text(table.name)},`,
      `        "rows": ${table.rows},`,
      `        "expected": ${
        Object.hasOwn(expected, table.name)
          ? text(expected[table.name])
          : "None"
      },`,
      `        "query": r"""`,
      rows,
      `""",`,
      `        "fingerprint": r"""`,
      spark.fingerprint("written", table.columns),
      `""",`,
      "    },",
    ].join("\n");
  };
  return [
    "#!/usr/bin/env python3",
    header(spec, spark).replace(/^--/gm, "#"),
    PROLOGUE
      .replace("<output>", () => text(options.output))
      .replace("<digest>", () => text(specDigest(spec))),
    `TABLES = [\n${tables.map(entry).join("\n")}\n]\n`,
    PROGRAM,
  ].join("\n");
}

/** Spark, its row numbers in as many tasks as there are files to write. */
function inFiles(files: number): Dialect {
  return {
    ...spark,
    rows: ({ from, count }) =>
      `SELECT id AS i FROM range(${from}L, ${from + count}L, 1L, ${files})`,
  };
}

/** A text as Python writes it: JSON's escapes are Python's too. */
function text(value: string): string {
  return JSON.stringify(value);
}

const PROLOGUE = `import argparse
import json
import sys
import time

from pyspark.sql import SparkSession

OUTPUT = <output>
SPEC = <digest>
`;

const PROGRAM = `
def finished(spark, record):
    """The fingerprint that an earlier run kept, of this very spec."""
    hadoop = spark.sparkContext._jvm.org.apache.hadoop.fs.Path(record)
    files = hadoop.getFileSystem(spark.sparkContext._jsc.hadoopConfiguration())
    if not files.exists(hadoop):
        return None
    lines = [row.value for row in spark.read.text(record).collect()]
    kept = json.loads(lines[0]) if lines else {}
    return kept.get("fingerprint") if kept.get("spec") == SPEC else None


def generate(spark, table, output):
    """Writes a table, and returns the fingerprint of what was written."""
    folder = f"{output}/{table['name']}"
    rows = spark.sql(table["query"])
    rows.write.mode("overwrite").option("compression", "zstd").parquet(folder)
    written = spark.read.parquet(folder)
    written.createOrReplaceTempView("written")
    return spark.sql(table["fingerprint"]).first()[0]


def main():
    parser = argparse.ArgumentParser(description="Generates the dataset on Spark")
    parser.add_argument("--output", default=OUTPUT, help="where the tables go")
    parser.add_argument("--tables", help="some tables, by name, with commas")
    options = parser.parse_args()
    output = options.output.rstrip("/")
    wanted = options.tables.split(",") if options.tables else None
    unknown = set(wanted or []) - {table["name"] for table in TABLES}
    if unknown:
        parser.error("unknown tables: " + ", ".join(sorted(unknown)))

    # The code of a table's whole query is longer than Java compiles; operator by
    # operator it is not.
    spark = (
        SparkSession.builder.appName("servemark")
        .config("spark.sql.codegen.wholeStage", "false")
        .config("spark.sql.session.timeZone", "UTC")
        .getOrCreate()
    )
    spark.conf.set("spark.sql.codegen.wholeStage", "false")
    spark.conf.set("spark.sql.session.timeZone", "UTC")

    fingerprints, different = {}, []
    for table in TABLES:
        name = table["name"]
        if wanted and name not in wanted:
            continue
        record = f"{output}/_fingerprints/{name}"
        fingerprint = finished(spark, record)
        if fingerprint is None:
            started = time.time()
            fingerprint = generate(spark, table, output)
            if table["expected"] in (None, fingerprint):
                kept = json.dumps({"spec": SPEC, "fingerprint": fingerprint})
                lines = spark.createDataFrame([(kept,)], "value STRING")
                lines.coalesce(1).write.mode("overwrite").text(record)
            seconds = time.time() - started
            print(f"{name}: {table['rows']} rows in {seconds:.1f} s", file=sys.stderr)
        fingerprints[name] = fingerprint
        if fingerprint.split(":")[0] != str(table["rows"]):
            different.append(f"{name}: {fingerprint.split(':')[0]} rows")
        if table["expected"] not in (None, fingerprint):
            different.append(f"{name}: {fingerprint}, expected {table['expected']}")
    print(json.dumps({"spec": SPEC, "fingerprints": fingerprints}))
    if different:
        sys.exit("These tables are not the dataset's: " + "; ".join(different))


if __name__ == "__main__":
    main()
`;
