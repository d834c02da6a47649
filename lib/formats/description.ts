/**
 * `servemark.json`, beside the files of a format that cannot itself say which
 * types its columns have: tables with their schemas, files and fingerprints,
 * and which dataset they are.
 *
 * @module
 */
import { messageOf, ServemarkError } from "../core/errors.ts";
import type { Fingerprint } from "../datasets/fingerprint.ts";
import type { TableSchema } from "../datasets/schema.ts";
import type { Store } from "../stores/store.ts";
import { descriptionProblem, SCHEMA_VERSION } from "./description_problem.ts";
import type { DatasetIdentity } from "./source.ts";

/** The file's name. */
export const DESCRIPTION = "servemark.json";
/** Bytes of the largest description that is read. */
const MOST_BYTES = 1 << 26;

/** One of a table's files. */
export interface DescribedFile {
  /** Relative to the description's folder. */
  readonly key: string;
  readonly rows: number;
  readonly bytes: number;
}

/** One table. */
export interface DescribedTable {
  readonly table: TableSchema;
  readonly files: readonly DescribedFile[];
  /** Further objects that belong to it: manifests. */
  readonly others?: readonly string[];
  readonly fingerprint: Fingerprint;
  /** For people: what the rows' form cannot say. */
  readonly notes?: readonly string[];
}

/** What a folder holds. */
export interface Description {
  readonly schemaVersion: number;
  /** `csv`, `dynamodb_json`. */
  readonly format: string;
  /** `writing` until all is there; a folder that stays so was not finished. */
  readonly state: "writing" | "whole";
  /** What decides the files' bytes: with it, an unfinished export is taken up. */
  readonly job?: string;
  readonly identity?: DatasetIdentity;
  readonly tables: readonly DescribedTable[];
}

/** Table name → fingerprint. */
export function fingerprintsOf(
  tables: readonly DescribedTable[],
): Readonly<Record<string, Fingerprint>> {
  return Object.fromEntries(
    tables.map(({ table, fingerprint }) => [table.name, fingerprint]),
  );
}

/** Refuses to read what another format wrote, and what was not finished. */
export function checkWhole(
  description: Description,
  format: { readonly name: string; readonly title: string },
  place: string,
): void {
  const own = description.format === format.name;
  if (own && description.state === "whole") return;
  throw new ServemarkError(`Cannot read ${place} as ${format.title}`, {
    cause: own
      ? "its export was not finished"
      : `it was written as ${description.format}`,
    place,
    remedy: own
      ? "Run the export again: it goes on where it stopped"
      : `Open it as ${description.format}`,
  });
}

/** Writes the description, in place of one that was there. */
export async function writeDescription(
  store: Store,
  folder: string,
  description: Omit<Description, "schemaVersion">,
): Promise<number> {
  const bytes = new TextEncoder().encode(
    JSON.stringify({ schemaVersion: SCHEMA_VERSION, ...description }, null, 2) +
      "\n",
  );
  await store.put(folder + DESCRIPTION, bytes);
  return bytes.length;
}

/**
 * Reads a folder's description; `undefined` where there is none.
 *
 * @throws {ServemarkError} for one that says nothing that can be relied on
 */
export async function readDescription(
  store: Store,
  folder: string,
): Promise<Description | undefined> {
  const key = folder + DESCRIPTION;
  const place = store.locate(key);
  const stat = await store.stat(key);
  if (!stat) return undefined;
  const fail = (cause: string, error?: unknown) =>
    new ServemarkError(`Cannot read ${place}`, {
      cause,
      place,
      remedy:
        "Export the tables again; or remove the file, and types are inferred",
      error,
    });
  if (stat.bytes > MOST_BYTES) throw fail(`it has ${stat.bytes} bytes`);
  const bytes = await store.get(key);
  if (!bytes) return undefined;
  let found: unknown;
  try {
    found = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (error) {
    throw fail(`it is not JSON (${messageOf(error)})`, error);
  }
  const problem = descriptionProblem(found);
  if (problem !== undefined) throw fail(problem);
  return found as Description;
}
