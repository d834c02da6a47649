import { ServemarkError } from "../core/errors.ts";
import { silent } from "../core/progress.ts";
import { own } from "../core/records.ts";
import type { Batch } from "../datasets/batch.ts";
import { type Fingerprint, Fingerprinter } from "../datasets/fingerprint.ts";
import { plainSchema } from "../datasets/plain_schema.ts";
import type { TableSchema } from "../datasets/schema.ts";
import { folderPrefix, type Store } from "../stores/store.ts";
import { chosenTables } from "./chosen_tables.ts";
import {
  type DescribedFile,
  type DescribedTable,
  DESCRIPTION,
  fingerprintsOf,
  readDescription,
  writeDescription,
} from "./description.ts";
import { placeName } from "./place_name.ts";
import type {
  FormatWriteOptions,
  Place,
  TableSource,
  WriteStats,
} from "./source.ts";

/** What one format does of an export into a folder. */
export interface FolderExport {
  /** The format's name. */
  readonly format: string;
  /** What progress calls it: `Write CSV`. */
  readonly step: string;
  /** Options that decide the files' bytes. */
  readonly settings: readonly (string | number)[];
  /** Writes one table's files. */
  table(task: TableTask): Promise<TableFiles>;
}

/** A table that is to be written. */
export interface TableTask {
  readonly store: Store;
  /** Where the folder is: `""`, or ending in `/`. */
  readonly folder: string;
  readonly table: TableSchema;
  /** The rows; read them once, to the end. */
  readonly batches: AsyncIterable<Batch>;
  /** The same for the same rows and settings, where that is known. */
  readonly job: string | undefined;
  /** The rows' fingerprint, once all of them have been read. */
  fingerprint(): Fingerprint;
}

/** What was written of a table. */
export interface TableFiles {
  readonly files: readonly DescribedFile[];
  /** Further objects that belong to it: manifests. */
  readonly others?: readonly string[];
  readonly notes?: readonly string[];
}

/**
 * Writes tables one after the other into a folder, with `servemark.json`, which
 * says that the folder is whole only at the end. A killed export of the same
 * dataset is taken up after its last whole table; what an earlier export left
 * is removed.
 */
export async function exportFolder(
  source: TableSource,
  { store, key }: Place,
  options: FormatWriteOptions,
  how: FolderExport,
): Promise<WriteStats> {
  const { progress = silent, signal } = options;
  const folder = folderPrefix(key);
  const tables = chosenTables(source, options.tables);
  const before = await readOwn(store, folder, how.format);
  const digest = source.identity?.digest;
  const job = digest === undefined
    ? undefined
    : [how.format, digest, ...how.settings, ...tables.map((t) => t.name)]
      .join(" ");
  const same = job !== undefined && before?.job === job &&
    before.state === "writing";
  const done: DescribedTable[] = same ? [...before.tables] : [];
  const describe = (state: "writing" | "whole") =>
    writeDescription(store, folder, {
      format: how.format,
      state,
      ...(state === "writing" && job !== undefined ? { job } : {}),
      ...(source.identity ? { identity: source.identity } : {}),
      tables: done,
    });
  await describe("writing");
  const total = tables.reduce((sum, table) => sum + table.rows, 0);
  let rows = done.reduce((sum, { table }) => sum + table.rows, 0);
  const tell = (more: number, detail?: string, finished = false) => {
    rows += more;
    progress({
      step: how.step,
      done: rows,
      total: finished ? rows : Math.max(total, rows),
      unit: "rows",
      detail,
      finished,
    });
  };
  for (const table of tables) {
    if (done.some((entry) => entry.table.name === table.name)) continue;
    const known = own(source.fingerprints, table.name);
    const sum = known === undefined ? new Fingerprinter() : undefined;
    let written = 0;
    const batches = async function* () {
      for await (const batch of source.read(table.name, { signal })) {
        signal?.throwIfAborted();
        sum?.add(batch);
        yield batch;
        written += batch.rows;
        tell(batch.rows, table.name);
      }
      signal?.throwIfAborted();
      if (known !== undefined) checkRows(source, table, written, known);
    };
    const { files, others, notes } = await how.table({
      store,
      folder,
      table,
      batches: batches(),
      job: job === undefined ? undefined : `${job} ${table.name}`,
      fingerprint: () => known ?? sum!.digest(),
    });
    done.push({
      table: { ...plainSchema(table), rows: written },
      files,
      ...(others ? { others } : {}),
      fingerprint: known ?? sum!.digest(),
      ...(notes && notes.length > 0 ? { notes } : {}),
    });
    await describe("writing");
  }
  const described = await describe("whole");
  await removeOld(store, folder, before?.tables ?? [], done);
  tell(0, undefined, true);
  return {
    rows: done.reduce((sum, { table }) => sum + table.rows, 0),
    bytes: done.flatMap(({ files }) => files)
      .reduce((sum, file) => sum + file.bytes, described),
    fingerprints: fingerprintsOf(done),
    notes: done.flatMap(({ notes }) => notes ?? []),
  };
}

/** What an earlier export left; another format's is not written over. */
async function readOwn(store: Store, folder: string, format: string) {
  const found = await readDescription(store, folder);
  if (found === undefined || found.format === format) return found;
  throw new ServemarkError(`Cannot export to ${placeName(store, folder)}`, {
    cause: `an export as ${found.format} is there`,
    place: store.locate(folder + DESCRIPTION),
    remedy: "Choose another folder, or remove that one",
    exitCode: 2,
  });
}

function checkRows(
  source: TableSource,
  table: TableSchema,
  written: number,
  fingerprint: string,
): void {
  const known = Number(fingerprint.split(":")[0]);
  if (written === known) return;
  throw new ServemarkError(`Cannot export table ${table.name}`, {
    cause: `${source.name} gave ${written} of its ${known} rows`,
    place: `table ${table.name}`,
  });
}

/** Removes the objects of an earlier export that this one does not have. */
async function removeOld(
  store: Store,
  folder: string,
  before: readonly DescribedTable[],
  now: readonly DescribedTable[],
): Promise<void> {
  const keys = ({ files, others = [] }: DescribedTable) => [
    ...files.map((file) => file.key),
    ...others,
  ];
  const kept = new Set(now.flatMap(keys));
  for (const key of before.flatMap(keys)) {
    if (!kept.has(key)) await store.delete(folder + key);
  }
}
