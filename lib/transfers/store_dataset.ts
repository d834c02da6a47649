import { type Catalog, openCatalog } from "../catalog/catalog.ts";
import type { Manifest } from "../catalog/manifest.ts";
import { ServemarkError } from "../core/errors.ts";
import { silent, type Watch } from "../core/progress.ts";
import { own } from "../core/records.ts";
import { type Fingerprint, Fingerprinter } from "../datasets/fingerprint.ts";
import type { DatasetSpec, TableSpec } from "../datasets/spec.ts";
import { tableDigest } from "../datasets/table_digest.ts";
import type { TableSource } from "../formats/source.ts";
import { storeTable } from "./load/store_table.ts";
import { materialize, rowRanges } from "./materialize.ts";
import { fingerprintSource } from "./watched_rows.ts";

/** A dataset that was taken into a catalog. */
export interface StoredDataset {
  readonly manifest: Manifest;
  /** Tables whose parts the catalog had already. */
  readonly kept: readonly string[];
}

/** Whether a source says which dataset of ours it is, so that it can be kept as that. */
export function isDataset(source: TableSource): boolean {
  return source.identity?.spec !== undefined;
}

/**
 * Takes a dataset that came from elsewhere, such as an archive, into a catalog
 * as the version it says it is. Rows that follow from the spec are generated
 * anew, and must be those of the source; others are stored. What the catalog has
 * of it already is kept, so that a killed import is finished by the same call.
 *
 * @throws {ServemarkError} where the source's rows are not its dataset's
 */
export async function storeDataset(
  source: TableSource,
  where: string | Catalog | undefined,
  watch: Watch = {},
): Promise<StoredDataset> {
  const { signal, progress = silent } = watch;
  const catalog = where === undefined || typeof where === "string"
    ? await openCatalog(where)
    : where;
  const spec = specOf(source);
  const kept: string[] = [];
  const step = `Read ${source.name}`;
  const total = spec.tables.reduce((sum, { rows }) => sum + rows, 0);
  let done = 0;
  const onRows = (rows: number) =>
    progress({ step, done: done += rows, total, unit: "rows" });
  for (const table of spec.tables) {
    const held = await holdsAll(catalog, spec, table);
    if (held) {
      kept.push(table.name);
      onRows(table.rows);
    } else if (table.stored !== undefined) {
      const batches = source.read(table.name, { signal });
      const parts = await storeTable(catalog, table, batches, onRows);
      // What the catalog finds under the table's digest is believed from then on.
      const sum = new Fingerprinter();
      for (const part of parts) sum.merge(part.fingerprint);
      expect(source, table, sum.digest(), table.stored);
      const digest = tableDigest(spec, table);
      for (const part of parts) await catalog.addRange(digest, part);
    } else {
      // Read once for its fingerprint; the rows themselves follow from the spec.
      const found = await fingerprintSource(source, table, { signal });
      onRows(table.rows);
      expect(source, table, found, own(source.fingerprints, table.name));
    }
  }
  progress({ step, done: total, total, unit: "rows", finished: true });
  const manifest = await materialize(spec, catalog, watch);
  for (const table of spec.tables) {
    const wanted = table.stored ?? own(source.fingerprints, table.name);
    expect(source, table, manifest.fingerprints[table.name], wanted);
  }
  return { manifest, kept };
}

/** The source's dataset, with those of its tables that the source has. */
function specOf({ name, identity, tables }: TableSource): DatasetSpec {
  const spec = identity?.spec;
  if (spec === undefined) {
    throw new ServemarkError(`Cannot take ${name} into the catalog as it is`, {
      cause: "it does not say which dataset it is",
      remedy: "Make a dataset of it: servemark dataset load",
      exitCode: 2,
    });
  }
  const names = new Set(tables.map((table) => table.name));
  return names.size === spec.tables.length ? spec : {
    ...spec,
    tables: spec.tables.filter((table) => names.has(table.name)),
  };
}

async function holdsAll(
  catalog: Catalog,
  spec: DatasetSpec,
  table: TableSpec,
): Promise<boolean> {
  const digest = tableDigest(spec, table);
  for (const range of rowRanges({ ...spec, tables: [table] })) {
    if (!await catalog.findPart(digest, range)) return false;
  }
  return true;
}

function expect(
  source: TableSource,
  { name }: TableSpec,
  found: Fingerprint,
  wanted: Fingerprint | undefined,
): void {
  if (wanted === undefined || found === wanted) return;
  throw new ServemarkError(`The rows of ${source.name} are not its dataset's`, {
    cause: "a fingerprint differs",
    place: `table ${name}: ${found} found, ${wanted} expected`,
    remedy: "Fetch or export it again; or make a dataset of its own of it: " +
      "servemark dataset load",
  });
}
