/**
 * The tables of figures: response times and cost, and how the client fared.
 *
 * @module
 */
import { formatMilliseconds } from "../metrics/percentiles.ts";
import type { RunResult } from "../runs/result.ts";
import { TAGS } from "./nature.ts";
import type { Reading, SystemReading } from "./readings.ts";
import {
  type Cell,
  type Column,
  figure,
  left,
  Notes,
  right,
  type Row,
  type RowGroup,
  type Table,
} from "./table.ts";
import { few, percent, plural, usd } from "./words.ts";

/** Every figure of every point, by number of clients. */
export function figuresTable(
  result: RunResult,
  systems: readonly SystemReading[],
): Table {
  const notes = new Notes();
  const target = `p${result.objective.percentile}`;
  return {
    id: "figures",
    caption: "Response times, throughput and cost",
    head: "System",
    columns: [
      right("Operations"),
      right("p50", "ms"),
      right("p90", "ms"),
      right("p95", "ms"),
      right("p99", "ms"),
      right(`${target}, 95 % interval`, "ms"),
      right("p99.9", "ms"),
      right("Max", "ms"),
      right("p99, service time", "ms"),
      right("Throughput", "1/s"),
      right("Cost per million", "USD"),
      right("Errors"),
    ],
    groups: byClients(systems, (r) => figureCells(r, notes)),
    notes: notes.texts,
    remarks: [
      "Response time counts from the instant an operation was planned, service " +
      "time from the instant its request left.",
      "n/a (n=…): so many operations cannot carry that percentile; at least ten " +
      "must lie beyond it.",
      ...(notes.texts.length > 0
        ? ["Figures struck through are invalid, for the numbered reason."]
        : []),
    ],
  };
}

function figureCells(r: Reading, notes: Notes): Cell[] {
  const n = r.response.n;
  const against = r.against;
  const ms = (value: number): Cell =>
    Number.isNaN(value)
      ? { text: formatMilliseconds(value, n) }
      : figure(formatMilliseconds(value, n), against.latency, notes);
  return [
    { text: n.toLocaleString("en-US") },
    ms(r.response.p50),
    ms(r.response.p90),
    ms(r.response.p95),
    ms(r.response.p99),
    Number.isNaN(r.target)
      ? { text: "n/a" }
      : figure(intervalText(r), against.latency, notes),
    ms(r.response.p999),
    ms(r.response.max),
    ms(r.service.p99),
    figure(few(r.point.throughput), against.throughput, notes),
    Number.isNaN(r.cost.usdPerMillionRequests)
      ? { text: "n/a" }
      : figure(usd(r.cost.usdPerMillionRequests), against.cost, notes),
    { text: r.errors.toLocaleString("en-US") },
  ];
}

function intervalText({ interval }: Reading): string {
  const bound = (value: number) =>
    Number.isFinite(value) ? formatMilliseconds(value, 0) : "no bound";
  return `${bound(interval.low)} to ${bound(interval.high)}`;
}

/** What the client did at each point: the evidence for and against its figures. */
export function clientTable(systems: readonly SystemReading[]): Table {
  const columns: Column[] = [
    left("Driver"),
    right("Client CPU per operation", "µs"),
    right("Busiest worker", "of a core"),
    right("Longest pause", "ms"),
    right("CPU stolen"),
    right("Rows checked"),
    right("Rows that differ"),
    right("Measured", "s"),
  ];
  return {
    id: "client",
    caption: "The client at each point",
    head: "System",
    columns,
    groups: byClients(systems, ({ point, system }) => [
      { text: system.driver },
      { text: few(point.clientCpu) },
      { text: percent(point.busiestWorker) },
      { text: few(point.worstPause / 1e3) },
      { text: percent(point.steal) },
      { text: point.verified.toLocaleString("en-US") },
      { text: point.mismatched.toLocaleString("en-US") },
      { text: few(point.measuredSeconds) },
    ]),
    notes: [],
    remarks: [],
  };
}

function byClients(
  systems: readonly SystemReading[],
  cells: (reading: Reading) => Cell[],
): RowGroup[] {
  const readings = systems.flatMap((s) => s.readings);
  const counts = [...new Set(readings.map((r) => r.point.clients))]
    .sort((a, b) => a - b);
  return counts.map((clients) => ({
    title: plural(clients, "client"),
    rows: readings.filter((r) => r.point.clients === clients)
      .map((r) => row(r, cells(r))),
  }));
}

function row(r: Reading, cells: readonly Cell[]): Row {
  const tag = TAGS[r.system.facts.nature];
  return {
    head: r.system.title,
    series: r.series,
    ...(tag ? { tag } : {}),
    cells,
  };
}
