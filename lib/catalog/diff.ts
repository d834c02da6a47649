import { silent, type Watch } from "../core/progress.ts";
import type { Batch } from "../datasets/batch.ts";
import { canonicalJson } from "../datasets/digest.ts";
import { type SchemaChange, schemaEvolution } from "../datasets/evolution.ts";
import { tableGenerator } from "../datasets/generator.ts";
import type { DatasetSpec, Popularity, TableSpec } from "../datasets/spec.ts";
import { tableDigest } from "../datasets/table_digest.ts";
import type { Catalog } from "./catalog.ts";
import { compareRows, type RowDiff, type RowSource } from "./diff_rows.ts";
import { needVersion } from "./find_version.ts";
import type { Manifest, Part } from "./manifest.ts";
import { readParts } from "./read_table.ts";
import { versionText } from "./version_name.ts";
import type { VersionRecord } from "./versions.ts";

/** How to compare. */
export interface DiffOptions extends Watch {
  /** Generates rows that are in no part, to compare them. @default false */
  generate?: boolean;
}

/** How one table differs. */
export interface TableDiff {
  readonly table: string;
  readonly rowsBefore: number;
  readonly rowsAfter: number;
  readonly rows: RowDiff;
}

/** What is in both versions, and in one alone. */
export interface Overlap {
  readonly shared: number;
  readonly onlyBefore: number;
  readonly onlyAfter: number;
}

/** How a version differs from another. */
export interface VersionDiff {
  readonly before: string;
  readonly after: string;
  readonly tablesAdded: readonly string[];
  readonly tablesRemoved: readonly string[];
  /** Tables of both whose rows or columns differ. */
  readonly tablesChanged: readonly TableDiff[];
  /** Number of tables that are the very same. */
  readonly tablesSame: number;
  readonly schema: readonly SchemaChange[];
  /** How popular keys are, by entity, where that differs. */
  readonly popularity: readonly {
    readonly entity: string;
    readonly before?: Popularity;
    readonly after?: Popularity;
  }[];
  /** Parts and their stored bytes; only where both versions are materialised. */
  readonly parts?: Overlap;
  readonly bytes?: Overlap;
}

/**
 * How a recorded version differs from another: tables, columns, rows, parts and
 * bytes. Rows of tables that differ are compared by key where both versions are
 * materialised (or with `generate`); parts of one digest are not read.
 *
 * @throws {ServemarkError} for versions that are not recorded
 */
export async function diffVersions(
  catalog: Catalog,
  before: string,
  after: string,
  options: DiffOptions = {},
): Promise<VersionDiff> {
  const sides = [
    await sideOf(catalog, await needVersion(catalog, before)),
    await sideOf(catalog, await needVersion(catalog, after)),
  ] as const;
  const [a, b] = sides.map(({ record }) => record.spec);
  const inBoth = b.tables.flatMap((now) => {
    const old = a.tables.find(({ name }) => name === now.name);
    return old ? [{ old, now }] : [];
  });
  const different = inBoth.filter(({ old, now }) =>
    old.rows !== now.rows || tableDigest(a, old) !== tableDigest(b, now)
  );
  const tablesChanged: TableDiff[] = [];
  for (const { old, now } of different) {
    options.signal?.throwIfAborted();
    tablesChanged.push({
      table: now.name,
      rowsBefore: old.rows,
      rowsAfter: now.rows,
      rows: await rowDiff(catalog, sides, old, now, options),
    });
  }
  const names = ({ tables }: DatasetSpec) => tables.map(({ name }) => name);
  return {
    before: versionText(sides[0].record),
    after: versionText(sides[1].record),
    tablesAdded: names(b).filter((name) => !names(a).includes(name)),
    tablesRemoved: names(a).filter((name) => !names(b).includes(name)),
    tablesChanged,
    tablesSame: inBoth.length - different.length,
    schema: schemaEvolution(a, b),
    popularity: popularityDiff(a, b),
    ...overlaps(sides[0].manifest, sides[1].manifest),
  };
}

interface Side {
  readonly record: VersionRecord;
  readonly manifest: Manifest | undefined;
}

