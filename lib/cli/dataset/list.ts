import type { Command } from "commander";
import type { Listed } from "../../catalog/list_catalog.ts";
import { formatBytes, formatCount } from "../../core/sizes.ts";
import { tableText } from "../../core/text_table.ts";
import { EXIT, runAction } from "../context.ts";
import { command } from "../program.ts";
import { manifestHead } from "./manifest_head.ts";
import {
  CATALOG_HELP,
  type CatalogOptions,
  openNamed,
  placeNote,
} from "./open.ts";

/** `servemark dataset list` */
export function listCommand(): Command {
  return command(
    "list",
    "List the domains, and what a catalog holds: versions, and drafts that were never recorded",
    "servemark dataset list --catalog=public",
  )
    .option("--catalog <uri>", CATALOG_HELP)
    .option("--json", "print as JSON")
    .action((options: CatalogOptions) =>
      runAction(async () => {
        const { listDomains } = await import("../../datasets/domain.ts");
        const { listCatalog } = await import("../../catalog/list_catalog.ts");
        const domains = await listDomains();
        const catalog = await openNamed(options.catalog);
        const listed = await listCatalog(catalog);
        if (options.json) {
          console.log(JSON.stringify({
            domains,
            held: listed.flatMap(({ manifest }) =>
              manifest ? [manifestHead(manifest)] : []
            ),
            versions: listed.flatMap(({ record, bytes }) => {
              if (!record) return [];
              const { spec: _, ...head } = record;
              return [{ ...head, ...(bytes === undefined ? {} : { bytes }) }];
            }),
          }));
        } else {
          console.log([
            `Domains: ${domains.join(", ")}`,
            ...await placeNote(options.catalog, catalog),
            listed.length === 0
              ? "The catalog is empty: servemark dataset create NAME fills it"
              : listText(listed),
          ].join("\n"));
        }
        return EXIT.done;
      })
    );
}

function listText(listed: readonly Listed[]): string {
  return tableText({
    head: ["dataset", "", "rows", "tables", "stored", "digest"],
    rows: listed.map((
      { name, version, record, rows, tables, bytes, digest },
    ) => [
      `${name}_v${version}`,
      record?.metadata ? "published" : record ? "version" : "draft",
      formatCount(rows),
      String(tables),
      bytes === undefined ? "-" : formatBytes(bytes),
      digest.slice(0, 12),
    ]),
  });
}
