/**
 * Words that engines take from standard SQL alike.
 *
 * @module
 */
import type { ColumnSchema, ColumnType } from "../schema.ts";

/** A quoted identifier. */
export function quote(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** A quoted text. */
export function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** `schema.table`. */
export function tableName(schema: string, table: string): string {
  return `${quote(schema)}.${quote(table)}`;
}

/** What stands in a CREATE TABLE's parentheses. */
export function declarations(
  columns: readonly ColumnSchema[],
  columnType: (type: ColumnType) => string,
): string {
  return columns.map(({ name, type, nullable }) =>
    `\n  ${quote(name)} ${columnType(type)}${nullable ? "" : " NOT NULL"}`
  ).join(",") + "\n";
}

/** The statement that adds the primary key. */
export function addKey(
  schema: string,
  table: string,
  key: readonly string[],
): string[] {
  const columns = key.map(quote).join(", ");
  return [
    `ALTER TABLE ${tableName(schema, table)} ADD PRIMARY KEY (${columns})`,
  ];
}

/** A row's canonical text, from its columns'; further ones stand on lines of this indent. */
export function canonicalRow(
  columns: readonly ColumnSchema[],
  canonical: (column: ColumnSchema) => string,
  indent: string,
): string {
  return columns.map((column) => {
    const text = canonical(column);
    return column.nullable ? `coalesce(${text}, '\\N')` : text;
  }).join(`\n${indent}|| '|' || `);
}
