import type { Catalog } from "../catalog/catalog.ts";
import type { Manifest } from "../catalog/manifest.ts";
import { readTable } from "../catalog/read_table.ts";
import { ServemarkError } from "../core/errors.ts";
import { type Batch, valueAt } from "../datasets/batch.ts";
import { canonicalRow } from "../datasets/canonical.ts";
import type { KeyForm, TableSchema } from "../datasets/schema.ts";
import type { DatasetSpec, EntitySpec, TableSpec } from "../datasets/spec.ts";
import type { StoredRows } from "../datasets/stored_rows.ts";

/** Keys of an entity that requests choose from, at most. */
const MOST_KEYS = 200_000;
/** UTF-16 units of all rows that are kept for comparison, at most. */
const MOST_TEXT = 32 * 1024 * 1024;

/** A dataset as requests need it. */
export interface Servable {
  readonly manifest: Manifest;
  /** Rows to compare answers with, where no generator gives them. */
  readonly rows?: StoredRows;
}

/**
 * Prepares a dataset for requests. Where its rows are not generated, its keys
 * are read from the parts: all of them, or an evenly spaced sample of at most
 * 200,000, with the rows that belong to them.
 */
export async function servable(
  manifest: Manifest,
  catalog: Catalog,
): Promise<Servable> {
  const { spec } = manifest;
  const listed = spec.entities.filter((e) => e.keyForm.as === "listed");
  if (listed.length === 0) return { manifest };
  const forms = new Map<string, KeyForm>();
  const rows: [table: string, of: (string | undefined)[]][] = [];
  for (const entity of listed) {
    const tables = featureTablesOf(spec, entity);
    if (tables.length === 0) continue;
    const values = await keysOf(manifest, catalog, tables);
    forms.set(entity.name, { as: "listed", values });
    const numbers = new Map(values.map((key, i) => [String(key), i]));
    for (const table of tables) {
      rows.push([table.name, await rowsOf(manifest, catalog, table, numbers)]);
    }
  }
  return {
    manifest: { ...manifest, spec: withKeys(spec, forms) },
    rows: Object.fromEntries(rows),
  };
}

function featureTablesOf(spec: DatasetSpec, entity: EntitySpec): TableSpec[] {
  return spec.tables.filter((t) => !t.events && t.entity === entity.name);
}

function withKeys(
  spec: DatasetSpec,
  forms: ReadonlyMap<string, KeyForm>,
): DatasetSpec {
  const keyed = (form: KeyForm, entity: string) => forms.get(entity) ?? form;
  return {
    ...spec,
    entities: spec.entities.map((e) => {
      const keyForm = keyed(e.keyForm, e.name);
      const keys = keyForm.as === "listed" && keyForm.values
        ? keyForm.values.length
        : e.keys;
      return { ...e, keyForm, keys };
    }),
    tables: spec.tables.map((t) => ({
      ...t,
      keyForm: keyed(t.keyForm, t.entity),
    })),
  };
}

/** Evenly spaced keys of the entity's largest table. */
async function keysOf(
  manifest: Manifest,
  catalog: Catalog,
  tables: readonly TableSpec[],
): Promise<(number | string)[]> {
  const largest = tables.reduce((a, b) => b.rows > a.rows ? b : a);
  const total = largest.rows;
  let most = 0;
  const keys: (number | string)[] = [];
  for await (const batch of readTable(catalog, manifest, largest.name)) {
    if (most === 0) {
      const each = tables.length * averageText(batch);
      most = Math.min(total, MOST_KEYS, Math.ceil(MOST_TEXT / each));
    }
    const at = keyColumn(largest);
    for (let r = 0; r < batch.rows; r++) {
      const row = batch.from + r;
      if (
        Math.floor((row + 1) * most / total) > Math.floor(row * most / total)
      ) {
        keys.push(keyOf(batch, at, r));
      }
    }
  }
  return keys;
}

async function rowsOf(
  manifest: Manifest,
  catalog: Catalog,
  table: TableSpec,
  numbers: ReadonlyMap<string, number>,
): Promise<(string | undefined)[]> {
  const texts = new Array<string | undefined>(numbers.size).fill(undefined);
  const at = keyColumn(table);
  for await (const batch of readTable(catalog, manifest, table.name)) {
    for (let r = 0; r < batch.rows; r++) {
      const number = numbers.get(String(keyOf(batch, at, r)));
      if (number !== undefined) texts[number] = canonicalRow(batch, r);
    }
  }
  return texts;
}

function keyColumn({ columns, key }: TableSchema): number {
  return columns.findIndex((column) => column.name === key[0]);
}

function keyOf(batch: Batch, column: number, row: number): number | string {
  const value = valueAt(batch.columns[column], row);
  if (typeof value === "number" || typeof value === "string") return value;
  // Beyond ±2⁵³ a key is written in digits.
  if (typeof value === "bigint") return String(value);
  throw new ServemarkError(`Cannot look up rows of ${batch.table.name}`, {
    cause: `${value === null ? "NULL" : "a byte string"} is not a key`,
    place: `table ${batch.table.name}, row ${batch.from + row}, column ` +
      batch.table.columns[column].name,
    remedy:
      "Declare another key in the YAML beside the data, and load it again",
  });
}

function averageText(batch: Batch): number {
  const rows = Math.min(batch.rows, 100);
  let units = 0;
  for (let r = 0; r < rows; r++) units += canonicalRow(batch, r).length;
  return Math.max(1, units / Math.max(1, rows));
}
