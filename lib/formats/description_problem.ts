import { messageOf } from "../core/errors.ts";
import { checkKey } from "../stores/store.ts";

/** The form of `servemark.json` that is written and read. */
export const SCHEMA_VERSION = 1;

type Loose = Readonly<Record<string, unknown>>;

function isObject(value: unknown): value is Loose {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && value as number >= 0;
}

/** What is wrong with a description; `undefined` where nothing is. */
export function descriptionProblem(found: unknown): string | undefined {
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
