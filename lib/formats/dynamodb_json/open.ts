import { createHash } from "node:crypto";
import { ServemarkError } from "../../core/errors.ts";
import type { Batch } from "../../datasets/batch.ts";
import type { TableSchema } from "../../datasets/schema.ts";
import { folderPrefix, type Store } from "../../stores/store.ts";
import { fileContent, readObject, withoutExtension } from "../compressed.ts";
import {
  checkWhole,
  type DescribedFile,
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
import { type DataFile, findTables, type FoundTable } from "./find_exports.ts";
import { inferItems } from "./infer.ts";
import { parseFiles, readManifest } from "./manifest.ts";
import { readItemRows } from "./read_rows.ts";

/** Stored bytes up to which all of a table is looked at for its columns. */
const WHOLE = 1 << 26;
/** Stored bytes of each file that are looked at where there are more. */
const SAMPLE = 1 << 23;

interface ItemTable {
  readonly table: TableSchema;
  readonly files: readonly DataFile[];
}

/**
 * Opens what we wrote, an export of DynamoDB's as it lies in its bucket, a
 * folder of data files, or one data file.
 */
export async function openDynamodbJson(
  place: Place,
  options: FormatOpenOptions = {},
): Promise<TableSource> {
  const { store, key } = place;
  const name = options.name ?? placeName(store, key);
  if (key !== "" && !key.endsWith("/")) {
    const stat = await store.stat(key);
    if (stat) {
      const table = withoutExtension(key.slice(key.lastIndexOf("/") + 1))
        .replace(/\.jsonl?$/i, "");
      const found = { name: table, files: [stat], notes: [] };
      return await inferred(store, name, [found], options);
    }
  }
  const folder = folderPrefix(key);
  const description = await readDescription(store, folder);
  if (description) return await described(description, store, folder, name);
  const found = await findTables(store, folder, name);
  return await inferred(store, name, found, options);
}

async function described(
  description: Description,
  store: Store,
  folder: string,
  name: string,
): Promise<TableSource> {
  checkWhole(
    description,
    { name: "dynamodb_json", title: "DynamoDB JSON" },
    name,
  );
  const tables: ItemTable[] = [];
  for (const { table, files } of description.tables) {
    const sums = await checksums(store, folder, files);
    tables.push({
      table,
      files: files.map(({ key, bytes, rows }) => ({
        key: folder + key,
        bytes,
        items: rows,
        md5: sums.get(key.slice(key.lastIndexOf("/") + 1)),
      })),
    });
  }
  return new ItemSource({
    store,
    name,
    tables,
    notes: [],
    identity: description.identity,
    fingerprints: fingerprintsOf(description.tables),
  });
}

/** The checksums that the manifest of a table's files gives, by the files' names. */
async function checksums(
  store: Store,
  folder: string,
  files: readonly DescribedFile[],
): Promise<ReadonlyMap<string, string>> {
  if (files.length === 0) return new Map();
  const base = files[0].key.replace(/data\/[^/]*$/, "");
  const key = `${folder}${base}manifest-files.json`;
  const found = parseFiles(await readManifest(store, key), store.locate(key));
  return new Map(
    found.map(({ dataFileS3Key, md5Checksum }) => [
      dataFileS3Key.slice(dataFileS3Key.lastIndexOf("/") + 1),
      md5Checksum,
    ]),
  );
}

async function inferred(
  store: Store,
  name: string,
  found: readonly FoundTable[],
  { tables, signal }: FormatOpenOptions,
): Promise<TableSource> {
  const own: ItemTable[] = [];
  const notes: string[] = [];
  for (const { name: table, files, notes: said } of found) {
    notes.push(...said);
    const known = tables?.find((t) => t.name === table);
    if (known) {
      own.push({ table: known, files });
      continue;
    }
    const total = files.reduce((sum, file) => sum + file.bytes, 0);
    const guess = await inferItems(
      table,
      files.map((file) => ({
        name: store.locate(file.key),
        bytes: file.bytes,
        open: () => contentOf(store, file, signal),
      })),
      total <= WHOLE ? Infinity : SAMPLE,
    );
    notes.push(...guess.notes);
    own.push({ table: guess.table, files });
  }
  return new ItemSource({ store, name, tables: own, notes });
}

/** A file's content, with the stored bytes that it took, and their checksum. */
function contentOf(store: Store, { key }: DataFile, signal?: AbortSignal) {
  const hash = createHash("md5");
  let bytes = 0;
  const content = fileContent(
    readObject(store, key, signal),
    store.locate(key),
    (chunk) => {
      bytes += chunk.length;
      hash.update(chunk);
    },
  );
  return { content, taken: () => bytes, md5: () => hash.digest("base64") };
}

class ItemSource extends FilesSource<ItemTable> {
  async *read(
    table: string,
    { signal }: ReadOptions = {},
  ): AsyncGenerator<Batch> {
    const found = this.find(table);
    let from = 0;
    for (const file of found.files) {
      const name = this.store.locate(file.key);
      const begin = from;
      let deleted = 0;
      const { content, md5 } = contentOf(this.store, file, signal);
      const batches = readItemRows(content, found.table, {
        name,
        from,
        onDeleted: (items) => deleted += items,
      });
      const items = () => from - begin + deleted;
      for await (const batch of batches) {
        signal?.throwIfAborted();
        from += batch.rows;
        if (file.items !== undefined && items() > file.items) {
          throw miscounted(name, `more than ${file.items}`, file.items);
        }
        yield batch;
      }
      if (file.items !== undefined && items() !== file.items) {
        throw miscounted(name, String(items()), file.items);
      }
      if (file.md5 !== undefined) checkMd5(name, md5(), file.md5);
    }
  }
}

function checkMd5(name: string, found: string, said: string): void {
  if (found === said) return;
  throw new ServemarkError(`Cannot read ${name}`, {
    cause: `its MD5 is ${found}, not ${said.slice(0, 60)} as the manifest says`,
    place: name,
    remedy: "Fetch the file again from its bucket",
  });
}

function miscounted(
  name: string,
  found: string,
  items: number,
): ServemarkError {
  return new ServemarkError(`Cannot read ${name}`, {
    cause: `it has ${found} items, not the ${items} that the manifest says`,
    place: name,
    remedy: "Fetch the file again from its bucket",
  });
}
