import type { Strategy } from "../platforms/driver.ts";

/** A workload by name, with its options: JSON. */
export interface WorkloadSpec {
  readonly name: string;
  readonly strategy: Strategy;
  /** Tables an operation reads, for `fanout`. @default all feature tables */
  readonly tables?: number;
  /** The one table that `lookup` reads. @default the first feature table */
  readonly table?: string;
}
