import type { Catalog } from "../../catalog/catalog.ts";
import type { Manifest, Part } from "../../catalog/manifest.ts";
import { ServemarkError } from "../../core/errors.ts";
import { unknownName } from "../../core/names.ts";
import { silent, type Watch } from "../../core/progress.ts";
import { own } from "../../core/records.ts";
import { specDigest } from "../../datasets/digest.ts";
import { Fingerprinter } from "../../datasets/fingerprint.ts";
import type { ColumnSchema, TableSchema } from "../../datasets/schema.ts";
import type { DatasetSpec, TableSpec } from "../../datasets/spec.ts";
import type { TableSource } from "../../formats/source.ts";
import { NO_OVERRIDES, type Overrides } from "./overrides.ts";
import { storeTable } from "./store_table.ts";
import { type Survey, survey } from "./survey.ts";

/** How data is loaded. */
export interface LoadDataOptions extends Watch {
  /** The dataset's name and version, where the overrides do not say them. */
  readonly name: string;
  readonly version: string;
  readonly overrides?: Overrides;
}

/** A dataset made of someone's own data. */
export interface LoadedData {
  readonly manifest: Manifest;
  /** How each table's key was found. */
  readonly surveys: Readonly<Record<string, Survey>>;
  /** What the source holds beside its tables. */
  readonly notes: readonly string[];
}

/** Opens the source; with these schemas where some are given. */
export type OpenSource = (
  tables?: readonly TableSchema[],
) => Promise<TableSource>;

/**
 * Makes a dataset of someone's own data: reads each table once to count its
 * rows and to check or find its key, then stores it in the catalog's parts. The
 * manifest is written by the caller, last.
 *
 * @throws {ServemarkError} for declarations of tables or columns that are not
 * there, for a key that repeats, and for whatever the source says of its rows
 */
export async function loadData(
  open: OpenSource,
  catalog: Catalog,
  options: LoadDataOptions,
): Promise<LoadedData> {
  const { overrides = NO_OVERRIDES, signal, progress = silent } = options;
  const source = await openDeclared(open, overrides);
  try {
    const surveys = new Map<string, Survey>();
    const tables: TableSpec[] = [];
    const parts = new Map<string, readonly Part[]>();
    for (const table of source.tables) {
      const declared = own(overrides.tables, table.name)?.key ?? table.key;
      checkColumns(table, declared);
      const seen = await survey(source, table, declared, options);
      const schema = surveyed(table, seen, overrides);
      surveys.set(table.name, seen);
      const step = `Store ${table.name}`;
      let done = 0;
      const batches = source.read(table.name, { signal });
      const stored = await storeTable(catalog, schema, batches, (rows) => {
        done += rows;
        progress({ step, done, total: seen.rows, unit: "rows" });
      });
      progress({
        step,
        done,
        total: seen.rows,
        unit: "rows",
        finished: true,
      });
      if (done !== seen.rows) throw changed(source, table.name);
      parts.set(table.name, stored);
      tables.push(storedSpec(schema, stored, overrides));
    }
    const spec = datasetOf(tables, options, overrides);
    const manifest: Manifest = {
      schemaVersion: 1,
      name: spec.name,
      version: spec.version,
      digest: specDigest(spec),
      spec,
      parts: Object.fromEntries(parts),
      fingerprints: Object.fromEntries(
        tables.map((t) => [t.name, t.stored!]),
      ),
    };
    return {
      manifest,
      surveys: Object.fromEntries(surveys),
      notes: source.notes,
    };
  } finally {
    await source.close();
  }
}

/** Opens the source a second time where types are declared that it did not infer. */
async function openDeclared(
  open: OpenSource,
  overrides: Overrides,
): Promise<TableSource> {
  const source = await open();
  const known = source.tables.map((t) => t.name);
  for (const name of Object.keys(overrides.tables)) {
    if (known.includes(name)) continue;
    await source.close();
    throw unknownName("table", name, known);
  }
  const tables = source.tables.map((table) => {
    const types = own(overrides.tables, table.name)?.columns ?? {};
    checkColumns(table, Object.keys(types));
    return {
      ...table,
      columns: table.columns.map((c): ColumnSchema => ({
        ...c,
        type: own(types, c.name) ?? c.type,
      })),
    };
  });
  const same = tables.every((t, i) =>
    t.columns.every((c, k) => c.type === source.tables[i].columns[k].type)
  );
  if (same) return source;
  await source.close();
  return await open(tables);
}

function checkColumns(table: TableSchema, names: readonly string[]): void {
  const known = table.columns.map((c) => c.name);
  for (const name of names) {
    if (!known.includes(name)) {
      throw unknownName("column", name, known, `table ${table.name}`);
    }
  }
}

/** The schema with what reading the rows told. */
function surveyed(
  table: TableSchema,
  { rows, key, nullable }: Survey,
  overrides: Overrides,
): TableSchema {
  return {
    ...table,
    rows,
    key,
    entity: own(overrides.tables, table.name)?.entity ??
      entityOf(table, key),
    keyForm: { as: "listed" },
    columns: table.columns.map((c) => ({
      ...c,
      nullable: nullable.has(c.name) || c.nullable && !key.includes(c.name),
    })),
  };
}

/**
 * Whose features a table holds: `customer` for the key `customer_id` or
 * `Customer ID`, else the table's own name.
 */
function entityOf(table: TableSchema, key: readonly string[]): string {
  const match = /^(.+?)[^\p{L}\p{N}]*(?:id|key|uuid)$/iu.exec(key[0].trim());
  return match ? match[1].toLowerCase() : table.name;
}

function storedSpec(
  table: TableSchema,
  parts: readonly Part[],
  overrides: Overrides,
): TableSpec {
  const sum = new Fingerprinter();
  for (const part of parts) sum.merge(part.fingerprint);
  return {
    ...table,
    columns: table.columns.map((c) => ({
      ...c,
      distribution: { kind: "stored" },
      nulls: 0,
    })),
    events: table.key.length > 1,
    description: own(overrides.tables, table.name)?.description ?? "",
    stored: sum.digest(),
  };
}

function datasetOf(
  tables: readonly TableSpec[],
  options: LoadDataOptions,
  overrides: Overrides,
): DatasetSpec {
  const names = [...new Set(tables.map((t) => t.entity))];
  return {
    name: overrides.name ?? options.name,
    version: overrides.version ?? options.version,
    seed: 0,
    description: overrides.description ?? "",
    entities: names.map((name) => ({
      name,
      keys: Math.max(
        ...tables.filter((t) => t.entity === name).map((t) => t.rows),
      ),
      keyForm: { as: "listed" },
      popularity: own(overrides.popularity, name) ?? 0,
    })),
    tables,
  };
}

function changed(source: TableSource, table: string): ServemarkError {
  return new ServemarkError(`Cannot load table ${table}`, {
    cause: "it has another number of rows than a moment ago",
    place: source.name,
    remedy: "Load it again when nothing writes to it",
  });
}
