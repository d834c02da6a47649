import type { DatasetSpec } from "./spec.ts";

const MAX_TABLES = 10_000;
const MAX_COLUMNS = 20_000;
const MAX_ROWS = 2 ** 52;
const KINDS = [
  ...["boolean", "integer", "bigint", "decimal", "double", "text", "bytes"],
  ...["date", "timestamp"],
];

/**
 * Believes that a value read from somewhere is a spec, or says what is wrong:
 * its shape, not the sense of its laws, which their compilers check.
 *
 * @throws {Error} naming the place within the spec
 */
export function checkSpec(value: unknown): DatasetSpec {
  const spec = objectOf(value, "the spec");
  for (const key of ["name", "version"]) textOf(spec[key], `the spec's ${key}`);
  wholeOf(spec.seed, "the spec's seed");
  if (typeof spec.description !== "string") {
    throw new Error("the spec's description is not a text");
  }
  unique(
    listOf(spec.entities, MAX_TABLES, "entities").map((entity, k) =>
      checkEntity(objectOf(entity, `entity ${k}`), k)
    ),
    "entities",
  );
  unique(
    listOf(spec.tables, MAX_TABLES, "tables").map((table, k) =>
      checkTable(objectOf(table, `table ${k}`), k)
    ),
    "tables",
  );
  return value as DatasetSpec;
}

type Fields = Readonly<Record<string, unknown>>;

function checkEntity(entity: Fields, k: number): string {
  const name = nameOf(entity.name, `the name of entity ${k}`);
  wholeOf(entity.keys, `the keys of entity ${name}`);
  objectOf(entity.keyForm, `the key form of entity ${name}`);
  return name;
}

function checkTable(table: Fields, k: number): string {
  const name = nameOf(table.name, `the name of table ${k}`);
  const at = `table ${name}`;
  wholeOf(table.rows, `the rows of ${at}`);
  objectOf(table.keyForm, `the key form of ${at}`);
  const columns = listOf(table.columns, MAX_COLUMNS, `columns of ${at}`);
  const names = columns.map((item, c) => {
    const column = objectOf(item, `column ${c} of ${at}`);
    const own = textOf(column.name, `the name of column ${c} of ${at}`);
    const { kind } = objectOf(column.type, `the type of ${own} of ${at}`);
    if (!KINDS.includes(kind as string)) {
      throw new Error(`column ${own} of ${at} has an unknown type`);
    }
    objectOf(column.distribution, `the law of ${own} of ${at}`);
    return own;
  });
  unique(names, `columns of ${at}`);
  for (const key of listOf(table.key, MAX_COLUMNS, `key columns of ${at}`)) {
    if (!names.includes(key as string)) {
      throw new Error(`${at} has no column for its key`);
    }
  }
  return name;
}

function objectOf(value: unknown, what: string): Fields {
  if (value && typeof value === "object" && !Array.isArray(value)) {
    return value as Fields;
  }
  throw new Error(`${what} is missing or no object`);
}

function listOf(value: unknown, most: number, what: string): unknown[] {
  if (!Array.isArray(value)) throw new Error(`there is no list of ${what}`);
  if (value.length <= most) return value;
  throw new Error(`there are ${value.length} ${what}, over ${most}`);
}

function textOf(value: unknown, what: string): string {
  if (typeof value === "string" && value !== "" && value.length <= 1000) {
    return value;
  }
  throw new Error(`${what} is missing or no text`);
}

/** Names of tables become names of files. */
function nameOf(value: unknown, what: string): string {
  const name = textOf(value, what);
  // deno-lint-ignore no-control-regex
  if (!/[/\\\x00-\x1f]/.test(name) && !name.startsWith(".")) return name;
  throw new Error(`${what} holds "/", "\\" or begins with "."`);
}

function wholeOf(value: unknown, what: string): void {
  const n = value as number;
  if (Number.isSafeInteger(n) && n >= 0 && n <= MAX_ROWS) return;
  throw new Error(`${what} is no whole number from 0`);
}

function unique(names: readonly string[], what: string): void {
  if (new Set(names).size === names.length) return;
  throw new Error(`two ${what} have one name`);
}
