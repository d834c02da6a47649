import { unknownName } from "../core/names.ts";
import { requestTable } from "../datasets/requests.ts";
import type { DatasetSpec } from "../datasets/spec.ts";
import type { WorkloadSpec } from "./spec.ts";
import { entityPlaces, featureTables, type Workload } from "./workload.ts";

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
  const [place] = entityPlaces(dataset, [table]);
  const requests = requestTable(dataset);
  const keys = new Float64Array(dataset.entities.length);
  return {
    templates: [{ strategy: spec.strategy, reads: [table] }],
    width: 1,
    fill(i, rows) {
      requests.keys(i, keys);
      rows[0] = keys[place];
      return 0;
    },
  };
}
