/**
 * What a run leaves behind: everything a report needs, and no secrets.
 *
 * @module
 */
import type { SampleColumns } from "../frames/sample_columns.ts";
import type { DatasetSpec } from "../datasets/spec.ts";
import type { Fingerprint } from "../datasets/fingerprint.ts";
import type { SecondRecord, WorkloadSpec } from "../load/plan.ts";
import type { SparseHistogram } from "../load/histogram.ts";
import type { CostModel, PlatformFacts } from "../platforms/platform.ts";
import type { Reason } from "../metrics/validity.ts";
import type { LoadRecord } from "../transfers/load_record.ts";

/** One side of a comparison: a platform read by one strategy through one driver. */
export interface System {
  /** `postgres batched`: unique within the run. */
  readonly id: string;
  /** The platform's name in the run. */
  readonly platform: string;
  /** For people: `PostgreSQL, batched`. */
  readonly title: string;
  readonly driver: string;
  readonly workload: WorkloadSpec;
  readonly facts: PlatformFacts;
  readonly cost: CostModel;
}

/** One system at one number of clients, all rounds and workers merged. */
export interface Point {
  /** Index in the run; samples refer to it. */
  readonly index: number;
  readonly system: string;
  readonly clients: number;
  readonly rounds: readonly Round[];
  readonly response: SparseHistogram;
  readonly service: SparseHistogram;
  readonly seconds: readonly SecondRecord[];
  readonly operations: number;
  /** Operations by code, index into CODES. */
  readonly codes: readonly number[];
  readonly rowsReturned: number;
  readonly bytesReturned: number;
  readonly verified: number;
  readonly mismatched: number;
  readonly mismatch?: string;
  /** Seconds measured, summed over the rounds. */
  readonly measuredSeconds: number;
  /** Operations a second. */
  readonly throughput: number;
  /** Client CPU, µs an operation; NaN where unknown. */
  readonly clientCpu: number;
  /** The busiest worker's share of one core, 0 to 1; NaN where unknown. */
  readonly busiestWorker: number;
  readonly worstPause: number;
  /** CPU steal during the point, share of all cores, 0 to 1; NaN where unknown. */
  readonly steal: number;
  /** Units consumed, as the service reported: `{ rru: 15000 }`. */
  readonly consumed: Readonly<Record<string, number>>;
  readonly cutShort: boolean;
  readonly lastError?: string;
  /** Why these figures may not be believed; empty when they may. */
  readonly invalid: readonly string[];
  /** The same, each with what it spoils: latency, throughput or all. */
  readonly reasons: readonly Reason[];
}

/** One pass over a point. */
export interface Round {
  readonly round: number;
  /** Position in the order in which points ran. */
  readonly position: number;
  readonly operations: number;
  readonly seconds: number;
  /** First planned and last done instant, µs since the run's epoch: tell a sample's round. */
  readonly first: number;
  readonly last: number;
}

/** The machine and the software of the client. */
export interface Environment {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryBytes: number;
  readonly os: string;
  readonly versions: Readonly<Record<string, string>>;
}

/** The engine's own limit, measured against a no-op before the run. */
export interface Ceiling {
  /** Operations a second of one worker against the in-process platform, on this workload's shape. */
  readonly operationsPerSecond: number;
  /** The worker's CPU time an operation, µs; NaN where unknown. */
  readonly microsPerOperation: number;
}

/** How a run was laid out. JSON. */
export interface Plan {
  readonly clients: readonly number[];
  /** Operations of each client at a point, over all rounds, at least. */
  readonly iterations: number;
  /** Operations of a point, over all clients and rounds, at least. */
  readonly minimum: number;
  /** Operations of each client before a point, not recorded; a fifth of that before its further rounds. */
  readonly warmup: number;
  readonly rounds: number;
  /** Seconds between an answer and the client's next operation. */
  readonly think: number;
  /** Load workers of each system. */
  readonly workers: number;
  /** Closed loop: a slower system is offered less load. */
  readonly loop: "closed";
}

/** A finished, or cut short, run. */
export interface RunResult {
  readonly schemaVersion: 1;
  readonly name: string;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly seconds: number;
  readonly dataset: {
    readonly spec: DatasetSpec;
    readonly digest: string;
    /** Table name → fingerprint, from the catalog's manifest. */
    readonly fingerprints: Readonly<Record<string, Fingerprint>>;
  };
  readonly objective: {
    readonly percentile: number;
    readonly milliseconds: number;
  };
  readonly plan: Plan;
  readonly systems: readonly System[];
  readonly loads: readonly LoadRecord[];
  readonly points: readonly Point[];
  readonly samples: SampleColumns;
  readonly environment: Environment;
  readonly ceiling: Ceiling;
  readonly warnings: readonly string[];
  readonly cutShort: boolean;
}
