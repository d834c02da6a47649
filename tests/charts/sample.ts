/**
 * Small data for charts: three systems, one of them an emulator, one figure
 * invalid, one that its samples cannot carry.
 *
 * @module
 */
import type { CostByLatency } from "../../lib/charts/cost_by_latency.ts";
import type { Distribution } from "../../lib/charts/distribution.ts";
import type { LatencyByClients } from "../../lib/charts/latency_by_clients.ts";
import type { ChartSystem } from "../../lib/charts/series.ts";
import type { ThroughputByClients } from "../../lib/charts/throughput_by_clients.ts";

export const SYSTEMS: readonly ChartSystem[] = [
  {
    id: "a",
    title: "PostgreSQL, batched",
    note: "PostgreSQL 18.4, embedded on the client's machine",
  },
  {
    id: "b",
    title: "PostgreSQL, sequential",
    note: "PostgreSQL 18.4, embedded on the client's machine",
  },
  {
    id: "c",
    title: "DynamoDB, batched",
    note: "dynoxide (DynamoDB emulator): says nothing about the service",
  },
];

const CLIENTS = [1, 10, 50, 100];
const OBJECTIVE = { percentile: 99, milliseconds: 10 };
/** The last system's last point. */
const invalid = (k: number, clients: number) => k === 2 && clients === 100;

function each<T>(make: (k: number, clients: number, id: string) => T): T[] {
  return SYSTEMS.flatMap(({ id }, k) =>
    CLIENTS.map((clients) => make(k, clients, id))
  );
}

export const LATENCY: LatencyByClients = {
  systems: SYSTEMS,
  objective: OBJECTIVE,
  percentiles: ["p50", "p95", "p99", "max"],
  points: each((k, clients, system) => {
    const p50 = (0.8 + 1.9 * k) * clients ** 0.6;
    const bad = invalid(k, clients);
    return {
      system,
      clients,
      milliseconds: {
        p50,
        p95: p50 * 1.6,
        p99: clients === 1 ? NaN : p50 * 2.1,
        max: p50 * 6,
      },
      invalid: { p50: bad, p95: bad, p99: bad, max: bad },
    };
  }),
  notes: ["p99 is left out at 1 client (n=100)."],
};

export const DISTRIBUTION: Distribution = {
  systems: SYSTEMS,
  objective: OBJECTIVE,
  curves: each((k, clients, system) => ({
    system,
    clients,
    points: [0, 25, 50, 75, 90, 95, 99, ...(clients > 10 ? [99.9] : [])]
      .map((percentile) => ({
        percentile,
        milliseconds: (0.8 + 1.9 * k) * clients ** 0.6 *
          (1 + Math.log10(100 / (100 - percentile))),
      })),
    invalid: invalid(k, clients),
  })),
  notes: ["Curves end where fewer than ten operations lie beyond."],
};

export const THROUGHPUT: ThroughputByClients = {
  systems: SYSTEMS,
  points: each((k, clients, system) => ({
    system,
    clients,
    perSecond: 2400 / (k + 1) * clients / (clients + 3),
    invalid: invalid(k, clients),
  })),
  notes: [],
};

export const COST: CostByLatency = {
  systems: SYSTEMS,
  objective: OBJECTIVE,
  points: each((k, clients, system) => ({
    system,
    clients,
    milliseconds: k === 0 && clients === 1
      ? NaN
      : 1.7 * (1 + k) * clients ** 0.6,
    usdPerMillion: k === 2 ? 1.87 : 0.06 * (k + 1) * (1 + 1 / clients),
    invalid: invalid(k, clients),
  })),
  notes: [],
};
