import type { Command } from "commander";
import { formatBytes, formatCount } from "../../core/sizes.ts";
import { EXIT, runAction } from "../context.ts";
import { command } from "../program.ts";
import { manifestHead } from "./manifest_head.ts";

/** `servemark dataset list` */
export function listCommand(): Command {
  return command(
    "list",
    "List the domains, and what the local catalog holds",
    "servemark dataset list --json",
  )
    .option("--catalog <dir>", "the catalog (default: the user's cache folder)")
    .option("--json", "print as JSON")
    .action((options: { catalog?: string; json?: boolean }) =>
      runAction(async () => {
        const { listDomains } = await import("../../datasets/domain.ts");
        const { openCatalog } = await import("../../catalog/catalog.ts");
        const domains = await listDomains();
        const catalog = await openCatalog(options.catalog);
        const held = (await catalog.manifests()).map(manifestHead);
        if (options.json) console.log(JSON.stringify({ domains, held }));
        else {
          console.log(`Domains: ${domains.join(", ")}`);
          for (const h of held) {
            console.log(
              `${h.name}  ${h.digest.slice(0, 12)}  ${
                formatCount(h.rows)
              } rows, ` +
                `${h.tables} tables, ${formatBytes(h.bytes)}`,
            );
          }
          if (held.length === 0) {
            console.log(
              "The catalog is empty: servemark dataset create NAME fills it",
            );
          }
        }
        return EXIT.done;
      })
    );
}
