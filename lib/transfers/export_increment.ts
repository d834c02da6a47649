import { canonicalJson } from "../datasets/digest.ts";
import type { Fingerprint } from "../datasets/fingerprint.ts";
import { Fingerprinter } from "../datasets/fingerprint.ts";
import type { TableSpec } from "../datasets/spec.ts";
import { fileName } from "../formats/file_names.ts";
import type {
  Format,
  Place,
  TableSource,
  WriteStats,
} from "../formats/source.ts";
import { exportArchive } from "./export_archive.ts";
import type { PartedSource, PartRange } from "./catalog_source.ts";
import type { ExportOptions } from "./export_dataset.ts";
import {
  incrementKey,
  type IncrementManifest,
  type IncrementTable,
} from "./increment.ts";
import { readRanges } from "./read_ranges.ts";

/** What an increment's export wrote. */
export interface IncrementStats extends WriteStats {
  readonly unchanged: readonly string[];
  readonly takenUp: number;
}

/**
 * Writes what changed since an earlier version: whole tables into an archive,
 * single parts into a folder; and a manifest that says what they build on. The
 * manifest is written last.
 */
export async function exportIncrement(
  source: PartedSource,
  base: PartedSource,
  format: Format,
  place: Place,
  options: ExportOptions,
): Promise<IncrementStats> {
  const tables = new Map<string, IncrementTable>();
  const changed: TableSpec[] = [];
  const unchanged: string[] = [];
  for (const table of source.tables) {
    const before = base.tables.find(({ name }) => name === table.name);
    const fingerprint = source.fingerprints![table.name];
    const same = before !== undefined && sameColumns(before, table);
    if (same && base.fingerprints![table.name] === fingerprint) {
      unchanged.push(table.name);
      tables.set(table.name, { from: "base", fingerprint });
    } else {
      changed.push(table);
      tables.set(table.name, {
        from: "increment",
        fingerprint,
        ...(format.layout === "folder"
          ? { parts: partsOf(source, same ? base : undefined, table.name) }
          : {}),
      });
    }
  }
  const only = { ...source, tables: changed };
  let takenUp = 0;
  let stats = { rows: 0, bytes: 0 };
  const fingerprints: [table: string, of: Fingerprint][] = [];
  if (format.layout === "object") {
    if (changed.length > 0) {
      const written = await exportArchive(only, place, options);
      stats = written;
      takenUp = written.takenUp;
      fingerprints.push(...Object.entries(written.fingerprints));
    }
  } else {
    for (const { name } of changed) {
      const sum = new Fingerprinter();
      for (const part of tables.get(name)!.parts!) {
        if (part.from === "base") sum.merge(part.fingerprint);
        else {
          const written = await writePart(
            only,
            name,
            part,
            format,
            place,
            options,
          );
          stats = {
            rows: stats.rows + written.rows,
            bytes: stats.bytes + written.bytes,
          };
          sum.merge(written.fingerprints[name]);
        }
      }
      fingerprints.push([name, sum.digest()]);
    }
  }
  const manifest: IncrementManifest = {
    servemark: 1,
    format: format.name,
    object: format.layout === "object" && changed.length > 0
      ? place.key
      : undefined,
    identity: source.identity!,
    base: {
      name: base.identity!.name,
      version: base.identity!.version,
      digest: base.identity!.digest!,
    },
    tables: Object.fromEntries(tables),
    dropped: base.tables.map(({ name }) => name)
      .filter((name) => !source.tables.some((table) => table.name === name)),
  };
  const text = JSON.stringify(manifest, null, 1) + "\n";
  await place.store.put(
    incrementKey(place.key),
    new TextEncoder().encode(text),
  );
  return {
    ...stats,
    fingerprints: Object.fromEntries(fingerprints),
    unchanged,
    takenUp,
  };
}

/** A part of a table as a folder of its own, in the format. */
async function writePart(
  source: PartedSource,
  table: string,
  part: { key: string; first: number; rows: number },
  format: Format,
  { store, key }: Place,
  { compression, level, signal, progress }: ExportOptions,
): Promise<WriteStats> {
  const range = source.parts(table).find(({ from }) => from === part.first)!;
  const one: TableSource = {
    name: `${source.name}, rows ${range.from} to ${
      range.from + range.rows - 1
    } of ${table}`,
    tables: source.tables.filter(({ name }) => name === table)
      .map((schema) => ({ ...schema, rows: range.rows })),
    notes: [],
    read: (_, how) => readRanges(source, [range], how),
    close: () => Promise.resolve(),
  };
  return await format.write(one, { store, key: key + part.key }, {
    compression,
    level,
    signal,
    progress,
  });
}

/** A table's parts; those that the base has too are not written again. */
function partsOf(
  source: PartedSource,
  base: PartedSource | undefined,
  table: string,
): IncrementTable["parts"] {
  const before = base?.parts(table) ?? [];
  const same = (range: PartRange) =>
    before.some(({ from, rows, part }) =>
      from === range.from && rows === range.rows &&
      part?.fingerprint === range.part?.fingerprint
    );
  return source.parts(table).map((range) => ({
    from: same(range) ? "base" : "increment",
    first: range.from,
    rows: range.rows,
    fingerprint: range.part!.fingerprint,
    key: `parts/${fileName(table)}/${range.from}-${range.rows}/`,
  }));
}

function sameColumns(a: TableSpec, b: TableSpec): boolean {
  const shape = ({ columns, key }: TableSpec) =>
    canonicalJson([
      columns.map(({ name, type, nullable }) => [name, type, nullable]),
      key,
    ]);
  return shape(a) === shape(b);
}
