import { tableGenerator } from "../../lib/datasets/generator.ts";
import type { DatasetSpec } from "../../lib/datasets/spec.ts";
import { type Fleet, openFleet } from "../../lib/load/fleet.ts";
import { openPlatform } from "../../lib/platforms/open.ts";
import type { Platform } from "../../lib/platforms/platform.ts";
import { someFraud } from "../fixtures/some_fraud.ts";
import { type Bench, type Measurement, median } from "./measurement.ts";

const ROUNDS = 5;
const CLIENTS = 10;
const ROWS = 6_000;

/** Each platform's drivers; the vendor's is last, and the others are compared with it. */
const PLATFORMS = {
  memory: { drivers: ["polled", "direct"], lookups: 2_000, fanouts: 200 },
  postgres: { drivers: ["epoll", "socket", "pg"], lookups: 300, fanouts: 60 },
  dynamodb: { drivers: ["http", "sdk"], lookups: 100, fanouts: 15 },
} as const;

type Kind = keyof typeof PLATFORMS;

const WORKLOADS = {
  lookup: "lookup",
  fanout: "fanout of 30 batched",
} as const;

type Workload = keyof typeof WORKLOADS;

const nameOf = (kind: Kind, driver: string, workload: Workload) =>
  `client cost, ${kind}/${driver}, ${WORKLOADS[workload]}`;

/** A driver's name within its platform: `http` of `dynamodb/http`. */
const nameWithin = (driver: string) => driver.split("/").at(-1);

/** CPU time of the worker's thread for each operation, all drivers of one platform in turns. */
function clientCost(kind: Kind): Bench {
  const { drivers: known } = PLATFORMS[kind];
  const workloads = Object.keys(WORKLOADS) as Workload[];
  return {
    names: workloads.flatMap((w) => known.map((d) => nameOf(kind, d, w))),
    async run(wanted) {
      const dataset = await someFraud(ROWS);
      const platform = await openPlatform(kind);
      const measured: Measurement[] = [];
      try {
        await load(platform, dataset);
        const drivers = known.filter((driver) =>
          platform.drivers.some((has) => nameWithin(has) === driver)
        );
        for (const workload of workloads) {
          const name = (driver: string) => nameOf(kind, driver, workload);
          if (!drivers.some((driver) => wanted(name(driver)))) continue;
          const cost = await alternate(platform, dataset, workload, drivers);
          const peer = kind === "memory" ? undefined : drivers.at(-1)!;
          for (const driver of drivers) {
            measured.push({
              name: name(driver),
              unit: "µs/op",
              ours: median(cost[driver]),
              better: "less",
              ...(peer === undefined || driver === peer ? {} : {
                peer: median(cost[peer]),
                against: `${kind}/${peer}`,
                ratio: median(cost[driver].map((c, k) => c / cost[peer][k])),
                must: 1,
              }),
            });
          }
        }
        return measured;
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
  workload: Workload,
  drivers: readonly string[],
): Promise<Record<string, number[]>> {
  const { lookups, fanouts } = PLATFORMS[platform.kind as Kind];
  const iterations = workload === "lookup" ? lookups : fanouts;
  const fleets: Record<string, Fleet> = {};
  const cost: Record<string, number[]> = {};
  try {
    for (const driver of drivers) {
      fleets[driver] = await openFleet({
        workers: 1,
        setup: {
          dataset,
          driver: platform.driver(
            platform.drivers.find((known) => nameWithin(known) === driver),
          ),
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
          iterations,
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

export const benches: readonly Bench[] = (Object.keys(PLATFORMS) as Kind[])
  .map(clientCost);
