import { ServemarkError } from "../core/errors.ts";
import type { DatasetSpec } from "../datasets/spec.ts";
import type { WorkloadSpec } from "./spec.ts";
import { keyCursors } from "./key_cursor.ts";
import { featureTables, type Workload } from "./workload.ts";

/**
 * Reads one row from each of the first N feature tables, by the keys that one
 * request gives to their entities: what scoring one event needs.
 */
export function fanout(dataset: DatasetSpec, spec: WorkloadSpec): Workload {
  const all = featureTables(dataset);
  const wanted = spec.tables ?? all.length;
  if (!Number.isInteger(wanted) || wanted < 1 || wanted > all.length) {
    throw new ServemarkError(`Cannot fan out over ${wanted} tables`, {
      cause: `dataset "${dataset.name}" has ${all.length} feature tables`,
      remedy: `Ask for a whole number of tables from 1 to ${all.length}`,
      exitCode: 2,
    });
  }
  const tables = all.slice(0, wanted);
  return {
    templates: [{ strategy: spec.strategy, reads: tables }],
    width: wanted,
    cursor: keyCursors(dataset, tables),
  };
}
