/**
 * A run's figures as charts take them.
 *
 * @module
 */
import type { CostByLatency } from "../charts/cost_by_latency.ts";
import type { Distribution } from "../charts/distribution.ts";
import type { LatencyByClients } from "../charts/latency_by_clients.ts";
import type { ChartSystem } from "../charts/series.ts";
import type { ThroughputByClients } from "../charts/throughput_by_clients.ts";
import { distribution } from "../metrics/distribution.ts";
import {
  carries,
  percentile,
  TAIL_OPERATIONS,
  valueAt,
} from "../metrics/percentiles.ts";
import type { RunResult } from "../runs/result.ts";
import { chartNote } from "./nature.ts";
import type { Reading, SystemReading } from "./readings.ts";
import { listed, plural } from "./words.ts";

/** The data of every chart of a report. */
export interface ChartData {
  readonly latency: LatencyByClients;
  readonly distribution: Distribution;
  readonly throughput: ThroughputByClients;
  readonly cost: CostByLatency;
}

/** Prepares all charts. */
export function chartData(
  result: RunResult,
  systems: readonly SystemReading[],
): ChartData {
  const { objective } = result;
  const readings = systems.flatMap((s) => s.readings)
    .filter((r) => r.point.operations > 0);
  const named: ChartSystem[] = systems.map(({ system }) => ({
    id: system.id,
    title: system.title,
    note: chartNote(system),
  }));
  return {
    latency: latencyData(result, named, readings),
    distribution: distributionData(result, named, readings),
    throughput: {
      systems: named,
      points: readings.map((r) => ({
        system: r.system.id,
        clients: r.point.clients,
        perSecond: r.point.throughput,
        invalid: r.against.throughput.length > 0,
      })),
      notes: [
        "Closed loop: throughput is what this many clients drew, not the most a system can give.",
      ],
    },
    cost: {
      systems: named.map((system, k) => ({
        ...system,
        note: `${system.note}; priced as ${priced(systems[k])}`,
      })),
      objective,
      points: readings.map((r) => ({
        system: r.system.id,
        clients: r.point.clients,
        milliseconds: r.target / 1e3,
        usdPerMillion: r.cost.usdPerMillionRequests,
        invalid: r.against.latency.length > 0 || r.against.cost.length > 0,
      })),
      notes: leftOut(
        readings,
        [`p${objective.percentile}`],
        () => objective.percentile,
      ),
    },
  };
}

function priced({ system }: SystemReading): string {
  const { item } = system.cost;
  const assumed = system.cost.kind !== "none" && system.cost.assumed;
  return assumed && !/assumed/i.test(item) ? `${item}, assumed` : item;
}

function latencyData(
  result: RunResult,
  systems: readonly ChartSystem[],
  readings: readonly Reading[],
): LatencyByClients {
  const { objective } = result;
  const levels = [...new Set([50, 95, 99, objective.percentile])]
    .sort((a, b) => a - b);
  const names = [...levels.map((p) => `p${p}`), "max"];
  return {
    systems,
    objective,
    percentiles: names,
    points: readings.map((r) => ({
      system: r.system.id,
      clients: r.point.clients,
      milliseconds: Object.fromEntries([
        ...levels.map((p) => [`p${p}`, percentile(r.point.response, p) / 1e3]),
        ["max", r.response.max / 1e3],
      ]),
      invalid: Object.fromEntries(
        names.map((name) => [name, r.against.latency.length > 0]),
      ),
    })),
    notes: leftOut(
      readings,
      levels.map((p) => `p${p}`),
      (name) => Number(name.slice(1)),
    ),
  };
}

/** A sentence for each percentile that some point's operations cannot carry. */
function leftOut(
  readings: readonly Reading[],
  names: readonly string[],
  level: (name: string) => number,
): string[] {
  return names.flatMap((name) => {
    const thin = readings.filter((r) => !carries(r.response.n, level(name)));
    if (thin.length === 0) return [];
    const counts = [...new Set(thin.map((r) => r.point.clients))];
    const least = Math.min(...thin.map((r) => r.response.n));
    return [
      `${name} is left out where too few operations carry it: at ` +
      `${listed(counts.map(String))} ${
        counts.length === 1 && counts[0] === 1 ? "client" : "clients"
      } (n=${least.toLocaleString("en-US")}${
        thin.length > 1 ? " and more" : ""
      }).`,
    ];
  });
}

/** A curve that ends at the last percentile its operations carry. */
function curve({ point, response }: Reading) {
  const last = 100 - TAIL_OPERATIONS / response.n * 100;
  return distribution(point.response, 40)
    .filter((p) => p.percentile < last)
    .concat(
      last > 0
        ? [{
          percentile: last,
          tail: NaN,
          value: valueAt(point.response, last),
        }]
        : [],
    )
    .map(({ percentile, value }) => ({
      percentile,
      milliseconds: value / 1e3,
    }));
}

/** The loads that a page of panels can hold: all of them, else six spread over the range. */
export function spread(counts: readonly number[], most = 6): number[] {
  const all = [...new Set(counts)].sort((a, b) => a - b);
  if (all.length <= most) return all;
  return Array.from(
    { length: most },
    (_, k) => all[Math.round(k * (all.length - 1) / (most - 1))],
  );
}

function distributionData(
  result: RunResult,
  systems: readonly ChartSystem[],
  readings: readonly Reading[],
): Distribution {
  const counts = spread(readings.map((r) => r.point.clients));
  const all = new Set(readings.map((r) => r.point.clients)).size;
  return {
    systems,
    objective: result.objective,
    curves: readings.filter((r) => counts.includes(r.point.clients))
      .map((r) => ({
        system: r.system.id,
        clients: r.point.clients,
        points: curve(r),
        invalid: r.against.latency.length > 0,
      })),
    notes: [
      "Curves end where fewer than ten operations lie beyond.",
      ...(counts.length < all
        ? [`Shown for ${plural(counts.length, "load")} of ${all}.`]
        : []),
    ],
  };
}
