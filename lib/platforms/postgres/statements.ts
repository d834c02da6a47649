/**
 * SQL of this platform's tables.
 *
 * @module
 */
import type { ColumnSchema, TableSchema } from "../../datasets/schema.ts";
import { columnType, postgres, textOf } from "../../datasets/sql/postgres.ts";
import { literal, quote } from "../../datasets/sql/standard.ts";

export { literal, quote };
/** A column that is kept as text, as text. */
export const textSql = textOf;

/** A table's full name. */
export function tableName(schema: string, table: TableSchema): string {
  return `${quote(schema)}.${quote(table.name)}`;
}

/** A column's SQL type. */
export function sqlType({ type }: ColumnSchema): string {
  return columnType(type);
}

/** Creates an empty table in place of one that may be there. Keys come later, in bulk. */
export function createTable(schema: string, table: TableSchema): string {
  return postgres.createTable(schema, table.name, table.columns).join("; ");
}

/** Adds the primary key. */
export function addKey(schema: string, table: TableSchema): string {
  return postgres.addKey(schema, table.name, table.key).join("; ");
}

/** Reads the rows of one entity key, all columns in the schema's order. */
export function lookup(schema: string, table: TableSchema): string {
  return `SELECT ${table.columns.map((c) => quote(c.name)).join(", ")} FROM ${
    tableName(schema, table)
  } WHERE ${quote(table.key[0])} = $1`;
}

/** The fingerprint's row count and four sums, computed by the server. */
export function fingerprintQuery(schema: string, table: TableSchema): string {
  return postgres.fingerprint(tableName(schema, table), table.columns);
}
