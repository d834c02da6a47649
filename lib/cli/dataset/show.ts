import type { Command } from "commander";
import { show } from "../../core/display.ts";
import { parseCount } from "../../core/sizes.ts";
import { EXIT, runAction } from "../context.ts";
import { command } from "../program.ts";
import { builder, type BuilderOptions } from "./builder.ts";

/** `servemark dataset show` */
export function showCommand(): Command {
  return command(
    "show",
    "Show a dataset's tables, entities and size, and rows of one table",
    "servemark dataset show fraud_detection_v1.0 --table card_profile --row 17",
  )
    .argument("<name>", "domain and version")
    .option("--rows <count>", "rows over all feature tables, such as 300k")
    .option("--tables <list>", "the first N feature tables, or some by name")
    .option("--table <name>", "show a row of this table")
    .option("--row <number>", "which row", "0")
    .option("--json", "print as JSON")
    .action((
      name: string,
      options: BuilderOptions & { table?: string; row: string; json?: boolean },
    ) =>
      runAction(async () => {
        const built = await builder(name, options);
        if (options.table) {
          const row = await built.row(
            options.table,
            parseCount(options.row, "row number"),
          );
          await show(options.json ? JSON.stringify(row) : row);
        } else if (options.json) {
          console.log(JSON.stringify(await built.spec()));
        } else await built.explain();
        return EXIT.done;
      })
    );
}
