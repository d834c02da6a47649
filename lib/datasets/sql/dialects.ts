import { pick } from "../../core/names.ts";
import type { Dialect } from "./dialect.ts";
import { duckdb } from "./duckdb.ts";
import { postgres } from "./postgres.ts";
import { spark } from "./spark.ts";

/** The engines that a dataset can be written for. */
const DIALECTS = { postgres, duckdb, spark };

export type DialectName = keyof typeof DIALECTS;

/** The names of the SQL dialects. */
export const DIALECT_NAMES = Object.keys(DIALECTS) as readonly DialectName[];

/**
 * A dialect by its name.
 *
 * @throws {ServemarkError} for an unknown one, listing the known ones
 */
export function dialectNamed(name: string): Dialect {
  return pick<Dialect>("SQL dialect", name, DIALECTS);
}
