/**
 * Why a point's figures may not be believed.
 *
 * @module
 */
import type { SparseHistogram } from "../load/histogram.ts";
import { CODES } from "../platforms/driver.ts";
import { carries, formatMilliseconds, valueAt } from "./percentiles.ts";

/** What a reason spoils. `all` is latency, throughput and cost alike. */
export type Spoils = "latency" | "throughput" | "all";

/** One reason against a point's figures: a sentence with its number. */
export interface Reason {
  readonly code:
    | "errors"
    | "rows"
    | "mismatch"
    | "client"
    | "schedule"
    | "pause"
    | "steal"
    | "cut"
    | "empty"
    | "vanished";
  readonly spoils: Spoils;
  readonly text: string;
}

/** What is known of a point. */
export interface PointFacts {
  readonly clients: number;
  readonly operations: number;
  /** Operations that the plan asked for. */
  readonly planned: number;
  /** Operations by code, index into CODES. */
  readonly codes: readonly number[];
  readonly verified: number;
  readonly mismatched: number;
  readonly mismatch?: string;
  readonly response: SparseHistogram;
  readonly service: SparseHistogram;
  readonly measuredSeconds: number;
  readonly throughput: number;
  readonly busiestWorker: number;
  /** µs. */
  readonly worstPause: number;
  readonly steal: number;
  readonly cutShort: boolean;
  readonly lastError?: string;
  /** Operations a second that the engine reaches against a no-op; NaN where not measured. */
  readonly ceiling: number;
  /** The engine runs on the client's own cores. @default false */
  readonly sharedCores?: boolean;
}

/**
 * Largest share of failed operations. A share e of operations that end early or
 * late can move percentile p to p ± e at most; a thousandth leaves p99 between
 * p98.9 and p99.1.
 */
export const MAX_ERRORS = 0.001;

/**
 * Largest share of one core that a worker may use. An operation that arrives at
 * a worker busy for a share ρ of the time waits ρ/(1−ρ) times the worker's own
 * time for it (M/M/1 queue): nine times at 0.9. And at most 10 % of throughput is
 * left to find behind such a client.
 */
export const MAX_WORKER_SHARE = 0.9;

/** Largest share of p99 that may be time between the planned and the sent instant. */
export const MAX_LAG = 0.2;

/**
 * The same where the engine runs on the client's own cores. Once these are busy,
 * it is the scheduler's choice which of the two waits, so that only a client that
 * makes up most of the figure spoils it.
 */
export const MAX_LAG_SHARED = 0.5;

/** Largest share of the measured time that one pause of the client may take: it lowers throughput by as much. */
export const MAX_PAUSE = 0.1;

/** Largest share of all cores that the hypervisor may take away. */
export const MAX_STEAL = 0.05;

/** The reasons against a point, most serious first; empty when it may be believed. */
export function reasons(point: PointFacts): Reason[] {
  if (point.operations === 0) {
    return [{
      code: "empty",
      spoils: "all",
      text: "No operation was measured" +
        (point.lastError ? `: ${point.lastError}` : ""),
    }];
  }
  return [
    wrongRows,
    mismatches,
    errors,
    cutShort,
    clientBound,
    lag,
    longPause,
    latePause,
    stolen,
  ].flatMap((check) => check(point) ?? []);
}

/** The texts of the reasons that spoil a metric of a point. */
export function spoiling(
  found: readonly Reason[],
  metric: "latency" | "throughput" | "cost",
): string[] {
  return found.filter((r) =>
    r.spoils === "all" || r.spoils === metric ||
    // A price for a request of an hourly platform is a price over a throughput.
    metric === "cost" && r.spoils === "throughput"
  ).map((r) => r.text);
}

type Check = (point: PointFacts) => Reason | undefined;

const wrongRows: Check = ({ codes, operations }) => {
  const wrong = codes[CODES.indexOf("rows")] ?? 0;
  if (wrong === 0) return;
  return {
    code: "rows",
    spoils: "all",
    text:
      `${count(wrong)} of ${count(operations)} operations returned another` +
      " number of rows than the dataset holds",
  };
};

