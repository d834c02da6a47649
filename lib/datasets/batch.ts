import type { TableSchema } from "./schema.ts";

/**
 * One column of a batch. Booleans are 0 and 1, decimals scaled integers,
 * timestamps µs since 1970, texts strings. What stands at a NULL has no meaning.
 */
export interface Vector {
  readonly values: Float64Array | readonly string[];
  /** 1 where NULL; `null` when there is none. */
  readonly nulls: Uint8Array | null;
}

/** Consecutive rows of a table, by column, in the schema's order. */
export interface Batch {
  readonly table: TableSchema;
  /** The first row's number. */
  readonly from: number;
  readonly rows: number;
  readonly columns: readonly Vector[];
}
