/**
 * What the SQL of one engine differs in. An engine is one file that states it,
 * and one line in `dialects.ts`.
 *
 * @module
 */
import type { ColumnSchema, ColumnType } from "../schema.ts";

/** Writes rows from, from + 1, … of a table. */
export interface RowRange {
  readonly from: number;
  readonly count: number;
}

/** One engine's words. Operands come in parentheses where they need them. */
export interface Dialect {
  readonly name: string;
  /** The engine's name for people. */
  readonly title: string;

  /** A quoted identifier. */
  quote(name: string): string;
  /** A quoted text. */
  literal(text: string): string;
  /** `schema.table`. */
  tableName(schema: string, table: string): string;

  /** The quotient of two integers, rounded towards 0. */
  divide(left: string, right: string): string;
  /** The remainder of integers ≥ 0. */
  remainder(left: string, right: string): string;
  /** A number made a 64-bit integer. */
  wide(value: string): string;
  /** A constant list of 64-bit integers. Long ones break over lines of this indent. */
  numbers(values: readonly number[], indent: string): string;
  /** A constant list of texts. */
  texts(values: readonly string[]): string;
  /** The value at a place of a list, counted from 1. */
  at(list: string, place: string): string;
  /**
   * The last place, counted from 1, whose threshold is ≤ x. Engines without a
   * function for it are given a binary search, one layer a level.
   */
  readonly search?: (thresholds: string, x: string) => string;

  /** Row numbers as a column `i`, a query. */
  rows(range: RowRange): string;
  /** What a layer ends with, so that the optimiser does not merge it with the next. */
  readonly barrier: string;
  /** What stands between a common table expression's name and its query. */
  readonly as: string;

  /** A column's SQL type. */
  columnType(type: ColumnType): string;
  /** A column's value from its integer. Texts are given by {@link id} and {@link at}. */
  value(type: ColumnType, integer: string): string;
  /**
   * `prefix` and the number, zero-padded to `digits`.
   *
   * @param longer whether numbers may have more digits, all of which stay
   */
  id(prefix: string, digits: number, integer: string, longer: boolean): string;

  /** The statement that writes a query's rows to a file of zstd Parquet, where there is one. */
  readonly copyRows?: (query: string, file: string) => string;
  /** What a query reads such files from. */
  readonly readFiles?: (files: readonly string[]) => string;

  /** The statements that make an empty table, in place of one that may be there. */
  createTable(
    schema: string,
    table: string,
    columns: readonly ColumnSchema[],
  ): string[];
  /** The statements that set up a session and make a schema. */
  createSchema(schema: string): string[];
  /** The statement that adds the primary key; none where engines have none. */
  addKey(schema: string, table: string, key: readonly string[]): string[];
  /** A row's canonical text, as `datasets/canonical.ts` defines it. */
  canonicalRow(columns: readonly ColumnSchema[]): string;
  /**
   * A query of one text, the fingerprint of a table or query, as
   * `datasets/fingerprint.ts` defines it.
   *
   * @param source the table's name, or a query in parentheses with an alias
   */
  fingerprint(source: string, columns: readonly ColumnSchema[]): string;
}
