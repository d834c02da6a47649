import { ServemarkError } from "../../core/errors.ts";
import { unknownName } from "../../core/names.ts";
import { specDigest } from "../digest.ts";
import type { DatasetSpec, TableSpec } from "../spec.ts";
import type { Dialect } from "./dialect.ts";
import { dialectNamed } from "./dialects.ts";
import { plainText } from "./hash_layers.ts";
import { rowsQuery } from "./table_rows.ts";

/** What a statement is for. */
export type Purpose = "schema" | "table" | "rows" | "key" | "fingerprint";

/** One statement of a script, without a semicolon at its end. */
export interface SqlStatement {
  readonly purpose: Purpose;
  readonly sql: string;
  /** Whose statement it is; none for the schema's. */
  readonly table?: string;
  /** The rows that a statement of rows makes. */
  readonly from?: number;
  readonly count?: number;
}

/** A dataset as SQL: statements in the order in which they are to run. */
export interface SqlScript {
  readonly dialect: string;
  readonly statements: readonly SqlStatement[];
  /** The whole script as text, commented, to be run by the engine's own command line. */
  readonly text: string;
}

/** How a dataset is written as SQL. */
export interface SqlOptions {
  /** The schema that the tables are made in. @default "servemark" */
  schema?: string;
  /** Some of the spec's tables. @default all */
  tables?: readonly string[];
  /**
   * The most rows that one statement makes.
   * @default 10 million, or a 64th of the table where that is more
   */
  rowsPerStatement?: number;
  /** Rows from, from + 1, … of each table, `count` of them. @default all rows */
  range?: { readonly from: number; readonly count: number };
  /**
   * The folder that Parquet files are written to, instead of tables; DuckDB only.
   */
  parquet?: string;
}

const ROWS_PER_STATEMENT = 10_000_000;
/** Of one table, unless told otherwise: a script of 16.6 billion rows stays readable. */
const MOST_STATEMENTS = 64;

/**
 * Writes a dataset as SQL that generates it inside an engine, bit for bit the
 * rows that Servemark generates: the same integer arithmetic, a layer of
 * sub-queries an operation. The script ends with a query of each table's
 * fingerprint.
 *
 * @param dialect `postgres`, `duckdb` or `spark`
 * @throws {ServemarkError} for an unknown dialect or table, and for tables
 * whose rows are not drawn
 */
export function datasetSql(
  spec: DatasetSpec,
  dialect: string,
  options: SqlOptions = {},
): SqlScript {
  const words = dialectNamed(dialect);
  const { schema = "servemark", parquet } = options;
  const tables = chosenTables(spec, options.tables);
  if (parquet !== undefined && words.copyRows === undefined) {
    throw new ServemarkError(`Cannot write Parquet with ${words.title}'s SQL`, {
      remedy: "Write the script for duckdb, or leave `parquet` out",
      exitCode: 2,
    });
  }
  const statements: SqlStatement[] = parquet === undefined
    ? words.createSchema(schema).map((sql) => ({ purpose: "schema", sql }))
    : [];
  for (const table of tables) {
    statements.push(
      ...(parquet === undefined
        ? tableStatements(spec, table, words, schema, options)
        : parquetStatements(spec, table, words, parquet, options)),
    );
  }
  return Object.freeze({
    dialect: words.name,
    statements: Object.freeze(statements),
    text: scriptText(spec, words, statements),
  });
}

/** The tables of a spec that were asked for. */
export function chosenTables(
  spec: DatasetSpec,
  names?: readonly string[],
): readonly TableSpec[] {
  if (names === undefined) return spec.tables;
  const known = spec.tables.map((table) => table.name);
  return names.map((name) => {
    const found = spec.tables.find((table) => table.name === name);
    if (!found) throw unknownName("table", name, known);
    return found;
  });
}

/** The statements that make one table, all its rows, its key and its fingerprint. */
export function tableStatements(
  spec: DatasetSpec,
  table: TableSpec,
  dialect: Dialect,
  schema: string,
  options: Pick<SqlOptions, "rowsPerStatement" | "range"> = {},
): SqlStatement[] {
  const { name, columns, key } = table;
  const target = dialect.tableName(schema, name);
  const insert = `INSERT INTO ${target} (${
    columns.map((column) => dialect.quote(column.name)).join(", ")
  })\n`;
  const statement = (purpose: Purpose) => (sql: string): SqlStatement => ({
    purpose,
    sql,
    table: name,
  });
  return [
    ...dialect.createTable(schema, name, columns).map(statement("table")),
    ...ranges(table, options).map((range): SqlStatement => ({
      ...statement("rows")(insert + rowsQuery(spec, name, dialect, range)),
      ...range,
    })),
    ...(key.length > 0
      ? dialect.addKey(schema, name, key).map(statement("key"))
      : []),
    statement("fingerprint")(dialect.fingerprint(target, columns)),
  ];
}