const mismatches: Check = ({ mismatched, verified, mismatch }) => {
  if (mismatched === 0) return;
  return {
    code: "mismatch",
    spoils: "all",
    text:
      `${count(mismatched)} of ${count(verified)} rows compared differ from` +
      ` the dataset${mismatch ? ` (${mismatch})` : ""}`,
  };
};

const errors: Check = ({ codes, operations, lastError }) => {
  const failed = CODES.flatMap((code, k) =>
    code === "ok" || code === "rows" ? [] : [[code, codes[k] ?? 0] as const]
  ).filter(([, n]) => n > 0);
  const total = failed.reduce((sum, [, n]) => sum + n, 0);
  if (total <= operations * MAX_ERRORS) return;
  const kinds = failed.map(([code, n]) => `${count(n)} ${NAMES[code]}`);
  return {
    code: "errors",
    spoils: "all",
    text: `${percent(total / operations)} of ${count(operations)} operations` +
      ` failed (${kinds.join(", ")})${lastError ? `: ${lastError}` : ""}`,
  };
};

const NAMES = {
  ok: "done",
  rows: "with wrong rows",
  error: "refused",
  timeout: "timed out",
  lost: "on a lost connection",
} as const;

const cutShort: Check = ({ cutShort, operations, planned }) => {
  if (!cutShort) return;
  return {
    code: "cut",
    spoils: "all",
    text: `Cut short after ${count(operations)} of ${
      count(planned)
    } operations`,
  };
};

const clientBound: Check = ({ busiestWorker, throughput, ceiling }) => {
  if (!(busiestWorker >= MAX_WORKER_SHARE)) return;
  const limit = Number.isNaN(ceiling)
    ? ""
    : `; one worker alone reaches ${count(ceiling)}/s against a no-op, and ` +
      `${count(throughput)}/s were measured`;
  return {
    code: "client",
    spoils: "all",
    text: `The client was the bottleneck: its busiest worker used ` +
      `${percent(busiestWorker)} of a core${limit}`,
  };
};

const lag: Check = ({ response, service, operations, sharedCores }) => {
  const p = carries(operations, 99) ? 99 : 50;
  const whole = valueAt(response, p);
  const share = 1 - valueAt(service, p) / whole;
  if (!(share > (sharedCores ? MAX_LAG_SHARED : MAX_LAG))) return;
  return {
    code: "schedule",
    spoils: "latency",
    text: `The client missed its schedule: ${percent(share)} of the response` +
      ` time at p${p} (${formatMilliseconds(whole, operations)} ms) passed` +
      " before the request left",
  };
};

/** A pause takes its own time from throughput. */
const longPause: Check = ({ worstPause, operations, measuredSeconds }) => {
  const share = worstPause / 1e6 / measuredSeconds;
  if (!(share > MAX_PAUSE)) return;
  return {
    code: "pause",
    spoils: "throughput",
    text: `The client stood still for ${
      formatMilliseconds(worstPause, operations)
    } ms, ${percent(share)} of the measured time`,
  };
};

/**
 * One pause delays the operations in flight and no others: one a client. It can
 * decide p99 only where those are over 1 % of all operations, and it lasts about
 * as long as p99.
 */
const latePause: Check = ({ worstPause, clients, operations, response }) => {
  const p99 = valueAt(response, 99);
  if (clients <= operations * 0.01 || !(worstPause >= p99 / 2)) return;
  return {
    code: "pause",
    spoils: "latency",
    text:
      `The client stood still for ${
        formatMilliseconds(worstPause, operations)
      } ms, which can have delayed ${percent(clients / operations)} of the ` +
      `operations (p99 ${formatMilliseconds(p99, operations)} ms)`,
  };
};

const stolen: Check = ({ steal }) => {
  if (!(steal > MAX_STEAL)) return;
  return {
    code: "steal",
    spoils: "all",
    text: `The hypervisor took ${percent(steal)} of the machine's CPU away`,
  };
};

function percent(share: number): string {
  return `${Number((share * 100).toPrecision(share < 0.1 ? 2 : 3))} %`;
}

function count(n: number): string {
  return Math.round(n).toLocaleString("en-US");
}
