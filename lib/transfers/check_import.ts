import type { Catalog } from "../catalog/catalog.ts";
import { platformObstacle } from "../catalog/compatible.ts";
import type { Manifest } from "../catalog/manifest.ts";
import { findRecord } from "../catalog/versions.ts";
import { ServemarkError } from "../core/errors.ts";
import type { Platform } from "../platforms/platform.ts";

/**
 * Refuses to import into a platform that cannot hold a dataset: by its tables,
 * or by what the version was published with.
 *
 * @throws {ServemarkError} naming the table and the reason
 */
export async function checkImport(
  manifest: Pick<Manifest, "name" | "version" | "spec">,
  catalog: Catalog,
  platform: Pick<Platform, "kind" | "title">,
): Promise<void> {
  const { name, version, spec } = manifest;
  const what = `Cannot import ${name}_v${version} into ${platform.title}`;
  const obstacle = platformObstacle(spec, platform.kind);
  if (obstacle) {
    throw new ServemarkError(what, {
      cause: obstacle.cause,
      place: `table ${obstacle.table}`,
      remedy: "Leave this table out, or import into another platform",
    });
  }
  const record = await findRecord(catalog, name, version);
  const metadata = record?.metadata;
  if (!metadata) return;
  const all = record.spec.tables;
  const rows = all.reduce((sum, table) => sum + table.rows, 0);
  if (metadata.rows !== rows || metadata.tables !== all.length) {
    throw new ServemarkError(what, {
      cause:
        `it was published as ${metadata.rows} rows in ${metadata.tables} ` +
        `tables, and has ${rows} in ${all.length}`,
      place: catalog.uri,
      remedy: "Ask its publisher to publish it anew, as another version",
    });
  }
}
