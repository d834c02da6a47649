import type { Command } from "commander";
import { show } from "../../core/display.ts";
import { formatBytes, formatCount, parseCount } from "../../core/sizes.ts";
import { tableText } from "../../core/text_table.ts";
import type { ShownVersion } from "../../catalog/show_version.ts";
import { EXIT, runAction } from "../context.ts";
import { command } from "../program.ts";
import { builder, type BuilderOptions } from "./builder.ts";
import { CATALOG_HELP, type CatalogOptions, openNamed } from "./open.ts";
import { metadataLines } from "./publish.ts";
import { changeText, evolutionText, recordLine } from "./version_text.ts";

interface ShowOptions extends BuilderOptions, CatalogOptions {
  table?: string;
  row: string;
}

/** `servemark dataset show` */
export function showCommand(): Command {
  return command(
    "show",
    "Show a dataset's tables, entities and size, what a catalog's version is, and rows of one table",
    "servemark dataset show fraud_detection_v1.0 --table card_profile --row 17\n" +
      "servemark dataset show fraud_detection_v1.1 --catalog=public",
  )
    .argument("<name>", "domain and version")
    .option("--rows <count>", "rows over all feature tables, such as 300k")
    .option("--tables <list>", "the first N feature tables, or some by name")
    .option("--table <name>", "show a row of this table")
    .option("--row <number>", "which row", "0")
    .option("--catalog <uri>", CATALOG_HELP)
    .option("--json", "print as JSON")
    .action((name: string, options: ShowOptions) =>
      runAction(async () => {
        const catalog = await openNamed(options.catalog);
        const built = await builder(name, options);
        if (options.table) {
          const { readRow } = await import("../../transfers/read_row.ts");
          const row = await readRow(
            catalog,
            await built.spec({ catalog }),
            options.table,
            parseCount(options.row, "row number"),
          );
          await show(options.json ? JSON.stringify(row) : row);
          return EXIT.done;
        }
        const { showVersion } = await import("../../catalog/show_version.ts");
        const found = await showVersion(catalog, name);
        if (options.json) {
          const spec = await built.spec({ catalog });
          const { record } = found ?? {};
          console.log(JSON.stringify(record ? { ...spec, record } : spec));
          return EXIT.done;
        }
        if (found) console.log(versionBlock(found) + "\n");
        const { planText } = await import("../../transfers/dataset_plan.ts");
        console.log(planText(await built.spec({ catalog })));
        return EXIT.done;
      })
    );
}

function versionBlock(shown: ShownVersion): string {
  const { record, branches, tags, ancestors, stored } = shown;
  const names = [...branches, ...tags].map((ref) => `${record.name}@${ref}`);
  return [
    recordLine(record),
    ...(isOwnMessage(record) ? [`  ${record.message}`] : []),
    ...(names.length > 0 ? [`  also called ${names.join(", ")}`] : []),
    ...(ancestors.length > 1
      ? [`  made of ${ancestors.map((v) => `v${v}`).join(", of ")}`]
      : []),
    ...record.changes.map((change) => `  ${changeText(change)}`),
    ...evolutionText(record.evolution),
    ...(record.metadata ? metadataLines(record.metadata) : []),
    ...(stored
      ? [tableText({
        head: ["stored", "parts", "bytes", "fingerprint"],
        rows: stored.map(({ table, parts, bytes, fingerprint }) => [
          table,
          formatCount(parts),
          formatBytes(bytes),
          fingerprint,
        ]),
      })]
      : ["  not materialised: dataset create makes its rows"]),
  ].join("\n");
}

/** Whether a message says more than the changes, which are listed. */
function isOwnMessage({ message, changes }: ShownVersion["record"]): boolean {
  return message !== "" &&
    message !== changes.map(({ change }) => change).join(", ");
}
