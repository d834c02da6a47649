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
import { checkKey, type Store } from "../stores/store.ts";
import type { DatasetIdentity } from "./source.ts";

/** The file's name. */
export const DESCRIPTION = "servemark.json";
const SCHEMA_VERSION = 1;
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

/** A schema alone, of whatever more a table's spec says. */
export function plainSchema(table: TableSchema): TableSchema {
  const { name, entity, columns, key, keyForm, rows } = table;
  return {
    name,
    entity,
    columns: columns.map(({ name, type, nullable }) => ({
      name,
      type,
      nullable,
    })),
    key,
    keyForm,
    rows,
  };
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
  const problem = problemOf(found);
  if (problem !== undefined) throw fail(problem);
  return found as Description;
}

type Loose = Readonly<Record<string, unknown>>;

function isObject(value: unknown): value is Loose {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && value as number >= 0;
}

/** What is wrong with a description; `undefined` where nothing is. */
function problemOf(found: unknown): string | undefined {
  if (!isObject(found)) return "it is not an object";
  if (found.schemaVersion !== SCHEMA_VERSION) {
    return `its schemaVersion is ${found.schemaVersion}, not ${SCHEMA_VERSION}`;
  }
  if (typeof found.format !== "string") return "it names no format";
  if (found.state !== "whole" && found.state !== "writing") {
    return "it does not say whether it is whole";
  }
  if (!Array.isArray(found.tables)) return "it lists no tables";
  const names = new Set<unknown>();
  for (const [t, entry] of found.tables.entries()) {
    if (!isObject(entry) || !isObject(entry.table)) {
      return `table ${t + 1} has no schema`;
    }
    const problem = tableProblem(entry.table) ?? filesProblem(entry);
    if (problem) return `table ${entry.table.name ?? t + 1}: ${problem}`;
    if (names.has(entry.table.name)) {
      return `two tables are called ${entry.table.name}`;
    }
    names.add(entry.table.name);
  }
}

const KINDS = new Set([
  "boolean",
  "integer",
  "bigint",
  "decimal",
  "double",
  "text",
  "bytes",
  "date",
  "timestamp",
]);

function tableProblem(table: Loose): string | undefined {
  const { name, entity, columns, key, keyForm, rows } = table;
  if (typeof name !== "string" || typeof entity !== "string") {
    return "it has no name or entity";
  }
  if (!isCount(rows)) return "its rows are not counted";
  if (!Array.isArray(columns) || columns.length === 0) {
    return "it has no columns";
  }
  const names = new Set<string>();
  for (const column of columns) {
    if (
      !isObject(column) || typeof column.name !== "string" ||
      typeof column.nullable !== "boolean" || !isObject(column.type)
    ) return "a column has no name, type or nullability";
    const { kind, precision, scale } = column.type;
    if (!KINDS.has(kind as string)) {
      return `column "${column.name}" is of the unknown type ${kind}`;
    }
    if (kind === "decimal") {
      const fits = isCount(precision) && isCount(scale) &&
        precision >= 1 && precision <= 1000 && scale <= precision;
      if (!fits) return `column "${column.name}" has no precision and scale`;
    }
    if (names.has(column.name)) return `two columns are "${column.name}"`;
    names.add(column.name);
  }
  if (!Array.isArray(key) || key.some((k) => !names.has(k))) {
    return "its key is not among its columns";
  }
  const form = isObject(keyForm) ? keyForm.as : undefined;
  return ["integer", "id", "listed"].includes(form as string)
    ? undefined
    : "its keys have no form";
}

function filesProblem(
  { files, others, fingerprint }: Loose,
): string | undefined {
  if (
    typeof fingerprint !== "string" || !/^\d+(?::\d+){4}$/.test(fingerprint)
  ) return "its fingerprint is none";
  if (!Array.isArray(files)) return "it lists no files";
  if (others !== undefined && !Array.isArray(others)) {
    return "its other files are no list";
  }
  for (const file of files) {
    if (
      !isObject(file) || typeof file.key !== "string" || !isCount(file.rows) ||
      !isCount(file.bytes)
    ) return "a file has no key, rows or bytes";
  }
  for (const key of [...files.map((file) => file.key), ...others ?? []]) {
    try {
      checkKey(String(key));
    } catch (error) {
      return messageOf(error).split("\n")[0];
    }
  }
}
