import { ServemarkError } from "../../core/errors.ts";
import type { Store } from "../../stores/store.ts";
import { withoutExtension } from "../compressed.ts";
import {
  type ManifestSummary,
  parseFiles,
  parseSummary,
  readManifest,
} from "./manifest.ts";

/** A data file, and what a manifest says of it. */
export interface DataFile {
  readonly key: string;
  readonly bytes: number;
  readonly items?: number;
  /** MD5 of the stored bytes, in base64. */
  readonly md5?: string;
}

/** A table's files. */
export interface FoundTable {
  readonly name: string;
  readonly files: readonly DataFile[];
  readonly notes: readonly string[];
}

const DATA = /\.json(?:l|\.gz|\.zst)?$/i;
const MANIFEST = /(?:^|\/)manifest-(?:summary|files)\.(?:json|md5|checksum)$/;
const SUMMARY = "manifest-summary.json";

/**
 * Finds the tables below a folder: by the manifests of DynamoDB's exports, or,
 * where there are none, by the folders that `.json`, `.json.gz` and `.json.zst`
 * files lie in.
 *
 * @throws {ServemarkError} for exports that are not whole, and for several full
 * ones of one table
 */
export async function findTables(
  store: Store,
  folder: string,
  name: string,
): Promise<FoundTable[]> {
  const sizes = new Map<string, number>();
  for await (const { key, bytes } of store.list(folder)) sizes.set(key, bytes);
  const keys = [...sizes.keys()];
  const summaries = keys.filter((key) =>
    key === SUMMARY || key.endsWith(`/${SUMMARY}`)
  );
  if (summaries.length > 0) {
    return await byManifests(store, summaries, sizes, name);
  }
  if (keys.some((key) => key.endsWith("/_started") || key === "_started")) {
    throw new ServemarkError(`Cannot read ${name} as DynamoDB JSON`, {
      cause: "the export has begun, but its manifest-summary.json is not there",
      place: name,
      remedy: "Wait until the export is complete, or fetch all of its files",
    });
  }
  const files = keys.filter((key) => DATA.test(key) && !MANIFEST.test(key));
  if (files.length === 0) {
    throw new ServemarkError(`Cannot read ${name} as DynamoDB JSON`, {
      cause:
        "no manifest-summary.json and no .json, .json.gz or .json.zst is there",
      place: name,
      remedy: "Name the folder that holds AWSDynamoDB, or one of its files",
    });
  }
  const tables = Map.groupBy(files, (key) => tableOf(key, folder, name));
  return [...tables].map(([table, own]) => ({
    name: table,
    files: own.map((key) => ({ key, bytes: sizes.get(key)! })),
    notes: [`${table}: no manifest says how many items there are`],
  }));
}

interface FoundExport {
  readonly table: string;
  readonly folder: string;
  readonly summary: ManifestSummary;
  readonly incremental: boolean;
}

async function byManifests(
  store: Store,
  summaries: readonly string[],
  sizes: ReadonlyMap<string, number>,
  name: string,
): Promise<FoundTable[]> {
  const exports: FoundExport[] = [];
  for (const key of summaries) {
    const summary = parseSummary(
      await readManifest(store, key),
      store.locate(key),
    );
    const folder = key.slice(0, -SUMMARY.length);
    exports.push({
      table: /table\/([^/]+)/.exec(String(summary.tableArn ?? ""))?.[1] ??
        tableOf(key, "", name),
      folder,
      summary,
      incremental: summary.exportType === "INCREMENTAL_EXPORT",
    });
  }
  const tables: FoundTable[] = [];
  for (const [table, own] of Map.groupBy(exports, (e) => e.table)) {
    const full = own.filter((e) => !e.incremental);
    if (full.length > 1 || full.length === 0 && own.length > 1) {
      throw new ServemarkError(`Cannot read ${name} as DynamoDB JSON`, {
        cause: `there are ${own.length} exports of table ${table}: ${
          own.map((e) => e.folder).join(", ")
        }`,
        place: name,
        remedy: "Name the folder of the one that is meant",
      });
    }
    const chosen = full[0] ?? own[0];
    tables.push({
      name: table,
      files: await filesOf(store, chosen, sizes),
      notes: notesOf(table, chosen, own.length - 1),
    });
  }
  return tables;
}

function notesOf(
  table: string,
  { incremental, summary }: FoundExport,
  others: number,
): string[] {
  if (incremental) {
    const { exportFromTime, exportToTime } = summary;
    return [
      `${table}: this is an incremental export, from ${exportFromTime} to ` +
      `${exportToTime}: its rows are the items that changed, as they were at ` +
      "its end, not the whole table; deleted ones are left out",
    ];
  }
  return others > 0
    ? [`${table}: ${others} incremental exports are not applied`]
    : [];
}

/** A data file's key here, whatever prefix it had in its bucket. */
async function filesOf(
  store: Store,
  { folder, summary, incremental }: FoundExport,
  sizes: ReadonlyMap<string, number>,
): Promise<DataFile[]> {
  const key = `${folder}manifest-files.json`;
  const place = store.locate(key);
  const files = parseFiles(await readManifest(store, key), place);
  const items = files.reduce((sum, file) => sum + file.itemCount, 0);
  if (summary.itemCount !== undefined && summary.itemCount !== items) {
    throw new ServemarkError(`Cannot read ${place}`, {
      cause:
        `its files have ${items} items together, the summary says ${summary.itemCount}`,
      place,
      remedy: "Fetch the export again from its bucket",
    });
  }
  // Incremental exports share one folder of data beside those of the exports.
  const parent = folder.replace(/[^/]+\/$/, "");
  return files.map(({ dataFileS3Key, itemCount, md5Checksum }) => {
    const own = dataFileS3Key.slice(dataFileS3Key.lastIndexOf("/") + 1);
    const candidates = [
      `${folder}data/${own}`,
      ...(incremental ? [`${parent}data/${own}`] : []),
      folder + own,
    ];
    const found = candidates.find((candidate) => sizes.has(candidate));
    if (found === undefined) {
      throw new ServemarkError(`Cannot read ${place}`, {
        cause: `its data file ${dataFileS3Key} is not there`,
        place,
        remedy: `Fetch it to ${store.locate(candidates[0])}`,
      });
    }
    return {
      key: found,
      bytes: sizes.get(found)!,
      items: itemCount,
      md5: md5Checksum,
    };
  });
}

/** The table of a file that nothing says anything of: the folder that holds it. */
function tableOf(key: string, folder: string, name: string): string {
  const folders = key.slice(folder.length).split("/").slice(0, -1);
  const at = folders.indexOf("AWSDynamoDB");
  const own = (at >= 0 ? folders.slice(0, at) : folders)
    .filter((part) => part !== "data").at(-1);
  const above = name.replace(/\/+$/, "").split("/").filter((part) =>
    !["data", "AWSDynamoDB"].includes(part)
  ).at(-1);
  return own ?? withoutExtension(above ?? "items").replace(/\.jsonl?$/i, "");
}
