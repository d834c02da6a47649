import type { Command } from "commander";
import { formatBytes, formatCount, parseCount } from "../../core/sizes.ts";
import { EXIT, runAction } from "../context.ts";
import { command } from "../program.ts";
import { builder, type BuilderOptions } from "./builder.ts";
import { versionText } from "../../catalog/version_name.ts";
import type { Dataset } from "../../transfers/dataset.ts";
import { manifestHead } from "./manifest_head.ts";
import { openNamed } from "./open.ts";
import { recordLine } from "./version_text.ts";

interface CreateOptions extends BuilderOptions {
  catalog?: string;
  workers?: string;
  plan?: boolean;
  materialize?: boolean;
  on?: string;
  output?: string;
  schema?: string;
  verify?: boolean;
  json?: boolean;
}

/** Bytes of Parquet beyond which a dataset is not generated without being asked. */
const LARGE = 20e9;

/** `servemark dataset create` */
export function createCommand(): Command {
  return command(
    "create",
    "Generate a dataset into the catalog, in parallel; one too large for that is " +
      "recorded as a version, to be exported, or generated where it will live",
    "servemark dataset create fraud_detection_v1.0 --rows 300k --tables 30\n" +
      "servemark dataset create fraud_detection_v1.0 --rows 16.6B --on spark --output make.py",
  )
    .argument(
      "<name>",
      "domain and version: fraud_detection_v1.0, retail@1.0, a YAML file",
    )
    .option("--rows <count>", "rows over all feature tables, such as 300k")
    .option("--tables <list>", "the first N feature tables, or some by name")
    .option("--seed <number>", "the number that all rows follow from")
    .option("--distribution <name>", "power_law or uniform")
    .option("--events", "event tables too")
    .option(
      "--catalog <dir>",
      "where to keep it (default: the user's cache folder)",
    )
    .option("--workers <count>", "workers that generate (default: one a core)")
    .option(
      "--verify",
      "read every part that is there already, and make damaged ones anew",
    )
    .option(
      "--on <engine>",
      "generate it inside postgres://user@host/db, or write a script for " +
        "postgres, duckdb or spark",
    )
    .option("--output <file>", "the script's file (default: printed)")
    .option("--schema <name>", "the schema of the tables made with --on")
    .option(
      "--materialize",
      `generate it here even if it takes over ${formatBytes(LARGE)}`,
    )
    .option("--plan", "show what would be made, and make nothing")
    .option("--json", "print the manifest's head as JSON")
    .action((name: string, options: CreateOptions) =>
      runAction(async ({ signal, progress }) => {
        const built = await builder(name, options);
        const { catalog } = options;
        if (options.plan) {
          await built.explain({ catalog });
          return EXIT.done;
        }
        if (options.on !== undefined) {
          const { createOn } = await import("./create_on.ts");
          const { on, output, schema, json } = options;
          const spec = await built.spec({ catalog });
          const watch = { signal, progress };
          return await createOn(spec, { on, output, schema, json }, watch);
        }
        if (!options.materialize && await isLarge(built, catalog)) {
          return await recordLarge(built, options);
        }
        const manifest = await built.materialize({
          signal,
          progress,
          catalog: options.catalog,
          verify: options.verify,
          ...(options.workers ? { workers: parseCount(options.workers) } : {}),
        });
        const head = manifestHead(manifest);
        if (options.json) console.log(JSON.stringify(head));
        else {
          console.log(
            `${head.name}: ${
              formatCount(head.rows)
            } rows in ${head.tables} table${head.tables === 1 ? "" : "s"}, ` +
              `${formatBytes(head.bytes)}, digest ${head.digest.slice(0, 12)}`,
          );
        }
        return EXIT.done;
      })
    );
}

async function isLarge(built: Dataset, catalog?: string): Promise<boolean> {
  const { estimate } = await import("../../transfers/estimate.ts");
  const spec = await built.spec({ catalog });
  const rows = spec.tables.reduce((sum, table) => sum + table.rows, 0);
  // Rows take some bytes each: a small dataset needs no sample.
  return rows > LARGE / 100 && (estimate(spec)?.parquet ?? 0) > LARGE;
}

/** Keeps the definition of a dataset that is too large to be made unasked. */
async function recordLarge(
  built: Dataset,
  { catalog: where, json }: CreateOptions,
): Promise<number> {
  const { recordRequest } = await import("../../transfers/record_request.ts");
  const catalog = await openNamed(where);
  const record = await recordRequest(catalog, built.toJSON());
  if (json) {
    console.log(JSON.stringify(record));
    return EXIT.done;
  }
  await built.explain({ catalog });
  console.log([
    "",
    recordLine(record),
    "Its rows were not generated: any of them can be had at once. To have them all:",
    `  dataset create ${
      versionText(record)
    } --on=postgres://…    inside the server`,
    `  dataset create ${versionText(record)} --on=spark --output=make.py`,
    `  dataset export ${versionText(record)} --output=s3://…      streamed`,
    `  dataset create ${
      versionText(record)
    } --materialize        into this catalog`,
  ].join("\n"));
  return EXIT.done;
}
