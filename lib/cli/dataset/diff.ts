import type { Command } from "commander";
import { diffTables } from "../../catalog/version_tables.ts";
import { tableText } from "../../core/text_table.ts";
import { EXIT, runAction } from "../context.ts";
import { command } from "../program.ts";
import { CATALOG_HELP, type CatalogOptions, openNamed } from "./open.ts";

/** `servemark dataset diff` */
export function diffCommand(): Command {
  return command(
    "diff",
    "How two versions differ: tables, columns, rows by key, parts and bytes",
    "servemark dataset diff fraud_detection_v1.0 fraud_detection_v1.1",
  )
    .argument("<before>", "a recorded version, a tag or a branch")
    .argument(
      "<after>",
      "another one; its dataset's name may be left out: v1.1",
    )
    .option(
      "--generate",
      "generate rows that are not materialised, to compare them",
    )
    .option("--catalog <uri>", CATALOG_HELP)
    .option("--json", "print as JSON")
    .action((
      before: string,
      after: string,
      options: CatalogOptions & { generate?: boolean },
    ) =>
      runAction(async (watch) => {
        const { diffVersions } = await import("../../catalog/diff.ts");
        const { readVersionName } = await import(
          "../../catalog/version_name.ts"
        );
        const catalog = await openNamed(options.catalog);
        const short = /^v(\d.*)$/.exec(after);
        const second = short
          ? `${readVersionName(before).name}@${short[1]}`
          : after;
        const diff = await diffVersions(catalog, before, second, {
          ...watch,
          generate: options.generate,
        });
        console.log(
          options.json
            ? JSON.stringify(diff)
            : diffTables(diff).map(tableText).join("\n\n"),
        );
        return EXIT.done;
      })
    );
}
