import { costByLatency } from "../charts/cost_by_latency.ts";
import { distribution } from "../charts/distribution.ts";
import { latencyByClients } from "../charts/latency_by_clients.ts";
import type { ChartOptions } from "../charts/series.ts";
import { throughputByClients } from "../charts/throughput_by_clients.ts";
import type { ChartData } from "./chart_data.ts";

/** A chart of a report: how it is drawn, and how it is read. */
export interface Drawing {
  /** Unique in the report; prefix of the ids in its SVG. */
  readonly id: string;
  /** What the reader sees in it, as a sentence or two. */
  readonly caption: string;
  readonly draw: (data: ChartData, options: ChartOptions) => string;
}

/** Every chart, in reading order. */
export const DRAWINGS: readonly Drawing[] = [
  {
    id: "latency",
    caption:
      "Response time from the planned instant to the whole answer. Lower is better.",
    draw: (data, options) => latencyByClients(data.latency, options),
  },
  {
    id: "distribution",
    caption:
      "Every response time, by the share of operations that were no slower; " +
      "the further right, the rarer.",
    draw: (data, options) => distribution(data.distribution, options),
  },
  {
    id: "throughput",
    caption:
      "A line that stops rising has found the system's limit, or the machine's.",
    draw: (data, options) => throughputByClients(data.throughput, options),
  },
  {
    id: "cost",
    caption: "Better is lower and further left.",
    draw: (data, options) => costByLatency(data.cost, options),
  },
];
