import { pick } from "../core/names.ts";
import type { DatasetSpec } from "../datasets/spec.ts";
import { fanout } from "./fanout.ts";
import { lookup } from "./lookup.ts";
import type { WorkloadSpec } from "./spec.ts";
import type { Workload, WorkloadFactory } from "./workload.ts";

/** Every workload. */
export const WORKLOADS: Readonly<Record<string, WorkloadFactory>> = {
  fanout,
  lookup,
};

/** Makes the workload that a spec names. Unknown names are an error that lists the known ones. */
export function openWorkload(
  dataset: DatasetSpec,
  spec: WorkloadSpec,
): Workload {
  return pick("workload", spec.name, WORKLOADS)(dataset, spec);
}
