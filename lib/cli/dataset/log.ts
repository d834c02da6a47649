import type { Command } from "commander";
import { logTable } from "../../catalog/version_tables.ts";
import { tableText } from "../../core/text_table.ts";
import { EXIT, runAction } from "../context.ts";
import { command } from "../program.ts";
import { CATALOG_HELP, type CatalogOptions, openNamed } from "./open.ts";

/** `servemark dataset log` */
export function logCommand(): Command {
  return command(
    "log",
    "The versions of a dataset, the newest first, with their branches and tags",
    "servemark dataset log fraud_detection",
  )
    .argument("<name>", "the dataset: fraud_detection")
    .option("--catalog <uri>", CATALOG_HELP)
    .option("--json", "print as JSON")
    .action((text: string, options: CatalogOptions) =>
      runAction(async () => {
        const { versionLog } = await import("../../catalog/log.ts");
        const { readVersionName } = await import(
          "../../catalog/version_name.ts"
        );
        const catalog = await openNamed(options.catalog);
        const { name } = readVersionName(text);
        const entries = await versionLog(catalog, name);
        if (options.json) {
          console.log(JSON.stringify(entries.map(({ record, ...rest }) => {
            const { spec: _, ...head } = record;
            return { ...head, ...rest };
          })));
          return EXIT.done;
        }
        console.log(tableText(logTable(name, entries)));
        return EXIT.done;
      })
    );
}
