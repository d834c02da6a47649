import type { Command } from "commander";
import { ServemarkError } from "../../core/errors.ts";
import { parseCount } from "../../core/sizes.ts";
import { type Context, EXIT, runAction } from "../context.ts";
import { command } from "../program.ts";
import { tableOption } from "./table_option.ts";
import { transferLine } from "./transfer_line.ts";

interface ExportCommandOptions {
  output: string;
  format?: string;
  compression?: string;
  tables?: string;
  since?: string;
  schema?: string;
  engine: string;
  workers?: string;
  catalog?: string;
  json?: boolean;
}

/** `servemark dataset export` */
export function exportCommand(): Command {
  return command(
    "export",
    "Write a dataset, or a live database's tables, to a file, a folder or an " +
      "object store; one that was interrupted is taken up by the same command",
    "servemark dataset export fraud_detection_v1.0 --output=fraud.dump\n" +
      "servemark dataset export fraud_detection_v1.1 --since=v1.0 " +
      "--output=s3://bucket/datasets/ --compression=9",
  )
    .argument(
      "<source>",
      "a dataset's name, a file or folder, s3://…, postgres://…, dynamodb://…",
    )
    .requiredOption(
      "--output <uri>",
      "a file (.dump says pg_dump, .csv …), or a folder ending in /",
    )
    .option("--format <name>", "pg_dump, parquet, csv or dynamodb_json")
    .option(
      "--compression <level>",
      "0 (none) to 9 (smallest), or none, gzip, zstd, zstd:9 …",
    )
    .option("--tables <list>", "the first N tables, or some by name")
    .option("--since <version>", "only what changed since this version")
    .option("--schema <name>", "the schema of PostgreSQL's tables")
    .option(
      "--engine <name>",
      "builtin, or native: PostgreSQL's own pg_dump",
      "builtin",
    )
    .option("--workers <count>", "workers that encode (default: one a core)")
    .option("--catalog <uri>", "where datasets are kept")
    .option("--json", "print what was written as JSON")
    .action((source: string, options: ExportCommandOptions) =>
      runAction(async (watch) => {
        const { readCompression } = await import(
          "../../transfers/export_output.ts"
        );
        const compression: Partial<ReturnType<typeof readCompression>> =
          options.compression === undefined
            ? {}
            : readCompression(options.compression);
        if (checkEngine(options.engine) === "native") {
          const level = compression.compression === "none"
            ? 0
            : compression.level;
          return await native(source, options, level, watch);
        }
        const { openSource } = await import("../../transfers/open_source.ts");
        const { exportDataset } = await import(
          "../../transfers/export_dataset.ts"
        );
        const { versionSource } = await import(
          "../../transfers/version_source.ts"
        );
        const tables = tableOption(options.tables);
        const { catalog, schema } = options;
        const open = await openSource(source, {
          ...watch,
          tables,
          catalog,
          schema,
        });
        try {
          const record = await exportDataset(open, options.output, {
            ...watch,
            ...compression,
            format: options.format,
            schema,
            workers: options.workers === undefined
              ? undefined
              : parseCount(options.workers, "number of workers"),
            since: options.since === undefined
              ? undefined
              : await versionSource(open, options.since, { catalog, tables }),
          });
          if (options.json) console.log(JSON.stringify(record));
          else {
            for (const note of record.notes) console.log(note);
            if (record.unchanged) {
              console.log(
                `Unchanged since ${options.since}: ${record.unchanged.length} tables`,
              );
            }
            const tables = Object.keys(record.fingerprints).length;
            console.log(transferLine({ ...record, tables }));
            console.log(`Written: ${record.output}`);
          }
          return EXIT.done;
        } finally {
          await open.close();
        }
      })
    );
}

/** The engine's name, checked. */
export function checkEngine(name: string): "builtin" | "native" {
  if (name === "builtin" || name === "native") return name;
  throw new ServemarkError(`Unknown engine "${name}"`, {
    remedy: "Known: builtin, native",
    exitCode: 2,
  });
}

async function native(
  source: string,
  options: ExportCommandOptions,
  level: number | undefined,
  watch: Context,
): Promise<number> {
  if (!/^postgres(ql)?:/.test(source)) {
    throw new ServemarkError(`Cannot export ${source} with pg_dump`, {
      cause: "pg_dump reads a live PostgreSQL alone",
      remedy: "Name it as postgres://user@host/database, or leave --engine out",
      exitCode: 2,
    });
  }
  const { exportOutput } = await import("../../transfers/export_output.ts");
  const { nativeDump } = await import(
    "../../platforms/postgres/native/dump.ts"
  );
  const tables = tableOption(options.tables);
  if (typeof tables === "number") {
    throw new ServemarkError("Cannot count tables with pg_dump", {
      remedy: "Name the tables",
      exitCode: 2,
    });
  }
  const database = new URL(source).pathname.slice(1) || "postgres";
  const { place, name } = await exportOutput(
    options.output,
    database,
    "pg_dump",
  );
  const { schema } = options;
  const dump = await nativeDump(source, place, {
    ...watch,
    level,
    tables,
    schema,
  });
  if (options.json) console.log(JSON.stringify({ ...dump, output: name }));
  else {
    console.log(`Written by ${dump.tool}: ${name}, ${dump.bytes} bytes`);
  }
  return EXIT.done;
}
