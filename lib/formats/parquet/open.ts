import { ServemarkError } from "../../core/errors.ts";
import type { Batch } from "../../datasets/batch.ts";
import {
  folderPrefix,
  type Store,
  type StoredObject,
} from "../../stores/store.ts";
import {
  checkWhole,
  type Description,
  fingerprintsOf,
  readDescription,
} from "../description.ts";
import { FilesSource, type FoundFiles } from "../files_source.ts";
import { placeName } from "../place_name.ts";
import type {
  FormatOpenOptions,
  Place,
  ReadOptions,
  TableSource,
} from "../source.ts";
import { storeSource } from "./byte_source.ts";
import type { FileMetadata } from "./metadata.ts";
import { readFileMetadata } from "./open_file.ts";
import { blame, readParquet } from "./read.ts";
import { type FileTable, tableOfFile } from "./table_of_file.ts";

/** A table's files, in the order of its rows. */
interface ParquetTable extends FileTable {
  readonly files: readonly StoredObject[];
}

/**
 * Opens a folder that we wrote, a folder of anyone's files `name.parquet` and
 * folders `name/` of parts, or one file. Only the files' ends are read.
 */
export async function openParquet(
  { store, key }: Place,
  options: FormatOpenOptions = {},
): Promise<TableSource> {
  const name = options.name ?? placeName(store, key);
  const file = key === "" || key.endsWith("/")
    ? undefined
    : await store.stat(key);
  if (file) {
    const table = await tableOfParts(store, baseName(key), [file], options);
    return new ParquetSource(foundFiles(store, name, [table], []));
  }
  const folder = folderPrefix(key);
  const description = await readDescription(store, folder);
  const { parts, notes } = description
    ? { parts: describedParts(description, folder, name), notes: [] }
    : await foundParts(store, folder);
  if (parts.size === 0 && !description) {
    throw new ServemarkError(`Cannot read ${name} as Parquet`, {
      cause: "no file in it ends in .parquet",
      place: name,
      remedy: "Name a file, or a folder of files or of folders of parts",
    });
  }
  const tables: ParquetTable[] = [];
  for (const [table, files] of parts) {
    const found = await tableOfParts(store, table, files, options);
    const twin = tables.find((t) => t.table.name === found.table.name);
    if (twin) {
      throw new ServemarkError(`Cannot read ${name} as Parquet`, {
        cause: `two of its files are table ${found.table.name}`,
        place: `${twin.files[0].key} and ${files[0].key}`,
        remedy: "Open one of them, or put a table's parts into a folder",
      });
    }
    tables.push(found);
  }
  const found = foundFiles(store, name, tables, notes);
  return new ParquetSource(
    description
      ? {
        ...found,
        identity: description.identity ?? found.identity,
        fingerprints: fingerprintsOf(description.tables),
      }
      : found,
  );
}

/** What the files themselves say. */
function foundFiles(
  store: Store,
  name: string,
  tables: readonly ParquetTable[],
  notes: readonly string[],
): FoundFiles<ParquetTable> {
  return {
    store,
    name,
    tables,
    notes: [...notes, ...tables.flatMap((table) => table.notes)],
    identity: tables[0]?.identity,
    fingerprints: Object.fromEntries(
      tables.flatMap(({ table, fingerprint }) =>
        fingerprint ? [[table.name, fingerprint]] : []
      ),
    ),
  };
}

function describedParts(
  description: Description,
  folder: string,
  name: string,
): Map<string, StoredObject[]> {
  checkWhole(description, { name: "parquet", title: "Parquet" }, name);
  return new Map(
    description.tables.map(({ table, files }) => [
      table.name,
      files.map(({ key, bytes }) => ({ key: folder + key, bytes })),
    ]),
  );
}

/** Names that writers give the parts of one table. */
const PART = /^(?:part|data)[-_.]?\d/;

async function foundParts(
  store: Store,
  folder: string,
): Promise<{ parts: Map<string, StoredObject[]>; notes: string[] }> {
  const parts = new Map<string, StoredObject[]>();
  const notes: string[] = [];
  const whole = baseName(folder.replace(/\/$/, "") || store.uri);
  for await (const object of store.list(folder)) {
    const path = object.key.slice(folder.length).split("/");
    const file = path.at(-1)!;
    // Spark leaves `_SUCCESS`, and others `_metadata`.
    if (file.startsWith("_")) continue;
    if (!/\.parquet$/i.test(file)) {
      notes.push(`${object.key} is not a Parquet file`);
    } else if (path.length > 2) {
      notes.push(`${object.key} lies too deep, and is left out`);
    } else {
      const table = path.length === 2
        ? path[0]
        : PART.test(file)
        ? whole
        : baseName(file);
      parts.set(table, [...parts.get(table) ?? [], object]);
    }
  }
  return { parts, notes };
}

/** A table by the ends of its files: the types of the first, and NULLs where any file has them. */
async function tableOfParts(
  store: Store,
  name: string,
  files: readonly StoredObject[],
  { tables, signal }: FormatOpenOptions,
): Promise<ParquetTable> {
  let first: FileTable | undefined;
  let rows = 0;
  const nullable = new Set<string>();
  for (const file of files) {
    signal?.throwIfAborted();
    const metadata = await metadataOf(store, file);
    rows += metadata.rows;
    for (const leaf of metadata.leaves) {
      if (leaf.nullable) nullable.add(leaf.name);
    }
    first ??= tableOfFile(metadata, name);
  }
  const { table, ...rest } = first ?? tableOfFile(EMPTY, name);
  const known = tables?.find((t) => t.name === table.name);
  if (!known && table.columns.length === 0) {
    throw new ServemarkError(`Cannot read table ${name} as Parquet`, {
      cause: ["none of its columns can be read", ...rest.notes].join("; "),
      place: files.map(({ key }) => store.locate(key))[0],
    });
  }
  return {
    table: known ?? {
      ...table,
      rows,
      columns: table.columns.map((column) => ({
        ...column,
        nullable: nullable.has(column.name),
      })),
    },
    notes: rest.notes,
    ...rest.identity ? { identity: rest.identity } : {},
    // A part's fingerprint is not its table's.
    ...rest.fingerprint && files.length === 1
      ? { fingerprint: rest.fingerprint }
      : {},
    files,
  };
}

const EMPTY: FileMetadata = {
  name: "",
  rows: 0,
  leaves: [],
  nested: [],
  rowGroups: [],
  keyValues: new Map(),
  createdBy: "",
};

async function metadataOf(
  store: Store,
  file: StoredObject,
): Promise<FileMetadata> {
  return await blame(
    store.locate(file.key),
    () => readFileMetadata(storeSource(store, file)),
  );
}

function baseName(key: string): string {
  return key.slice(key.lastIndexOf("/") + 1).replace(/\.parquet$/i, "");
}

class ParquetSource extends FilesSource<ParquetTable> {
  async *read(
    table: string,
    { signal }: ReadOptions = {},
  ): AsyncGenerator<Batch> {
    const found = this.find(table);
    let from = 0;
    for (const file of found.files) {
      const metadata = await metadataOf(this.store, file);
      yield* readParquet(storeSource(this.store, file), found.table, {
        name: this.store.locate(file.key),
        from,
        metadata,
        signal,
      });
      from += metadata.rows;
    }
  }
}
