import type { Command } from "commander";
import { EXIT, runAction } from "../context.ts";
import { command } from "../program.ts";
import { builder, type BuilderOptions } from "./builder.ts";
import { CATALOG_HELP, type CatalogOptions, openNamed } from "./open.ts";
import { recordLine } from "./version_text.ts";

interface VersionOptions extends BuilderOptions, CatalogOptions {
  digest?: string;
  parent?: string;
  message?: string;
  tag?: string;
  branch?: string;
  force?: boolean;
}

/** `servemark dataset version` */
export function versionCommand(): Command {
  return command(
    "version",
    "Record a dataset as a version, which never changes; tag it, or let a branch point to it",
    "servemark dataset version fraud_detection_v1.0 --message 'the first one' --branch main",
  )
    .argument("<name>", "domain and version: fraud_detection_v1.0")
    .option("--rows <count>", "rows over all feature tables, such as 300k")
    .option("--tables <list>", "the first N feature tables, or some by name")
    .option("--seed <number>", "the number that all rows follow from")
    .option("--distribution <name>", "power_law or uniform")
    .option("--events", "event tables too")
    .option(
      "--digest <text>",
      "which materialised dataset of this name is meant",
    )
    .option("--parent <version>", "the version that it was made of")
    .option("--message <text>", "what it is, for the log")
    .option("--tag <name>", "a name that stays with it")
    .option(
      "--branch <name>",
      "a name that moves on: it points to this version now",
    )
    .option("--force", "move a tag that another version has")
    .option("--catalog <uri>", CATALOG_HELP)
    .option("--json", "print the record as JSON")
    .action((name: string, options: VersionOptions) =>
      runAction(async () => {
        const { recordRequest } = await import(
          "../../transfers/record_request.ts"
        );
        const { addTag, moveBranch } = await import("../../catalog/refs.ts");
        const catalog = await openNamed(options.catalog);
        const request = (await builder(name, options)).toJSON();
        const { digest, parent, message, tag, branch, force } = options;
        const record = await recordRequest(catalog, request, {
          digest,
          parent: parent?.replace(/^.*(?:_v|@)/, ""),
          message,
        });
        const notes: string[] = [];
        if (tag) {
          await addTag(catalog, record.name, tag, record.version, { force });
          notes.push(`tagged ${record.name}@${tag}`);
        }
        if (branch) {
          await moveBranch(catalog, record.name, branch, record.version);
          notes.push(`branch ${record.name}@${branch} points to it`);
        }
        if (options.json) console.log(JSON.stringify(record));
        else console.log([recordLine(record), ...notes].join("\n"));
        return EXIT.done;
      })
    );
}
