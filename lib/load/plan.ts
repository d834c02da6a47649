/**
 * What the main thread and its workers say to each other.
 *
 * @module
 */
import type { SampleColumns } from "../frames/sample_columns.ts";
import type { DatasetSpec } from "../datasets/spec.ts";
import type { StoredRows } from "../datasets/stored_rows.ts";
import type { DriverSpec } from "../platforms/driver.ts";
import type { WorkloadSpec } from "../workloads/spec.ts";
import type { SparseHistogram } from "./histogram.ts";

export type { WorkloadSpec };

/** What a worker is told once. */
export interface WorkerSetup {
  readonly dataset: DatasetSpec;
  /** Rows to compare answers with, for tables that no generator makes. */
  readonly rows?: StoredRows;
  readonly driver: DriverSpec;
  readonly workload: WorkloadSpec;
  /** The worker's number, from 0. */
  readonly worker: number;
  /** The run's epoch, µs of the shared clock: instants in samples count from it. */
  readonly epoch: number;
}

/** One point of a sweep, as one worker sees it. */
export interface WorkerPoint {
  /** Index into the run's points. */
  readonly point: number;
  /** Clients of this worker. */
  readonly clients: number;
  /** Number of its first client among all clients of the point. */
  readonly firstClient: number;
  /** Measured operations of each client. */
  readonly iterations: number;
  /** Operations of each client before those, not recorded. */
  readonly warmup: number;
  /** Number of the point's first request in the dataset's request table. */
  readonly firstRequest: number;
  /** Seconds between an answer and the client's next operation. */
  readonly think: number;
  /** Operations whose rows are compared with the generator's, before and after. */
  readonly verify: number;
  /** Seconds after which an operation counts as timed out. */
  readonly timeout: number;
  /** Sample rows to keep at most. */
  readonly sampleBudget: number;
}

/** What a worker measured at one point. */
export interface WorkerRecord {
  readonly point: number;
  readonly samples: SampleColumns;
  /** Whole point, then by second of the run: µs. */
  readonly response: SparseHistogram;
  readonly service: SparseHistogram;
  readonly seconds: readonly SecondRecord[];
  readonly operations: number;
  /** Operations by code: index into CODES. */
  readonly codes: readonly number[];
  /** Rows and bytes that the measured operations returned. */
  readonly rows: number;
  readonly bytes: number;
  /** Rows compared with the generator's, and how many differed. */
  readonly verified: number;
  readonly mismatched: number;
  /** The first difference seen, for the report. */
  readonly mismatch?: string;
  /** First planned and last done instant, µs since the epoch. */
  readonly first: number;
  readonly last: number;
  /** The worker thread's CPU time over the measured part, µs; NaN where unknown. */
  readonly cpu: number;
  /** Longest time the pump was away from its work, µs. */
  readonly worstPause: number;
  readonly lastError?: string;
  /** Units that the service reported for the measured part. */
  readonly consumed: Readonly<Record<string, number>>;
  /** True when the point was stopped before its end. */
  readonly cutShort: boolean;
}

/** One second's histograms. */
export interface SecondRecord {
  /** Whole seconds since the epoch, of the planned instant. */
  readonly second: number;
  readonly response: SparseHistogram;
  readonly service: SparseHistogram;
}

/**
 * A point goes: `point`, warm-up, `warmed`; when all workers are warm, `go`
 * with the instant at which all clients start; `measured`.
 */
export type ToWorker =
  | {
    readonly type: "setup";
    readonly setup: WorkerSetup;
    readonly control: SharedArrayBuffer;
  }
  | { readonly type: "prepare"; readonly clients: number }
  | { readonly type: "point"; readonly point: WorkerPoint }
  /** µs of the shared clock. */
  | { readonly type: "go"; readonly start: number }
  | { readonly type: "close" };

export type FromWorker =
  | { readonly type: "ready" }
  | { readonly type: "prepared" }
  | { readonly type: "warmed" }
  | { readonly type: "measured"; readonly record: WorkerRecord }
  | { readonly type: "closed" }
  | { readonly type: "failed"; readonly message: string };

/** Words of the control block, an Int32Array: one STOP, then one progress counter a worker. */
export const STOP = 0;
/** Index of a worker's count of measured operations done. */
export const progressWord = (worker: number): number => 1 + worker;
