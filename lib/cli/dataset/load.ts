import type { Command } from "commander";
import { formatBytes, formatCount } from "../../core/sizes.ts";
import { EXIT, runAction } from "../context.ts";
import { command, list } from "../program.ts";
import { manifestHead } from "./manifest_head.ts";

interface LoadOptions {
  name?: string;
  as?: string;
  key?: string;
  declarations?: string;
  format?: string;
  catalog?: string;
  json?: boolean;
}

/** `servemark dataset load` */
export function loadCommand(): Command {
  return command(
    "load",
    "Make a dataset of your own data: types are inferred and keys found, unless " +
      "a YAML beside it declares them",
    "servemark dataset load customer_data.csv\n" +
      "servemark benchmark run --dataset customer_data",
  )
    .argument(
      "<source>",
      "a .csv, .parquet or .dump file, a folder of them, an export of " +
        "DynamoDB, s3://…, postgres://…",
    )
    .option("--name <name>", "the dataset's name (default: the file's)")
    .option("--as <version>", "the dataset's version (default: 1.0)")
    .option("--key <columns>", "the columns that tell rows apart")
    .option(
      "--declarations <file>",
      "a YAML of types, keys and entities (default: the one beside the data)",
    )
    .option("--format <name>", "pg_dump, parquet, csv or dynamodb_json")
    .option("--catalog <uri>", "where to keep it (default: the user's cache)")
    .option("--json", "print the manifest's head and its schema as JSON")
    .action((source: string, options: LoadOptions) =>
      runAction(async ({ signal, progress }) => {
        const { loadSource } = await import(
          "../../transfers/load/load_source.ts"
        );
        const { loadedText } = await import(
          "../../transfers/load/loaded_text.ts"
        );
        const loaded = await loadSource(source, {
          signal,
          progress,
          name: options.name,
          version: options.as,
          key: options.key === undefined ? undefined : list(options.key),
          declarations: options.declarations,
          format: options.format,
          catalog: options.catalog,
        });
        const head = manifestHead(loaded.manifest);
        if (options.json) {
          const { tables } = loaded.manifest.spec;
          console.log(JSON.stringify({ ...head, schema: tables }));
          return EXIT.done;
        }
        console.log(loadedText(loaded));
        console.log(
          `${head.name}: ${formatCount(head.rows)} rows in ` +
            `${head.tables} table${head.tables === 1 ? "" : "s"}, ${
              formatBytes(head.bytes)
            }, digest ${head.digest.slice(0, 12)}`,
        );
        return EXIT.done;
      })
    );
}
