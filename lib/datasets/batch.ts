import type { TableSchema } from "./schema.ts";

/**
 * The values of a column, by its type:
 *
 * | type | values |
 * | --- | --- |
 * | boolean | numbers, 0 and 1 |
 * | integer | numbers |
 * | bigint, decimal up to 18 digits | numbers while all are within ±2⁵³, else 64-bit integers; decimals scaled |
 * | decimal beyond 18 digits | texts of their scaled integers |
 * | double | numbers, NaN and infinities and −0 among them |
 * | timestamp | µs since 1970, UTC: numbers while all are within ±2⁵³, else 64-bit integers |
 * | date | days since 1970: numbers |
 * | text | texts |
 * | bytes | byte strings |
 *
 * What stands at a NULL has no meaning.
 */
export type Values =
  | Float64Array
  | BigInt64Array
  | readonly string[]
  | readonly Uint8Array[];

/** One column of a batch. */
export interface Vector {
  /** May be made when it is first asked for, where `texts` says how. */
  readonly values: Values;
  /** 1 where NULL; `null` when there is none. */
  readonly nulls: Uint8Array | null;
  /** How the texts come about, for writers that then need not make strings. */
  readonly texts?: TextSource;
}

/** Texts that follow from numbers. */
export type TextSource =
  /** `words[numbers[row]]`. */
  | {
    readonly kind: "words";
    readonly words: readonly string[];
    readonly numbers: Float64Array;
  }
  /** `prefix` and the number, zero-padded to `digits`. */
  | {
    readonly kind: "ids";
    readonly prefix: string;
    readonly digits: number;
    readonly numbers: Float64Array;
  };

/** Consecutive rows of a table, by column, in the schema's order. */
export interface Batch {
  readonly table: TableSchema;
  /** The first row's number. */
  readonly from: number;
  readonly rows: number;
  readonly columns: readonly Vector[];
}

/** One value of a vector: `null` where it is NULL. */
export type Value = number | bigint | string | Uint8Array | null;

/** The value of a vector's row. */
export function valueAt({ values, nulls }: Vector, row: number): Value {
  return nulls !== null && nulls[row] === 1 ? null : values[row];
}
