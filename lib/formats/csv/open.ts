import { ServemarkError } from "../../core/errors.ts";
import type { Batch } from "../../datasets/batch.ts";
import type { TableSchema } from "../../datasets/schema.ts";
import { folderPrefix, type Store } from "../../stores/store.ts";
import { fileContent, readObject, withoutExtension } from "../compressed.ts";
import {
  checkWhole,
  type Description,
  fingerprintsOf,
  readDescription,
} from "../description.ts";
import { FilesSource } from "../files_source.ts";
import { placeName } from "../place_name.ts";
import type {
  FormatOpenOptions,
  Place,
  ReadOptions,
  TableSource,
} from "../source.ts";
import { type CsvDialect, OWN_DIALECT } from "./dialect.ts";
import { inferCsv } from "./infer.ts";
import { readCsv } from "./read_rows.ts";

/** One of a table's files. */
interface CsvFile {
  readonly key: string;
  /** Where that was said. */
  readonly rows?: number;
}

/** A table and how to read it. */
interface CsvTable {
  readonly table: TableSchema;
  readonly dialect: CsvDialect;
  readonly header?: readonly string[];
  readonly files: readonly CsvFile[];
}

/** Opens a folder that we wrote, a folder of anyone's CSV files, or one file. */
export async function openCsv(
  place: Place,
  options: FormatOpenOptions = {},
): Promise<TableSource> {
  const { store, key } = place;
  const name = options.name ?? placeName(store, key);
  if (key !== "" && !key.endsWith("/") && await store.exists(key)) {
    const table = tableName(key);
    const found = await foreignTable(store, table, [key], options);
    const { notes } = found;
    return new CsvSource({ store, name, tables: [found.table], notes });
  }
  const folder = folderPrefix(key);
  const description = await readDescription(store, folder);
  if (description) {
    const tables = described(description, folder, name, options);
    return new CsvSource({
      store,
      name,
      tables,
      notes: [],
      identity: description.identity,
      fingerprints: fingerprintsOf(description.tables),
    });
  }
  return await openFolder(store, folder, name, options);
}

function described(
  description: Description,
  folder: string,
  name: string,
  options: FormatOpenOptions,
): CsvTable[] {
  checkWhole(description, { name: "csv", title: "CSV" }, name);
  return description.tables.map(({ table, files }) => ({
    table: options.tables?.find((t) => t.name === table.name) ?? table,
    dialect: OWN_DIALECT,
    files: files.map(({ key, rows }) => ({ key: folder + key, rows })),
  }));
}

const CSV = /\.(?:csv|tsv)(?:\.gz|\.zst)?$/i;

/** Files `name.csv`, and folders `name/` of parts. */
async function openFolder(
  store: Store,
  folder: string,
  name: string,
  options: FormatOpenOptions,
): Promise<TableSource> {
  const parts = new Map<string, string[]>();
  const notes: string[] = [];
  for await (const { key } of store.list(folder)) {
    const path = key.slice(folder.length).split("/");
    if (!CSV.test(key)) notes.push(`${key} is not a CSV file`);
    else if (path.length > 2) notes.push(`${key} lies too deep`);
    else {
      const table = path.length === 2 ? path[0] : tableName(path[0]);
      parts.set(table, [...parts.get(table) ?? [], key]);
    }
  }
  if (parts.size === 0) {
    throw new ServemarkError(`Cannot read ${name} as CSV`, {
      cause: "no file in it ends in .csv, .tsv, .csv.gz or .csv.zst",
      place: name,
      remedy: "Name a file, or a folder of files or of folders of parts",
    });
  }
  const tables: CsvTable[] = [];
  for (const [table, keys] of parts) {
    options.signal?.throwIfAborted();
    const found = await foreignTable(store, table, keys, options);
    tables.push(found.table);
    notes.push(...found.notes);
  }
  return new CsvSource({ store, name, tables, notes });
}

/** A table of anyone's files: types and dialect from the first one's beginning. */
async function foreignTable(
  store: Store,
  table: string,
  keys: readonly string[],
  { tables, signal }: FormatOpenOptions,
): Promise<{ table: CsvTable; notes: string[] }> {
  const [first] = keys;
  const name = store.locate(first);
  let totalBytes = 0;
  for (const key of keys) totalBytes += (await store.stat(key))?.bytes ?? 0;
  let stored = 0;
  const content = fileContent(
    readObject(store, first, signal),
    name,
    (bytes) => stored += bytes.length,
  );
  const found = await inferCsv(content, {
    name,
    table,
    totalBytes,
    dialect: /\.tsv(?:\.|$)/i.test(first) ? { delimiter: "\t" } : undefined,
  });
  // One more file may hold wider values.
  const alone = keys.length === 1;
  const known = tables?.find((t) => t.name === table);
  const inferred: TableSchema = alone && found.complete ? found.table : {
    ...found.table,
    columns: found.table.columns.map((column) => ({
      ...column,
      nullable: true,
      type: column.type.kind === "integer"
        ? { kind: "bigint" as const }
        : column.type,
    })),
  };
  const byOrder = known === undefined ||
    known.columns.length === found.table.columns.length &&
      known.columns.every((c, k) => c.name === found.table.columns[k].name);
  return {
    table: {
      table: known ?? inferred,
      dialect: found.dialect,
      header: byOrder ? found.header : undefined,
      files: keys.map((key) => ({ key })),
    },
    notes: found.notes.map((note) => `${table}: ${note}`),
  };
}

function tableName(key: string): string {
  return withoutExtension(key.slice(key.lastIndexOf("/") + 1))
    .replace(/\.(?:csv|tsv|txt)$/i, "");
}

class CsvSource extends FilesSource<CsvTable> {
  async *read(
    table: string,
    { signal }: ReadOptions = {},
  ): AsyncGenerator<Batch> {
    const found = this.find(table);
    let from = 0;
    for (const { key, rows } of found.files) {
      const name = this.store.locate(key);
      const begin = from;
      const content = fileContent(readObject(this.store, key, signal), name);
      for await (
        const batch of readCsv(content, found.table, {
          name,
          dialect: found.dialect,
          header: found.header,
          from,
        })
      ) {
        signal?.throwIfAborted();
        from += batch.rows;
        if (rows !== undefined && from - begin > rows) {
          throw miscounted(name, `more than ${rows}`, rows);
        }
        yield batch;
      }
      if (rows !== undefined && from - begin !== rows) {
        throw miscounted(name, String(from - begin), rows);
      }
    }
  }
}

function miscounted(
  name: string,
  found: string,
  rows: number,
): ServemarkError {
  return new ServemarkError(`Cannot read ${name}`, {
    cause: `it has ${found} rows, not the ${rows} that servemark.json says`,
    place: name,
    remedy: "Export the table again, or fetch the files again",
  });
}
