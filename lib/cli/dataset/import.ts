import type { Command } from "commander";
import { parseCount } from "../../core/sizes.ts";
import { type Context, EXIT, runAction } from "../context.ts";
import { command } from "../program.ts";
import { tableOption } from "./table_option.ts";
import { transferLine } from "./transfer_line.ts";

interface ImportCommandOptions {
  platform?: string;
  target?: string;
  tables?: string;
  parallelWorkers: string;
  db?: string;
  schema?: string;
  format?: string;
  fromVersion?: string;
  reload?: boolean;
  drop?: boolean;
  catalog?: string;
  json?: boolean;
}

/** `servemark dataset import` */
export function importCommand(): Command {
  return command(
    "import",
    "Load a dataset, or whatever holds tables, into a platform, and prove by " +
      "fingerprints that it arrived; without a platform, into the catalog. One " +
      "that was interrupted is finished by the same command",
    "servemark dataset import fraud_detection_v1.0 --target=postgres://me@host/db\n" +
      "servemark dataset import s3://bucket/fraud_detection_v1.0.dump --tables=5 " +
      "--platform=dynamodb --target=dynamodb://us-east-1",
  )
    .argument(
      "<source>",
      "a dataset's name, a .dump, .parquet or .csv file, a folder, s3://…, " +
        "postgres://…, dynamodb://…",
    )
    .option("--platform <name>", "postgres, dynamodb …")
    .option("--target <uri>", "where: postgres://user@host/database …")
    .option("--tables <list>", "the first N tables, or some by name")
    .option("--parallel-workers <count>", "tables loaded at a time", "4")
    .option("--db <name>", "the database, in place of the URI's")
    .option("--schema <name>", "the schema of the tables in the target")
    .option("--format <name>", "pg_dump, parquet, csv or dynamodb_json")
    .option(
      "--from-version <version>",
      "turn the tables of this version into the other's where they stand",
    )
    .option("--reload", "with it: load tables anew that cannot be turned")
    .option("--drop", "with it: drop tables that the new version has not")
    .option("--catalog <uri>", "where datasets are kept")
    .option("--json", "print what was loaded as JSON")
    .action((source: string, options: ImportCommandOptions) =>
      runAction(async (watch) => {
        if (options.fromVersion !== undefined) {
          return await turn(source, options.fromVersion, options, watch);
        }
        const { openSource } = await import("../../transfers/open_source.ts");
        const { catalog, format } = options;
        const tables = tableOption(options.tables);
        const open = await openSource(source, {
          ...watch,
          tables,
          catalog,
          format,
        });
        try {
          const began = performance.now();
          if (!options.platform && !options.target) {
            const { isDataset, storeDataset } = await import(
              "../../transfers/store_dataset.ts"
            );
            const { loadSource } = await import(
              "../../transfers/load/load_source.ts"
            );
            const { manifest } = isDataset(open)
              ? await storeDataset(open, catalog, watch)
              : await loadSource(source, { ...watch, catalog, format });
            const { manifestHead } = await import("./manifest_head.ts");
            const head = manifestHead(manifest);
            if (options.json) console.log(JSON.stringify(head));
            else {
              const seconds = (performance.now() - began) / 1e3;
              console.log(transferLine({ ...head, seconds, equal: true }));
            }
            return EXIT.done;
          }
          const { openTarget } = await import("../../transfers/open_target.ts");
          const { importTables } = await import(
            "../../transfers/import_tables.ts"
          );
          const platform = await openTarget({
            ...watch,
            platform: options.platform,
            target: options.target,
            database: options.db,
            schema: options.schema,
          });
          try {
            const record = await importTables(open, platform, {
              ...watch,
              reuse: true,
              parallel: parseCount(
                options.parallelWorkers,
                "number of tables at a time",
              ),
            });
            const { notes } = open;
            if (options.json) console.log(JSON.stringify({ ...record, notes }));
            else {
              for (const note of notes) console.log(note);
              if (record.kept.length > 0) {
                console.log(`Kept as they were: ${record.kept.length} tables`);
              }
              console.log(transferLine({
                ...record,
                name: open.name,
                tables: open.tables.length,
                seconds: (performance.now() - began) / 1e3,
                equal: true,
              }));
            }
            return EXIT.done;
          } finally {
            await platform.close();
          }
        } finally {
          await open.close();
        }
      })
    );
}

/** Imports a version by changing the tables that stand in the platform. */
async function turn(
  name: string,
  from: string,
  options: ImportCommandOptions,
  watch: Context,
): Promise<number> {
  const { migrateImport } = await import("./migrate_import.ts");
  const { openTarget } = await import("../../transfers/open_target.ts");
  const { platform: kind, target, db, schema } = options;
  const platform = await openTarget({
    ...watch,
    platform: kind,
    target,
    database: db,
    schema,
  });
  try {
    return await migrateImport(name, platform, { ...options, from }, watch);
  } finally {
    await platform.close();
  }
}