async function sideOf(catalog: Catalog, record: VersionRecord): Promise<Side> {
  return { record, manifest: await catalog.manifest(record) };
}

function popularityDiff(
  a: DatasetSpec,
  b: DatasetSpec,
): VersionDiff["popularity"] {
  const names = new Set([...a.entities, ...b.entities].map((e) => e.name));
  const law = (spec: DatasetSpec, name: string) =>
    spec.entities.find((e) => e.name === name)?.popularity;
  return [...names].map((entity) => ({
    entity,
    before: law(a, entity),
    after: law(b, entity),
  })).filter(({ before, after }) =>
    canonicalJson({ p: before }) !== canonicalJson({ p: after })
  );
}

/** Compares the rows of a table, without those that must be the same. */
async function rowDiff(
  catalog: Catalog,
  sides: readonly [Side, Side],
  old: TableSpec,
  now: TableSpec,
  options: DiffOptions,
): Promise<RowDiff> {
  const [a, b] = sides;
  const added = Math.max(0, now.rows - old.rows);
  const removed = Math.max(0, old.rows - now.rows);
  if (tableDigest(a.record.spec, old) === tableDigest(b.record.spec, now)) {
    return { added, removed, changed: 0 };
  }
  const shared = sharedDigests(
    a.manifest?.parts[old.name],
    b.manifest?.parts[now.name],
  );
  const before = sourceOf(catalog, a, old, shared, options.generate);
  const after = sourceOf(catalog, b, now, shared, options.generate);
  if (!before || !after) return { added, removed, changed: undefined };
  const { progress = silent, signal } = options;
  const step = `Compare table ${now.name}`;
  const total = before.rows + after.rows;
  let done = 0;
  const onRows = (rows: number) => {
    done = Math.min(total, done + rows);
    progress({ step, done, total, unit: "rows" });
  };
  const rows = await compareRows(before, after, { signal, onRows });
  progress({ step, done: total, total, unit: "rows", finished: true });
  return rows;
}

function sharedDigests(
  a: readonly Part[] | undefined,
  b: readonly Part[] | undefined,
): ReadonlySet<string> {
  const ours = new Set(a?.map(({ digest }) => digest));
  return new Set(
    b?.map(({ digest }) => digest).filter((digest) => ours.has(digest)),
  );
}

/** A side's rows but for those of shared parts; `undefined` where they may not be generated. */
function sourceOf(
  catalog: Catalog,
  { record, manifest }: Side,
  table: TableSpec,
  shared: ReadonlySet<string>,
  generate: boolean | undefined,
): RowSource | undefined {
  if (manifest) {
    const parts = manifest.parts[table.name]
      .filter(({ digest }) => !shared.has(digest));
    return {
      table,
      rows: parts.reduce((sum, part) => sum + part.rows, 0),
      batches: () => readParts(catalog, table, parts),
    };
  }
  if (!generate || table.stored !== undefined) return undefined;
  return {
    table,
    rows: table.rows,
    batches: () => generated(record.spec, table),
  };
}

const BATCH_ROWS = 8192;

async function* generated(
  spec: DatasetSpec,
  { name, rows }: TableSpec,
): AsyncGenerator<Batch> {
  const generator = tableGenerator(spec, name);
  for (let from = 0; from < rows; from += BATCH_ROWS) {
    yield generator.batch(from, Math.min(BATCH_ROWS, rows - from));
  }
}

function overlaps(
  a: Manifest | undefined,
  b: Manifest | undefined,
): Pick<VersionDiff, "parts" | "bytes"> {
  if (!a || !b) return {};
  const [ours, theirs] = [a, b].map((manifest) =>
    new Map(
      Object.values(manifest.parts).flat().map((p) => [p.digest, p.bytes]),
    )
  );
  const count = { shared: 0, onlyBefore: 0, onlyAfter: 0 };
  const bytes = { ...count };
  for (const [digest, size] of ours) {
    const where = theirs.has(digest) ? "shared" : "onlyBefore";
    count[where]++;
    bytes[where] += size;
  }
  for (const [digest, size] of theirs) {
    if (ours.has(digest)) continue;
    count.onlyAfter++;
    bytes.onlyAfter += size;
  }
  return { parts: count, bytes };
}