function parquetStatements(
  spec: DatasetSpec,
  table: TableSpec,
  dialect: Dialect,
  folder: string,
  options: SqlOptions,
): SqlStatement[] {
  const { name, columns } = table;
  const base = `${folder.replace(/\/$/, "")}/${name}`;
  const parts = ranges(table, options);
  const files = parts.map((_, k) =>
    parts.length === 1
      ? `${base}.parquet`
      : `${base}.${
        String(k + 1).padStart(String(parts.length).length, "0")
      }.parquet`
  );
  return [
    ...parts.map((range, k): SqlStatement => ({
      purpose: "rows",
      table: name,
      sql: dialect.copyRows!(rowsQuery(spec, name, dialect, range), files[k]),
      ...range,
    })),
    {
      purpose: "fingerprint",
      table: name,
      sql: dialect.fingerprint(dialect.readFiles!(files), columns),
    },
  ];
}

/** A table's rows in ranges of bounded length. */
function ranges(
  table: TableSpec,
  options: SqlOptions,
): { from: number; count: number }[] {
  const { from, count } = options.range ?? { from: 0, count: table.rows };
  const { rowsPerStatement = defaultRows(count) } = options;
  if (!(Number.isSafeInteger(rowsPerStatement) && rowsPerStatement >= 1)) {
    throw new ServemarkError("Cannot write the dataset as SQL", {
      cause:
        `rowsPerStatement must be a whole number from 1: current value is ${rowsPerStatement}`,
      exitCode: 2,
    });
  }
  if (!(from >= 0 && count >= 0 && from + count <= table.rows)) {
    throw new ServemarkError("Cannot write the dataset as SQL", {
      cause:
        `rows ${from} to ${from + count - 1} were asked for, and the table ` +
        `has ${table.rows}, numbered from 0`,
      place: `table ${table.name}`,
      exitCode: 2,
    });
  }
  const found: { from: number; count: number }[] = [];
  for (let at = from; at < from + count; at += rowsPerStatement) {
    found.push({
      from: at,
      count: Math.min(rowsPerStatement, from + count - at),
    });
  }
  return found;
}

function defaultRows(count: number): number {
  return Math.max(ROWS_PER_STATEMENT, Math.ceil(count / MOST_STATEMENTS));
}

/** What a statement does, for people. */
function title({ purpose, table, from, count }: SqlStatement): string {
  switch (purpose) {
    case "schema":
      return "The session and the schema.";
    case "table":
      return `Table ${table}, empty.`;
    case "rows":
      return `Table ${table}, rows ${from} to ${from! + count! - 1}.`;
    case "key":
      return `Table ${table}, its primary key.`;
    case "fingerprint":
      return `Table ${table}, its fingerprint: rows, and four sums of 28-bit words of the rows' md5.`;
  }
}

function scriptText(
  spec: DatasetSpec,
  dialect: Dialect,
  statements: readonly SqlStatement[],
): string {
  const parts = statements.map((statement) =>
    `-- ${plainText(title(statement))}\n${statement.sql};\n`
  );
  return `${header(spec, dialect)}\n${parts.join("\n")}`;
}

/** What a reader needs to know to check the script. */
export function header(spec: DatasetSpec, dialect: Dialect): string {
  return [
    `Dataset ${spec.name} ${spec.version}, seed ${spec.seed}, for ${dialect.title}.`,
    `Spec ${specDigest(spec)}.`,
    "",
    "Row i of a column follows from the seed, the table's and the column's names,",
    "and i alone. With P = 67108859 (the largest prime below 2^26), and the",
    "constants A, B, S, C1, C2, C3 = 1 + word mod (P - 1) of the 32-bit words of",
    "SHA-256('seed/table/column'), its hash is",
    "    x = (i mod P) * A + (i div P) * B + S   mod P",
    "    x = ((x * x mod P) * x + C)             mod P   for C1, C2, C3",
    "No product reaches 2^53.",
    "",
    "Column number 4's names: c4_x, c4_y, c4_z are its hashes of 'seed/table/column'",
    "and of that with /fill and /wide (c4_x0 to c4_x2 on the way; c4_xm where mixed",
    "with a correlated column's), c4_n the one that decides on NULL, c4_v its value.",
    "Laws are steps of values with a share of the hashes each: c4_j is the step that",
    "c4_x falls into, c4_f its first value, c4_w its width, and the value is",
    "    c4_f + ((c4_y - c4_q * c4_b div 2^26) * c4_w) div P,  c4_q = c4_y * (P - c4_y) div P",
    "where the tilt c4_b bends an even spread to the law's slope within the step.",
  ].map((line) => `-- ${plainText(line)}`.trimEnd()).join("\n") + "\n";
}
