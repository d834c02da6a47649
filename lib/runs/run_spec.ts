/**
 * What a run builder holds: what was asked for, and nothing else.
 *
 * @module
 */
import type { Objective } from "../metrics/objective.ts";
import type { Strategy } from "../platforms/driver.ts";
import type { DatasetRequest } from "../transfers/dataset_calls.ts";

/** How operations read, and what. */
export interface WorkloadRequest {
  /** `fanout`, `lookup`. */
  readonly name: string;
  /** Tables an operation reads, for `fanout`. */
  readonly tables?: number;
  /** The one table that `lookup` reads. */
  readonly table?: string;
  /** One, or several: each makes a system of its own. */
  readonly strategy?: Strategy | readonly Strategy[];
}

/** A platform to run on. */
export interface PlatformRequest {
  /** `postgres`, `dynamodb`, `memory`. */
  readonly kind: string;
  /** Its name in the run. @default the kind */
  readonly name?: string;
  /** Where it is; an embedded engine is started where absent. */
  readonly uri?: string;
  /** Replaces the workload's strategy on this platform. */
  readonly strategy?: Strategy | readonly Strategy[];
  /** One of the platform's drivers, or several: each makes a system of its own. */
  readonly driver?: string | readonly string[];
  /** Further settings, by platform. */
  readonly settings?: Readonly<Record<string, string | number | boolean>>;
}

/** A run's whole plan. JSON-serialisable. */
export interface RunSpec {
  readonly name: string;
  readonly dataset?: DatasetRequest;
  readonly workload: WorkloadRequest;
  /** Concurrent clients, one level a point. */
  readonly clients: readonly number[];
  /** Operations of each client at a point, over all rounds, at least. */
  readonly iterations: number;
  /** Operations of a point, over all clients and rounds, at least. */
  readonly minimum: number;
  /** Operations of each client before a point, not recorded; a fifth of that before its further rounds. */
  readonly warmup: number;
  /** Passes over each point. */
  readonly rounds: number;
  readonly platforms: readonly PlatformRequest[];
  readonly objective: Objective;
  /** Seconds between an answer and the client's next operation. */
  readonly think: number;
  /** Chooses which of the dataset's requests are made. */
  readonly seed: number;
  /** Load workers of each system; one a core where absent. */
  readonly workers?: number;
  /** Seconds after which an operation counts as timed out. */
  readonly timeout: number;
}

/** What holds unless a call says otherwise. */
export const DEFAULTS: RunSpec = {
  name: "feature serving",
  workload: { name: "fanout" },
  clients: [1, 10, 50, 100],
  iterations: 100,
  minimum: 1000,
  warmup: 5,
  rounds: 6,
  platforms: [],
  objective: { percentile: 99, milliseconds: 10 },
  think: 0,
  seed: 0,
  timeout: 30,
};

/**
 * Strategies of a platform when neither the workload nor the platform names
 * one: on PostgreSQL two, so that a report holds one comparison between equals:
 * one request for all tables, and one request a table. The latter go out at
 * once, as a client that cares would send them; `sequential` waits 30 times.
 */
export const DEFAULT_STRATEGIES: Readonly<Record<string, readonly Strategy[]>> =
  { postgres: ["batched", "parallel"] };

/** The strategies that a platform is asked to run, before looking at what it can. */
export function strategiesOf(
  workload: WorkloadRequest,
  platform: PlatformRequest,
): readonly Strategy[] {
  const asked = platform.strategy ?? workload.strategy;
  if (asked !== undefined) return [asked].flat() as Strategy[];
  if (workload.name === "lookup") return ["batched"];
  return DEFAULT_STRATEGIES[platform.kind] ?? ["batched"];
}

/** The name by which a run calls a platform. */
export function nameOf(platform: PlatformRequest): string {
  return platform.name ?? platform.kind;
}

/** Operations of each client at a point, over all rounds: what the iterations and the minimum ask for, and one a round at least. */
export function iterationsOfPoint(
  { iterations, minimum, rounds }: Pick<
    RunSpec,
    "iterations" | "minimum" | "rounds"
  >,
  clients: number,
): number {
  return Math.max(iterations, Math.ceil(minimum / clients), rounds);
}

/** A round's share of them: the rounds differ by one at most, and add up. */
export function iterationsOfRound(
  spec: Pick<RunSpec, "iterations" | "minimum" | "rounds">,
  clients: number,
  round: number,
): number {
  const total = iterationsOfPoint(spec, clients);
  const upTo = (n: number) => Math.floor(n * total / spec.rounds);
  return upTo(round + 1) - upTo(round);
}
