import { ServemarkError } from "../../core/errors.ts";
import { DIALECT_NAMES } from "../../datasets/sql/dialects.ts";
import type { DatasetSpec } from "../../datasets/spec.ts";
import { type Context, EXIT } from "../context.ts";
import { userPath } from "../program.ts";
import { transferLine } from "./transfer_line.ts";

/** Where a dataset is generated instead of here. */
export interface CreateOnOptions {
  /** `postgres://…`, or an engine's name for a script. */
  readonly on: string;
  /** The script's file; Spark's rows go to `sparkOutput`. */
  readonly output?: string;
  readonly schema?: string;
  readonly json?: boolean;
}

/** Where a Spark script writes unless it is told otherwise by its own option. */
const SPARK_OUTPUT = "servemark-datasets";

/**
 * Generates a dataset inside the engine that will hold it: in a live PostgreSQL
 * at once; for the others as a script that their own command line runs.
 */
export async function createOn(
  spec: DatasetSpec,
  options: CreateOnOptions,
  watch: Context,
): Promise<number> {
  const { on, output, schema } = options;
  const name = `${spec.name}_v${spec.version}`;
  if (/^postgres(ql)?:/.test(on)) {
    const { generateInSql } = await import(
      "../../transfers/generate_in_sql.ts"
    );
    const began = performance.now();
    const record = await generateInSql(spec, on, { ...watch, schema });
    if (options.json) console.log(JSON.stringify(record));
    else {
      if (record.kept.length > 0) {
        console.log(`Kept as they were: ${record.kept.length} tables`);
      }
      console.log(transferLine({
        name,
        rows: record.rows,
        tables: spec.tables.length,
        bytes: 0,
        seconds: (performance.now() - began) / 1e3,
        equal: record.verified === "whole",
      }));
      if (record.verified === "sampled") {
        console.log("Verified: 64 rows of each table, and every row count");
      }
    }
    return EXIT.done;
  }
  const script = await scriptFor(spec, on, schema);
  if (output === undefined) {
    console.log(script.trimEnd());
    return EXIT.done;
  }
  const path = userPath(output);
  await Deno.writeTextFile(path, script);
  console.log(
    options.json
      ? JSON.stringify({ dataset: name, engine: on, script: path })
      : `${name} for ${on}: ${path}${
        on === "spark" ? ` (spark-submit ${output} --output=URI)` : ""
      }`,
  );
  return EXIT.done;
}

async function scriptFor(
  spec: DatasetSpec,
  engine: string,
  schema: string | undefined,
): Promise<string> {
  if (engine === "spark") {
    const { datasetSparkScript } = await import(
      "../../datasets/sql/spark_script.ts"
    );
    return datasetSparkScript(spec, { output: SPARK_OUTPUT });
  }
  if ((DIALECT_NAMES as readonly string[]).includes(engine)) {
    const { datasetSql } = await import("../../datasets/sql/dataset_sql.ts");
    return datasetSql(spec, engine, { schema }).text;
  }
  throw new ServemarkError(`Cannot generate a dataset on ${engine}`, {
    remedy: "Write postgres://user@host/database to generate in a server, or " +
      `one of ${DIALECT_NAMES.join(", ")} for a script`,
    exitCode: 2,
  });
}
