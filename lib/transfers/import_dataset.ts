import type { Catalog } from "../catalog/catalog.ts";
import type { Manifest } from "../catalog/manifest.ts";
import type { Platform } from "../platforms/platform.ts";
import { catalogSource } from "./catalog_source.ts";
import { type ImportOptions, importTables } from "./import_tables.ts";
import type { LoadRecord } from "./load_record.ts";

/**
 * Loads a materialised dataset into a platform, and proves that it arrived.
 * See {@link importTables}.
 */
export async function importDataset(
  manifest: Manifest,
  catalog: Catalog,
  platform: Platform,
  options: ImportOptions = {},
): Promise<LoadRecord> {
  const source = catalogSource(catalog, manifest);
  const { kept: _, ...record } = await importTables(source, platform, options);
  return record;
}
