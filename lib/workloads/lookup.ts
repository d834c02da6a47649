import { unknownName } from "../core/names.ts";
import type { DatasetSpec } from "../datasets/spec.ts";
import type { WorkloadSpec } from "./spec.ts";
import { keyCursors } from "./key_cursor.ts";
import { featureTables, type Workload } from "./workload.ts";

/** Reads one row of one feature table by its key: the smallest operation there is. */
export function lookup(dataset: DatasetSpec, spec: WorkloadSpec): Workload {
  const all = featureTables(dataset);
  const table = spec.table === undefined
    ? all[0]
    : all.find((t) => t.name === spec.table);
  if (!table) {
    throw unknownName(
      "feature table",
      spec.table ?? "",
      all.map((t) => t.name),
    );
  }
  return {
    templates: [{ strategy: spec.strategy, reads: [table] }],
    width: 1,
    cursor: keyCursors(dataset, [table]),
  };
}
