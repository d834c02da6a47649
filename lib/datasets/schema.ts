/**
 * What a table looks like, wherever its rows come from.
 *
 * @module
 */

/** A column's logical type. Decimals are scaled integers, timestamps µs since 1970 (UTC). */
export type ColumnType =
  | { readonly kind: "boolean" }
  | { readonly kind: "integer" }
  | { readonly kind: "bigint" }
  | {
    readonly kind: "decimal";
    readonly precision: number;
    readonly scale: number;
  }
  | { readonly kind: "text" }
  | { readonly kind: "timestamp" };

/** One column. */
export interface ColumnSchema {
  readonly name: string;
  readonly type: ColumnType;
  readonly nullable: boolean;
}

/** How key number i (0-based) is written. */
export type KeyForm =
  /** The integer `first + i`. */
  | { readonly as: "integer"; readonly first: number }
  /** `prefix` + i, zero-padded to `digits`: `card_00000017`. */
  | { readonly as: "id"; readonly prefix: string; readonly digits: number };

/** One table. The first column of `key` is the entity's key. */
export interface TableSchema {
  readonly name: string;
  /** Whose features these are: `card`, `merchant` … */
  readonly entity: string;
  readonly columns: readonly ColumnSchema[];
  /** Names of the primary key's columns: one for a feature table, more for events. */
  readonly key: readonly string[];
  /** How the entity's key is written. */
  readonly keyForm: KeyForm;
  readonly rows: number;
}

/** Key number i as the platform sees it: a number, or a text. */
export function keyValue(form: KeyForm, i: number): number | string {
  return form.as === "integer"
    ? form.first + i
    : form.prefix + String(i).padStart(form.digits, "0");
}
