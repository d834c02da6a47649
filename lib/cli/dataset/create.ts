import type { Command } from "commander";
import { formatBytes, formatCount, parseCount } from "../../core/sizes.ts";
import { EXIT, runAction } from "../context.ts";
import { command } from "../program.ts";
import { builder, type BuilderOptions } from "./builder.ts";
import { manifestHead } from "./manifest_head.ts";

interface CreateOptions extends BuilderOptions {
  catalog?: string;
  workers?: string;
  plan?: boolean;
  verify?: boolean;
  json?: boolean;
}

/** `servemark dataset create` */
export function createCommand(): Command {
  return command(
    "create",
    "Generate a dataset into the local catalog, in parallel",
    "servemark dataset create fraud_detection_v1.0 --rows 300k --tables 30",
  )
    .argument(
      "<name>",
      "domain and version: fraud_detection_v1.0, retail@1.0, a YAML file",
    )
    .option("--rows <count>", "rows over all feature tables, such as 300k")
    .option("--tables <list>", "the first N feature tables, or some by name")
    .option("--seed <number>", "the number that all rows follow from")
    .option("--distribution <name>", "power_law or uniform")
    .option("--events", "event tables too")
    .option(
      "--catalog <dir>",
      "where to keep it (default: the user's cache folder)",
    )
    .option("--workers <count>", "workers that generate (default: one a core)")
    .option(
      "--verify",
      "read every part that is there already, and make damaged ones anew",
    )
    .option("--plan", "show what would be made, and make nothing")
    .option("--json", "print the manifest's head as JSON")
    .action((name: string, options: CreateOptions) =>
      runAction(async ({ signal, progress }) => {
        const built = await builder(name, options);
        if (options.plan) {
          await built.explain();
          return EXIT.done;
        }
        const manifest = await built.materialize({
          signal,
          progress,
          catalog: options.catalog,
          verify: options.verify,
          ...(options.workers ? { workers: parseCount(options.workers) } : {}),
        });
        const head = manifestHead(manifest);
        if (options.json) console.log(JSON.stringify(head));
        else {
          console.log(
            `${head.name}: ${
              formatCount(head.rows)
            } rows in ${head.tables} tables, ` +
              `${formatBytes(head.bytes)}, digest ${head.digest.slice(0, 12)}`,
          );
        }
        return EXIT.done;
      })
    );
}
