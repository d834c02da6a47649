import type { DatasetSpec } from "../datasets/spec.ts";
import type { Driver } from "../platforms/driver.ts";
import type { WorkloadSpec } from "../workloads/spec.ts";
import { openFleet } from "./fleet.ts";

/** What the engine itself can do, one worker, on one workload. */
export interface EngineCeiling {
  /** Operations a second against an answer that costs nothing. */
  readonly operationsPerSecond: number;
  /** The worker's CPU time an operation, µs; NaN where unknown. */
  readonly microsPerOperation: number;
}

export interface CeilingOptions {
  readonly dataset: DatasetSpec;
  readonly workload: WorkloadSpec;
  /** The pump of the driver that the run will use. @default "blocking" */
  readonly pump?: Driver["pump"];
  /** @default 50 */
  readonly clients?: number;
  /** Seconds to measure for. @default 0.25 */
  readonly seconds?: number;
  readonly signal?: AbortSignal;
}

const FIRST_ITERATIONS = 400;

/**
 * Measures the engine's own limit: one worker runs the workload, with
 * everything that a measured operation costs (request, scheduling, clock
 * reads, recording), against the no-op of the memory platform. Takes about
 * half a second. A run that comes near it measures the engine, not a platform.
 */
export async function measureCeiling(
  options: CeilingOptions,
): Promise<EngineCeiling> {
  const { dataset, workload, pump = "blocking", clients = 50 } = options;
  const seconds = options.seconds ?? 0.25;
  const driver = pump === "blocking" ? "memory/polled" : "memory/direct";
  const fleet = await openFleet({
    workers: 1,
    signal: options.signal,
    setup: {
      dataset,
      workload,
      driver: { driver, connection: { noop: true } },
    },
  });
  const measure = async (iterations: number) => {
    const [record] = await fleet.run({
      point: 0,
      clients,
      iterations,
      warmup: 0,
      firstRequest: 0,
      think: 0,
      verify: 0,
      timeout: 60,
      sampleBudget: 20_000,
    });
    options.signal?.throwIfAborted();
    return {
      operationsPerSecond: record.operations / (record.last - record.first) *
        1e6,
      microsPerOperation: record.cpu / record.operations,
    };
  };
  try {
    // Two short passes let the compiler settle, and say how long a full one is.
    await measure(FIRST_ITERATIONS);
    const { operationsPerSecond } = await measure(2 * FIRST_ITERATIONS);
    return await measure(
      Math.max(1, Math.ceil(operationsPerSecond * seconds / clients)),
    );
  } finally {
    await fleet.close();
  }
}
