import { tableGenerator } from "../../lib/datasets/generator.ts";
import type { DatasetSpec } from "../../lib/datasets/spec.ts";
import { type Fleet, openFleet } from "../../lib/load/fleet.ts";
import { openPlatform } from "../../lib/platforms/open.ts";
import type { Platform } from "../../lib/platforms/platform.ts";
import { someFraud } from "../fixtures/some_fraud.ts";
import { type Bench, type Measurement, median } from "./measurement.ts";

const ROUNDS = 5;
const CLIENTS = 10;
/** Iterations of each client, by workload and platform. */
const ITERATIONS = { lookup: 300, fanout: 60 } as const;

/** Each platform's drivers; the last is the vendor's, which the others are compared with. */
const DRIVERS = {
  memory: ["polled", "direct"],
  postgres: ["epoll", "socket", "pg"],
  dynamodb: ["http", "sdk"],
} as const;

type Kind = keyof typeof DRIVERS;

const nameOf = (kind: Kind, driver: string, workload: string) =>
  `client cost, ${kind}/${driver}, ${workload}`;

/** CPU time of the worker's thread for each operation, all drivers of one platform in turns. */
function clientCost(kind: Kind, workload: "lookup" | "fanout"): Bench {
  const label = workload === "fanout" ? "fanout of 30 batched" : "lookup";
  return {
    names: DRIVERS[kind].map((driver) => nameOf(kind, driver, label)),
    async run() {
      const dataset = await someFraud(15_000);
      const platform = await openPlatform(kind);
      try {
        await load(platform, dataset);
        const drivers = DRIVERS[kind].filter((d) =>
          platform.drivers.includes(d)
        );
        const cost = await alternate(platform, dataset, workload, drivers);
        const peer = kind === "memory" ? undefined : drivers.at(-1)!;
        return drivers.map((driver): Measurement => ({
          name: nameOf(kind, driver, label),
          unit: "µs/op",
          ours: median(cost[driver]),
          better: "less",
          ...(peer === undefined || driver === peer ? {} : {
            peer: median(cost[peer]),
            against: `${kind}/${peer}`,
            ratio: median(
              cost[driver].map((micros, round) => micros / cost[peer][round]),
            ),
            must: 1,
          }),
        }));
      } finally {
        await platform.close();
      }
    },
  };
}

async function load(platform: Platform, dataset: DatasetSpec): Promise<void> {
  await platform.create(dataset.tables);
  for (const table of dataset.tables) {
    const generator = tableGenerator(dataset, table.name);
    await platform.load(
      table,
      async function* () {
        for (let from = 0; from < table.rows; from += 4096) {
          yield await Promise.resolve(
            generator.batch(from, Math.min(4096, table.rows - from)),
          );
        }
      }(),
    );
  }
  await platform.finish(dataset.tables);
}

/** Runs the drivers in turns; gives each one's µs an operation, by round. */
async function alternate(
  platform: Platform,
  dataset: DatasetSpec,
  workload: "lookup" | "fanout",
  drivers: readonly string[],
): Promise<Record<string, number[]>> {
  const fleets: Record<string, Fleet> = {};
  const cost: Record<string, number[]> = {};
  try {
    for (const driver of drivers) {
      fleets[driver] = await openFleet({
        workers: 1,
        setup: {
          dataset,
          driver: platform.driver(driver),
          workload: { name: workload, strategy: "batched" },
        },
      });
      cost[driver] = [];
    }
    // The first round lets compilers and caches settle.
    for (let round = -1; round < ROUNDS; round++) {
      for (const driver of drivers) {
        const [record] = await fleets[driver].run({
          point: 0,
          clients: CLIENTS,
          iterations: ITERATIONS[workload],
          warmup: 10,
          firstRequest: 0,
          think: 0,
          verify: round < 0 ? 5 : 0,
          timeout: 30,
          sampleBudget: 10_000,
        });
        const failed = record.operations - record.codes[0];
        if (failed > 0 || record.mismatched > 0) {
          throw new Error(
            `${platform.kind}/${driver}: ${failed} operations failed: ` +
              `${record.lastError ?? record.mismatch}`,
          );
        }
        if (round >= 0) cost[driver].push(record.cpu / record.operations);
      }
    }
    return cost;
  } finally {
    for (const fleet of Object.values(fleets)) await fleet.close();
  }
}

export const benches: readonly Bench[] = (Object.keys(DRIVERS) as Kind[])
  .flatMap((kind) => [clientCost(kind, "lookup"), clientCost(kind, "fanout")]);
