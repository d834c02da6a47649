/**
 * What a table looks like, wherever its rows come from.
 *
 * @module
 */

/**
 * A column's logical type. Decimals are scaled integers, timestamps µs since
 * 1970 (UTC), dates days since 1970.
 */
export type ColumnType =
  & (
    | { readonly kind: "boolean" }
    /** 32 bits. */
    | { readonly kind: "integer" }
    /** 64 bits. */
    | { readonly kind: "bigint" }
    | {
      readonly kind: "decimal";
      readonly precision: number;
      readonly scale: number;
    }
    /** IEEE 754, 64 bits. */
    | { readonly kind: "double" }
    | { readonly kind: "text" }
    | { readonly kind: "bytes" }
    | { readonly kind: "date" }
    | { readonly kind: "timestamp" }
  )
  & {
    /**
     * The type that PostgreSQL declares where it is not the kind's own:
     * `smallint`, `real`, `jsonb`, `timestamp with time zone`. Types that no
     * kind stands for (arrays, uuid, intervals) are texts in PostgreSQL's form.
     */
    readonly native?: string;
  };

/** The names of the logical types. */
export type ColumnKind = ColumnType["kind"];

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
  | { readonly as: "id"; readonly prefix: string; readonly digits: number }
  /** No formula: the keys of data that was not generated. */
  | {
    readonly as: "listed";
    /** The keys, or a uniform sample of them; read from the catalog before a run. */
    readonly values?: readonly (number | string)[];
  };

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
  switch (form.as) {
    case "integer":
      return form.first + i;
    case "id":
      return form.prefix + String(i).padStart(form.digits, "0");
    case "listed": {
      const value = form.values?.[i];
      if (value !== undefined) return value;
      throw new RangeError(`Cannot give key ${i}: it is not in the list`);
    }
  }
}
