import { canonicalRow } from "../datasets/canonical.ts";
import type { Catalog } from "./catalog.ts";
import { compatiblePlatforms } from "./compatible.ts";
import { type Manifest, totalBytes, totalRows } from "./manifest.ts";
import { readParts } from "./read_table.ts";
import type { VersionMetadata } from "./versions.ts";

/**
 * Rows a second of an import into PostgreSQL on one small machine: load, keys
 * and fingerprints together. Services with more hardware take less time.
 */
const ROWS_PER_SECOND = 150_000;

/** Rows of each table that its row's length is taken from. */
const SAMPLE = 1000;

/** Known better than by estimate, and added. */
export interface MetadataOptions {
  /** What the restore time is estimated by. @default 150,000 */
  readonly rowsPerSecond?: number;
  readonly notes?: Readonly<Record<string, string>>;
}

/** What a materialised version tells those who think of importing it. */
export async function versionMetadata(
  catalog: Catalog,
  manifest: Manifest,
  options: MetadataOptions = {},
): Promise<VersionMetadata> {
  const { rowsPerSecond = ROWS_PER_SECOND, notes } = options;
  const { spec } = manifest;
  const rows = totalRows(spec);
  return {
    rows,
    tables: spec.tables.length,
    compressedBytes: totalBytes(manifest),
    uncompressedBytes: await textBytes(catalog, manifest),
    restore: {
      seconds: Math.ceil(rows / rowsPerSecond),
      rowsPerSecond,
      assumption: options.rowsPerSecond === undefined
        ? "PostgreSQL on 2 cores, load, keys and fingerprints"
        : "the publisher's own rate",
    },
    platforms: compatiblePlatforms(spec),
    ...(notes && Object.keys(notes).length > 0 ? { notes } : {}),
  };
}

/** Bytes of all rows as text, by the mean of each table's first rows. */
async function textBytes(
  catalog: Catalog,
  manifest: Manifest,
): Promise<number> {
  const encoder = new TextEncoder();
  let total = 0;
  for (const table of manifest.spec.tables) {
    const [first] = manifest.parts[table.name];
    if (!first) continue;
    for await (const batch of readParts(catalog, table, [first])) {
      const sample = Math.min(SAMPLE, batch.rows);
      if (sample === 0) continue;
      let bytes = 0;
      for (let r = 0; r < sample; r++) {
        // A line's end too.
        bytes += encoder.encode(canonicalRow(batch, r)).length + 1;
      }
      total += bytes / sample * table.rows;
      break;
    }
  }
  return Math.round(total);
}
