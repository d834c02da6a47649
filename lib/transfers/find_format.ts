import { ServemarkError } from "../core/errors.ts";
import type { Place } from "../formats/source.ts";
import { openStore } from "../stores/open.ts";
import { schemeOf, splitUri } from "../stores/split_uri.ts";
import type { Store, StoreOptions } from "../stores/store.ts";
import { INCREMENT } from "./increment.ts";

/** A place, and the name of the format that what is there has. */
export interface FoundFormat {
  readonly format: string;
  readonly place: Place;
}

/** Names of single files, by format. */
const FILES: readonly (readonly [ending: RegExp, format: string])[] = [
  [/(^|[./\\])increment\.json$/, "increment"],
  [/\.(dump|backup)$/i, "pg_dump"],
  [/\.parquet$/i, "parquet"],
  [/\.(csv|tsv)(\.gz|\.zst)?$/i, "csv"],
];

/** What folders of datasets hold, by format; the first that is there counts. */
const CONTENTS: readonly (readonly [name: RegExp, format: string])[] = [
  [/^increment\.json$/, "increment"],
  [/(^|\/)manifest-summary\.json$/, "dynamodb_json"],
  [/(^|\/)AWSDynamoDB\//, "dynamodb_json"],
  [/\.parquet$/i, "parquet"],
  [/\.(csv|tsv)(\.gz|\.zst)?$/i, "csv"],
];

/** Objects looked at to tell what a folder is. */
const ENOUGH = 10_000;

/** The format that a file's name tells, if it does. */
export function formatOfName(name: string): string | undefined {
  const path = name.replace(/\?.*$/s, "");
  return FILES.find(([ending]) => ending.test(path))?.[1];
}

/** Formats by how their files begin, where names do not tell. */
const BEGINNINGS: readonly (readonly [text: string, format: string])[] = [
  ["PGDMP", "pg_dump"],
  ["PAR1", "parquet"],
];

/** Whether a plain name is a file or folder here. */
export async function isHere(name: string): Promise<boolean> {
  try {
    await Deno.stat(name);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** Whether a text names a place, not a dataset: it has a scheme, a slash or a known ending. */
export function namesPlace(text: string): boolean {
  return schemeOf(text) !== undefined || /[/\\]/.test(text) || text === "." ||
    formatOfName(text) !== undefined;
}

/**
 * What there is at a path or URI: a file, whose ending, beginning or `given`
 * format tells what it holds, or a folder of files with known endings.
 *
 * @throws {ServemarkError} where nothing is there, or nothing that can be read
 */
export async function findFormat(
  uri: string,
  given?: string,
  options: StoreOptions = {},
): Promise<FoundFormat> {
  const named = given ?? formatOfName(uri);
  if (isObjectName(uri)) {
    const { store, key } = splitUri(uri);
    const place = { store: await openStore(store, options), key };
    if (await place.store.exists(key)) {
      return { format: named ?? await formatOfBytes(place), place };
    }
  }
  const store = await openStore(uri.replace(/(.)\/+(\?|$)/, "$1$2"), options);
  const inside = await formatOfFolder(store);
  if (inside) return found(inside, store);
  throw new ServemarkError(`Cannot read ${uri}`, {
    cause: await store.exists("toc.dat")
      ? "it is in pg_dump's directory format"
      : named
      ? "there is no such file, nor a folder with a dataset"
      : "there is no file or folder there that holds a dataset",
    place: store.uri,
    remedy: await store.exists("toc.dat")
      ? "Make the archive with pg_dump -Fc"
      : named
      ? "Correct the path or URI"
      : KNOWN,
    exitCode: 2,
  });
}

/** Whether a path or URI can be a file's: something stands behind a folder's slash, or a bucket. */
function isObjectName(uri: string): boolean {
  const [path] = uri.split("?");
  if (/[/\\]\.{0,2}$|^\.{1,2}$/.test(path)) return false;
  return schemeOf(uri) === undefined || schemeOf(uri) === "file" ||
    /:\/*[^/]+\/./.test(path);
}

/** The format that a file's first bytes tell. */
async function formatOfBytes({ store, key }: Place): Promise<string> {
  const bytes = await store.get(key, { from: 0, to: 5 });
  const text = new TextDecoder("latin1").decode(bytes);
  const format = BEGINNINGS.find(([begin]) => text.startsWith(begin))?.[1];
  if (format) return format;
  throw new ServemarkError(`Cannot tell what ${store.locate(key)} holds`, {
    cause: "neither its name nor its beginning says which format it has",
    remedy: "Name the format, such as --format=csv",
    exitCode: 2,
  });
}

function found(format: string, store: Store): FoundFormat {
  const key = format === "increment" ? INCREMENT : "";
  return { format, place: { store, key } };
}

/** What can be read, for errors. */
export const KNOWN =
  "Known: a dataset of the catalog (fraud_detection_v1.0), " +
  "an archive of pg_dump (.dump), Parquet (.parquet), CSV (.csv, .csv.gz, .csv.zst), " +
  "a folder of Parquet, of CSV or of an export of DynamoDB, " +
  "postgres://user@host/database, dynamodb://region";

async function formatOfFolder(store: Store): Promise<string | undefined> {
  const found = new Set<string>();
  let seen = 0;
  for await (const { key } of store.list()) {
    for (const [name, format] of CONTENTS) {
      if (name.test(key)) found.add(format);
    }
    if (++seen === ENOUGH) break;
  }
  return CONTENTS.find(([, format]) => found.has(format))?.[1];
}
