/**
 * Changing a table's columns where it stands, instead of loading it anew.
 *
 * @module
 */
import type { Watch } from "../core/progress.ts";
import type { Batch } from "../datasets/batch.ts";
import type { TableSchema } from "../datasets/schema.ts";
import type { Platform } from "./platform.ts";

/** How one table becomes another of the same rows and keys. */
export interface TableEvolution {
  readonly before: TableSchema;
  readonly after: TableSchema;
  /** The old name of each column that stays, by its new name. */
  readonly kept: Readonly<Record<string, string>>;
  /**
   * The key's columns and those that get new values, as a table of its own, and
   * all its rows; absent where every value stays.
   */
  readonly fill?: {
    readonly table: TableSchema;
    batches(): AsyncIterable<Batch>;
  };
}

/** Changes a table, in one transaction; gives the number of rows that got values. */
export type Evolver = (
  platform: Platform,
  evolution: TableEvolution,
  watch: Watch,
) => Promise<number>;

/** Platforms that can, by their type. */
const EVOLVERS: Readonly<Record<string, () => Promise<Evolver>>> = {
  postgres: async () => (await import("./postgres/evolve.ts")).evolveTable,
};

/** How a platform changes a table's columns; `undefined` where it cannot. */
export async function evolverOf(
  platform: Pick<Platform, "kind">,
): Promise<Evolver | undefined> {
  const { kind } = platform;
  return Object.hasOwn(EVOLVERS, kind) ? await EVOLVERS[kind]() : undefined;
}
