/**
 * A dataset's whole definition: some kilobytes that say every bit of its rows,
 * however many they are.
 *
 * @module
 */
import type { ColumnSchema, KeyForm, TableSchema } from "./schema.ts";

/** How a column's integer is drawn. Bounds are inclusive. */
export type Distribution =
  /** The row's entity key: key number i for row i (events: a power-law pick of the entity). */
  | { readonly kind: "key" }
  | { readonly kind: "uniform"; readonly min: number; readonly max: number }
  | {
    readonly kind: "power_law";
    readonly min: number;
    readonly max: number;
    readonly exponent: number;
    /**
     * The weight of v is (v − min + shift)^−exponent: values nearer to `min`
     * than this are about equally likely.
     *
     * @default 1
     */
    readonly shift?: number;
  }
  | {
    readonly kind: "normal";
    readonly mean: number;
    readonly deviation: number;
    readonly min: number;
    readonly max: number;
  }
  /** One of `words`, by weight; for texts. */
  | {
    readonly kind: "categorical";
    readonly words: readonly string[];
    readonly weights: readonly number[];
  }
  /** 1 with this probability; for booleans. */
  | { readonly kind: "flag"; readonly share: number }
  /** A share of the values, the lowest ones, takes a share of the rows; both even within. */
  | {
    readonly kind: "hot_set";
    readonly min: number;
    readonly max: number;
    /** Share of the values that are hot, 0 to 1. */
    readonly hot: number;
    /** Share of the rows that have a hot value, 0 to 1. */
    readonly traffic: number;
  }
  /** start + step · row. */
  | {
    readonly kind: "sequential";
    readonly start: number;
    readonly step: number;
  }
  /** A part of another column's value in the same row, rounded: at least `least`, at most that value. */
  | {
    readonly kind: "fraction";
    /** An earlier column of the table, whose values are ≥ 0. */
    readonly of: string;
    /** The part, drawn uniformly from [min, max]; 0 to 1. */
    readonly min: number;
    readonly max: number;
    /** A number, or the earlier column that holds it. @default 0 */
    readonly least?: number | string;
  }
  /** Two other columns' values multiplied: a count and an average make a sum. */
  | {
    readonly kind: "product";
    /** Earlier columns of the table, whose values are ≥ 0. */
    readonly of: readonly [string, string];
    /** What the product of their integers is divided by, rounding half up. */
    readonly divisor: number;
  }
  /** A key of another entity, popular ones more often: it always resolves. */
  | {
    readonly kind: "foreign_key";
    readonly entity: string;
    readonly keys: number;
    readonly keyForm: KeyForm;
  }
  /** µs since 1970, within [from, to). */
  | {
    readonly kind: "time";
    readonly from: number;
    readonly to: number;
    /** Weights of the 24 hours of a day (UTC); even unless stated. */
    readonly cycle?: readonly number[];
  }
  /** An event's own time: increasing with the row, so that (entity, time) is a key. */
  | {
    readonly kind: "event_time";
    readonly from: number;
    readonly to: number;
    readonly cycle?: readonly number[];
  }
  /** Not drawn: the rows are in the catalog's parts alone. */
  | { readonly kind: "stored" };

/** How an entity's keys are asked for. */
export type Popularity =
  /** The exponent of a power law; 0 is uniform. */
  | number
  /** A share of the keys, in (0, 1), takes a share of the requests. */
  | { readonly hot: number; readonly traffic: number };

/** A column and how its values come about. */
export interface ColumnSpec extends ColumnSchema {
  readonly distribution: Distribution;
  /** Share of NULLs, 0 to 1, among the rows that are not idle. */
  readonly nulls: number;
  /** What stands in the table's idle rows; a drawn value unless stated. */
  readonly idle?: "zero" | "null";
  /**
   * In this share of the rows the value has the rank, within its own law, that
   * another column's value has within its law: a rank correlation of `share`
   * (negative: of the opposite rank). Both keep their laws.
   */
  readonly correlated?: { readonly with: string; readonly share: number };
  /**
   * The name that its values are drawn under, where the column was renamed: so
   * it keeps them.
   *
   * @default its name
   */
  readonly drawnAs?: string;
}

/** New values for some of a table's rows, a pure function as all others. */
export interface RowUpdate {
  /** Share of the rows, 0 to 1, chosen by a hash of the row. */
  readonly share: number;
  /** What the new values are drawn from, instead of the table's seed. */
  readonly seed: number;
}

/** A table and how its rows come about. */
export interface TableSpec extends TableSchema {
  readonly columns: readonly ColumnSpec[];
  /** True for event tables: materialised only when asked for. */
  readonly events: boolean;
  readonly description: string;
  /**
   * Share of idle rows: keys to which nothing happened within the table's
   * window, so that its counts and sums are 0 and its averages NULL, together.
   *
   * @default 0
   */
  readonly idle?: number;
  /**
   * What its rows are drawn from; events and foreign keys pick popular keys by
   * the dataset's seed all the same.
   *
   * @default the dataset's
   */
  readonly seed?: number;
  /** Rows that got new values, but for keys and sequences; later updates win. */
  readonly updates?: readonly RowUpdate[];
  /** Data that was not generated: the fingerprint of the rows in the catalog's parts. */
  readonly stored?: string;
}

/** Something that features describe: a card, a merchant. */
export interface EntitySpec {
  readonly name: string;
  /** Number of keys. */
  readonly keys: number;
  readonly keyForm: KeyForm;
  /** The law by which requests pick its keys. */
  readonly popularity: Popularity;
}

/** A dataset: everything that decides its rows. JSON-serialisable. */
export interface DatasetSpec {
  readonly name: string;
  /** Text: `1.10` is not `1.1`. */
  readonly version: string;
  readonly seed: number;
  readonly description: string;
  readonly entities: readonly EntitySpec[];
  /** Feature tables first, in the domain's order; then event tables that were asked for. */
  readonly tables: readonly TableSpec[];
}
