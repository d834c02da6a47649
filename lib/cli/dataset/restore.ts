import type { Command } from "commander";
import { ServemarkError } from "../../core/errors.ts";
import { parseCount } from "../../core/sizes.ts";
import { EXIT, runAction } from "../context.ts";
import { command } from "../program.ts";
import { checkEngine } from "./export.ts";
import { tableOption } from "./table_option.ts";

interface RestoreCommandOptions {
  target: string;
  tables?: string;
  schema?: string;
  db?: string;
  parallelWorkers: string;
  clean?: boolean;
  owner?: boolean;
  acl?: boolean;
  engine: string;
  json?: boolean;
}

/** `servemark dataset restore` */
export function restoreCommand(): Command {
  return command(
    "restore",
    "Restore an archive of pg_dump, whoever made it, into a live PostgreSQL: " +
      "tables, data, indexes, constraints, views, functions. One that was " +
      "interrupted is finished by the same command",
    "servemark dataset restore fraud.dump --target=postgres://me@host/db\n" +
      "servemark dataset restore s3://bucket/x.dump --target=postgres://me@host/db --tables=orders",
  )
    .argument("<archive>", "a .dump file, s3://…")
    .requiredOption("--target <uri>", "postgres://user@host/database")
    .option(
      "--tables <list>",
      "the first N tables, or some by name, with what belongs to them",
    )
    .option("--schema <name>", "only what lies in this schema")
    .option("--db <name>", "the database, in place of the URI's")
    .option("--parallel-workers <count>", "connections at a time", "4")
    .option("--clean", "drop what is there of the archive first")
    .option("--owner", "give objects to their owners of the dump")
    .option("--acl", "restore privileges too")
    .option(
      "--engine <name>",
      "builtin, or native: PostgreSQL's own pg_restore",
      "builtin",
    )
    .option("--json", "print what was restored as JSON")
    .action((archive: string, options: RestoreCommandOptions) =>
      runAction(async (watch) => {
        const { splitUri } = await import("../../stores/split_uri.ts");
        const { openStore } = await import("../../stores/open.ts");
        const { restoreDataset } = await import(
          "../../transfers/restore_dataset.ts"
        );
        const { withDatabase } = await import("../../transfers/open_target.ts");
        if (!/^postgres(ql)?:/.test(options.target)) {
          throw new ServemarkError("Cannot restore there", {
            cause: "an archive is restored into PostgreSQL alone",
            remedy: "servemark dataset import loads its tables anywhere else",
            exitCode: 2,
          });
        }
        const tables = tableOption(options.tables);
        const { store, key } = splitUri(archive);
        const record = await restoreDataset(
          { store: await openStore(store), key },
          options.db
            ? withDatabase(options.target, options.db)
            : options.target,
          {
            ...watch,
            name: archive,
            tables,
            schema: options.schema,
            clean: options.clean,
            owner: options.owner,
            acl: options.acl,
            engine: checkEngine(options.engine),
            parallel: parseCount(
              options.parallelWorkers,
              "number of connections",
            ),
          },
        );
        if (options.json) console.log(JSON.stringify(record));
        else {
          for (const note of record.notes) console.log(note);
          const proved = Object.keys(record.fingerprints).length;
          console.log(
            `${archive}: ${record.tables} tables, ${record.indexes} indexes, ` +
              `${record.constraints} constraints in ${
                record.seconds.toFixed(1)
              } s` + (proved > 0 ? ", fingerprints equal" : ""),
          );
        }
        return EXIT.done;
      })
    );
}
