import type { Command } from "commander";
import { EXIT, runAction } from "../context.ts";
import { command } from "../program.ts";
import { CATALOG_HELP, type CatalogOptions, openNamed } from "./open.ts";
import { changeText, evolutionText, recordLine } from "./version_text.ts";

interface ModifyOptions extends CatalogOptions {
  apply: string[];
  output: string;
  message?: string;
}

/** `servemark dataset modify` */
export function modifyCommand(): Command {
  return command(
    "modify",
    "Record a version that is another one with changes; nothing is generated yet",
    "servemark dataset modify fraud_detection_v1.0 --apply=increase_hot_keys --output=fraud_detection_v1.1\n" +
      "servemark dataset modify fraud_detection_v1.0 " +
      "--apply=increase_nulls:table=card_velocity_1h,share=0.1 " +
      "--apply=add_table:table=logins --output=fraud_detection_v1.2",
  )
    .argument("<from>", "a version; it is recorded now where it was not")
    .requiredOption(
      "--apply <change>",
      "a change by name, with parameters: name:table=…,share=0.1; may be repeated",
      (text: string, before: string[] = []) => [...before, text],
    )
    .requiredOption("--output <name>", "the new version: fraud_detection_v1.1")
    .option("--message <text>", "what it is, for the log")
    .option("--catalog <uri>", CATALOG_HELP)
    .option("--json", "print the record as JSON")
    .addHelpText("after", () => `\nChanges:\n${KNOWN}`)
    .action((from: string, options: ModifyOptions) =>
      runAction(async () => {
        const { modifyVersion } = await import("../../catalog/modify.ts");
        const { readChange } = await import(
          "../../datasets/changes/changes.ts"
        );
        const { ensureRecorded } = await import(
          "../../transfers/record_request.ts"
        );
        const { versionText } = await import("../../catalog/version_name.ts");
        const changes = options.apply.map(readChange);
        const catalog = await openNamed(options.catalog);
        const parent = await ensureRecorded(catalog, from);
        const record = await modifyVersion(
          catalog,
          versionText(parent),
          options.output,
          changes,
          { message: options.message },
        );
        if (options.json) console.log(JSON.stringify(record));
        else {
          console.log([
            recordLine(record),
            ...record.changes.map((change) => `  ${changeText(change)}`),
            ...evolutionText(record.evolution),
          ].join("\n"));
        }
        return EXIT.done;
      })
    );
}

const KNOWN = `  increase_hot_keys  decrease_hot_keys   entity, factor (1.5)
  increase_nulls                         table, column, share
  skew_values                            table, column, exponent
  update_rows                            table, share, seed
  reseed_table                           table, seed
  add_table                              table; like, or entity and columns
  drop_table                             table
  add_column                             table, column, definition
  drop_column                            table, column
  rename_column  widen_column            table, column, to`;
