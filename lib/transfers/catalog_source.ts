import type { Catalog } from "../catalog/catalog.ts";
import type { Manifest, Part } from "../catalog/manifest.ts";
import { readTable } from "../catalog/read_table.ts";
import type { DatasetSpec, TableSpec } from "../datasets/spec.ts";
import type { TableSource } from "../formats/source.ts";
import { chosenTables, type TableChoice } from "./table_choice.ts";

/** What a source may be opened with. */
export interface SourceOptions {
  /** The first n tables, or some by name. @default all */
  readonly tables?: TableChoice;
}

/**
 * Tables made of row ranges that can be read, and encoded, apart from each
 * other: materialised parts, or rows that follow from a spec.
 */
export interface PartedSource extends TableSource {
  readonly tables: readonly TableSpec[];
  readonly spec: DatasetSpec;
  /** A table's ranges, in the rows' order; with their digests where they are materialised. */
  parts(table: string): readonly PartRange[];
  /** The catalog that holds the parts; none where rows are generated. */
  readonly catalog?: Catalog;
}

/** Consecutive rows of a table, and the part that holds them where there is one. */
export interface PartRange {
  readonly table: string;
  readonly from: number;
  readonly rows: number;
  readonly part?: Part;
}

/** A materialised dataset as a source: its parts, checked against their digests as they are read. */
export function catalogSource(
  catalog: Catalog,
  manifest: Manifest,
  options: SourceOptions = {},
): PartedSource {
  const { spec } = manifest;
  const tables = chosenTables(spec.tables, options.tables);
  return {
    name: `${manifest.name}_v${manifest.version}`,
    tables,
    spec,
    catalog,
    identity: {
      name: manifest.name,
      version: manifest.version,
      digest: manifest.digest,
      spec,
    },
    fingerprints: Object.fromEntries(
      tables.map(({ name }) => [name, manifest.fingerprints[name]]),
    ),
    notes: [],
    parts: (table) =>
      manifest.parts[table].map((part) => ({
        table,
        from: part.from,
        rows: part.rows,
        part,
      })),
    async *read(table, { signal } = {}) {
      for await (const batch of readTable(catalog, manifest, table)) {
        signal?.throwIfAborted();
        yield batch;
      }
    },
    close: () => Promise.resolve(),
  };
}

/** Whether a source's tables are made of parts. */
export function isParted(source: TableSource): source is PartedSource {
  return "parts" in source && typeof source.parts === "function";
}
