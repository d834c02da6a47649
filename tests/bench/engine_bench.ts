import { measureCeiling } from "../../lib/load/ceiling.ts";
import { someFraud } from "../fixtures/some_fraud.ts";
import { type Bench, type Measurement, median } from "./measurement.ts";

const ROUNDS = 5;

/**
 * The whole engine against answers that cost nothing, one worker: operations
 * for each second of its thread's CPU time, so that what else runs on the
 * machine counts little.
 */
const engine: Bench = {
  names: [
    "engine, memory/polled no-op, lookup",
    "engine, memory/polled no-op, fanout of 30",
    "engine, memory/direct no-op, lookup",
    "engine, memory/direct no-op, fanout of 30",
  ],
  async run(wanted) {
    const dataset = await someFraud(300_000);
    const measured: Measurement[] = [];
    for (const name of this.names.filter(wanted)) {
      const rates: number[] = [];
      for (let round = 0; round < ROUNDS; round++) {
        const { operationsPerSecond, microsPerOperation } =
          await measureCeiling({
            dataset,
            workload: {
              name: name.includes("fanout") ? "fanout" : "lookup",
              strategy: "batched",
            },
            pump: name.includes("polled") ? "blocking" : "async",
          });
        rates.push(
          Number.isNaN(microsPerOperation)
            ? operationsPerSecond
            : 1e6 / microsPerOperation,
        );
      }
      measured.push({
        name,
        unit: "op/s",
        ours: median(rates),
        must: 500_000,
        aim: 2_000_000,
        better: "more",
      });
    }
    return measured;
  },
};

export const benches: readonly Bench[] = [engine];
