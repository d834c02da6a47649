import { ServemarkError } from "../../core/errors.ts";
import { silent } from "../../core/progress.ts";
import { Fingerprinter } from "../../datasets/fingerprint.ts";
import type { TableSchema } from "../../datasets/schema.ts";
import { folderPrefix, type Store } from "../../stores/store.ts";
import { chosenTables } from "../chosen_tables.ts";
import { EXTENSIONS, fileCompression, FileWriter } from "../compressed.ts";
import {
  type DescribedTable,
  DESCRIPTION,
  plainSchema,
  readDescription,
  writeDescription,
} from "../description.ts";
import { fileName } from "../file_names.ts";
import type {
  FormatWriteOptions,
  Place,
  TableSource,
  WriteStats,
} from "../source.ts";
import { CsvWriter } from "./write_rows.ts";

/**
 * Writes tables as a folder: `<table>.csv`, `.csv.gz` or `.csv.zst`, and
 * `servemark.json`, which says that the folder is whole only at the end. A
 * killed export of the same dataset is taken up after its last whole table.
 */
export async function writeCsvFolder(
  source: TableSource,
  place: Place,
  options: FormatWriteOptions = {},
): Promise<WriteStats> {
  const { store } = place;
  const { progress = silent, signal } = options;
  const folder = folderPrefix(place.key);
  const compression = fileCompression(options.compression ?? "none");
  const tables = chosenTables(source, options.tables);
  const before = await readOwn(store, folder);
  const job = source.identity?.digest === undefined ? undefined : [
    source.identity.digest,
    compression,
    options.level ?? "",
    ...tables.map((t) => t.name),
  ].join(" ");
  const done: DescribedTable[] = job !== undefined && before?.job === job &&
      before.state === "writing"
    ? [...before.tables]
    : [];
  const describe = (state: "writing" | "whole") =>
    writeDescription(store, folder, {
      format: "csv",
      state,
      ...(state === "writing" && job !== undefined ? { job } : {}),
      ...(source.identity ? { identity: source.identity } : {}),
      tables: done,
    });
  await describe("writing");
  const total = tables.reduce((sum, table) => sum + table.rows, 0);
  let rows = done.reduce((sum, { table }) => sum + table.rows, 0);
  const tell = (table: string, more: number, finished = false) => {
    rows += more;
    progress({
      step: "Write CSV",
      done: rows,
      total: Math.max(total, rows),
      unit: "rows",
      detail: table,
      finished,
    });
  };
  for (const table of tables) {
    if (done.some((entry) => entry.table.name === table.name)) continue;
    const key = `${fileName(table.name)}.csv${EXTENSIONS[compression]}`;
    const known = source.fingerprints?.[table.name];
    const sum = known === undefined ? new Fingerprinter() : undefined;
    await using out = await store.create(folder + key, { signal });
    const file = new FileWriter(out, compression, options.level);
    const writer = new CsvWriter(table);
    await file.write(writer.header());
    let written = 0;
    for await (const batch of source.read(table.name, { signal })) {
      signal?.throwIfAborted();
      sum?.add(batch);
      for (const chunk of writer.add(batch)) await file.write(chunk);
      written += batch.rows;
      tell(table.name, batch.rows);
    }
    const fingerprint = known ?? sum!.digest();
    checkRows(source, table, written, Number(fingerprint.split(":")[0]));
    await file.finish();
    done.push({
      table: { ...plainSchema(table), rows: written },
      files: [{ key, rows: written, bytes: file.bytes }],
      fingerprint,
    });
    await describe("writing");
  }
  const described = await describe("whole");
  await removeOld(store, folder, before?.tables ?? [], done);
  tell("", 0, true);
  return {
    rows: done.reduce((sum, { table }) => sum + table.rows, 0),
    bytes: done.reduce(
      (sum, { files }) => files.reduce((s, file) => s + file.bytes, sum),
      described,
    ),
    fingerprints: Object.fromEntries(
      done.map(({ table, fingerprint }) => [table.name, fingerprint]),
    ),
  };
}

/** What an earlier export left; what is no description of ours is not written over. */
async function readOwn(store: Store, folder: string) {
  const found = await readDescription(store, folder);
  if (found === undefined || found.format === "csv") return found;
  throw new ServemarkError(`Cannot write CSV to ${store.locate(folder)}`, {
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
  known: number,
): void {
  if (written === known) return;
  throw new ServemarkError(`Cannot export table ${table.name}`, {
    cause: `${source.name} gave ${written} of its ${known} rows`,
    place: `table ${table.name}`,
  });
}

/** Removes the files of an earlier export that this one does not have. */
async function removeOld(
  store: Store,
  folder: string,
  before: readonly DescribedTable[],
  now: readonly DescribedTable[],
): Promise<void> {
  const kept = new Set(now.flatMap(({ files }) => files.map((f) => f.key)));
  for (const { files } of before) {
    for (const { key } of files) {
      if (!kept.has(key)) await store.delete(folder + key);
    }
  }
}
