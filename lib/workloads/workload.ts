/**
 * What a workload is: a pure function from a request's number to an operation.
 *
 * @module
 */
import type { DatasetSpec, TableSpec } from "../datasets/spec.ts";
import type { Template } from "../platforms/driver.ts";
import type { WorkloadSpec } from "./spec.ts";

/** A workload on one dataset. */
export interface Workload {
  /** The operations' shapes: drivers prepare them once. */
  readonly templates: readonly Template[];
  /** Tables that the widest template reads: the length of `rows` below. */
  readonly width: number;
  /** Reads requests for one client. */
  cursor(): Cursor;
}

/** Reads requests; quickest where their numbers are consecutive, as a client's are. */
export interface Cursor {
  /**
   * Writes request i's key numbers into `rows`, one for each table of a
   * template, and returns that template's number. The same i gives the same
   * answer in every worker and for every platform.
   */
  fill(i: number, rows: Float64Array): number;
}

/** Makes a workload; wrong options are errors that say what is possible. */
export type WorkloadFactory = (
  dataset: DatasetSpec,
  spec: WorkloadSpec,
) => Workload;

/** The tables that requests read: those with one row for each key of an entity. */
export function featureTables(dataset: DatasetSpec): readonly TableSpec[] {
  return dataset.tables.filter((table) => !table.events);
}
