import type { Command } from "commander";
import { ServemarkError } from "../../core/errors.ts";
import { EXIT, runAction } from "../context.ts";
import { command } from "../program.ts";
import { CATALOG_HELP, type CatalogOptions, openNamed } from "./open.ts";
import { recordLine } from "./version_text.ts";

interface ScaleOptions extends CatalogOptions {
  factor: string;
  output: string;
  message?: string;
}

/** `servemark dataset scale` */
export function scaleCommand(): Command {
  return command(
    "scale",
    "Record a version with more rows, whose first ones are the other's; nothing is generated yet",
    "servemark dataset scale fraud_detection_v1.0 --factor=2 --output=fraud_detection_v2.0",
  )
    .argument("<from>", "a version; it is recorded now where it was not")
    .requiredOption(
      "--factor <number>",
      "what the numbers of keys are multiplied by",
    )
    .requiredOption("--output <name>", "the new version: fraud_detection_v2.0")
    .option("--message <text>", "what it is, for the log")
    .option("--catalog <uri>", CATALOG_HELP)
    .option("--json", "print the record as JSON")
    .action((from: string, options: ScaleOptions) =>
      runAction(async () => {
        const { scaleVersion } = await import("../../catalog/modify.ts");
        const { ensureRecorded } = await import(
          "../../transfers/record_request.ts"
        );
        const { versionText } = await import("../../catalog/version_name.ts");
        const factor = Number(options.factor);
        if (!(factor > 0)) {
          throw new ServemarkError(`Cannot scale by "${options.factor}"`, {
            remedy: "Write a number above 0: --factor=2",
            exitCode: 2,
          });
        }
        const catalog = await openNamed(options.catalog);
        const parent = await ensureRecorded(catalog, from);
        const record = await scaleVersion(
          catalog,
          versionText(parent),
          options.output,
          factor,
          { message: options.message },
        );
        console.log(options.json ? JSON.stringify(record) : recordLine(record));
        return EXIT.done;
      })
    );
}
