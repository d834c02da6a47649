import type { Command } from "commander";
import { parseDuration } from "../../core/durations.ts";
import { formatBytes, formatCount } from "../../core/sizes.ts";
import { EXIT, runAction } from "../context.ts";
import { command } from "../program.ts";
import { CATALOG_HELP, type CatalogOptions, openNamed } from "./open.ts";

interface GcOptions extends CatalogOptions {
  olderThan: string;
  drafts?: boolean;
  dryRun?: boolean;
}

/** `servemark dataset gc` */
export function gcCommand(): Command {
  return command(
    "gc",
    "Remove stored parts that no version and no dataset refers to",
    "servemark dataset gc --dry-run --older-than 7d",
  )
    .option("--older-than <age>", "touch nothing younger", "1d")
    .option(
      "--drafts",
      "also remove datasets that were never recorded as a version",
    )
    .option("--dry-run", "only say what would be removed")
    .option("--catalog <uri>", CATALOG_HELP)
    .option("--json", "print as JSON")
    .action((options: GcOptions) =>
      runAction(async (watch) => {
        const { collectGarbage } = await import(
          "../../catalog/collect_garbage.ts"
        );
        const catalog = await openNamed(options.catalog);
        const found = await collectGarbage(catalog, {
          ...watch,
          olderThanMs: parseDuration(options.olderThan, "age") * 1e3,
          drafts: options.drafts,
          dryRun: options.dryRun,
        });
        if (options.json) console.log(JSON.stringify(found));
        else {
          console.log([
            `${options.dryRun ? "would remove" : "removed"} ${
              formatCount(found.parts)
            } parts, ${formatBytes(found.bytes)}` +
            (found.drafts > 0 ? `, of ${found.drafts} drafts` : ""),
            `${formatCount(found.partsKept)} parts stay, ${
              formatBytes(found.bytesKept)
            }` +
            (found.partsYoung > 0
              ? `; ${
                formatCount(found.partsYoung)
              } of them are too young to be garbage`
              : ""),
          ].join("\n"));
        }
        return EXIT.done;
      })
    );
}
