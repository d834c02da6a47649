/**
 * Where an operation's time went, as far as the client's instants tell.
 *
 * @module
 */
import type { SampleColumns } from "../frames/sample_columns.ts";
import { carries } from "./percentiles.ts";

/** One phase's times over all operations, µs; NaN where they cannot be told. */
export interface Phase {
  readonly mean: number;
  readonly p50: number;
  readonly p99: number;
}

/** An operation's time by phase. Means add up; percentiles do not. */
export interface Breakdown {
  /** Operations that the phases are taken from: those that succeeded. */
  readonly operations: number;
  /** Planned to sent: in the client. */
  readonly wait: Phase;
  /** Sent to first byte: the network, both ways, and the server. NaN where a driver cannot see the first byte. */
  readonly answer: Phase;
  /** First byte to whole answer. */
  readonly fetch: Phase;
  /** Sent to whole answer. */
  readonly service: Phase;
  /** The requests that an operation is made of, where they were recorded. */
  readonly parts?: Parts;
}

/** An operation's requests against the operation. */
export interface Parts {
  /** Requests an operation. */
  readonly each: number;
  /** One request, sent to done. */
  readonly request: Phase;
  /** Mean of the sum of an operation's requests: what one after the other costs. */
  readonly sum: number;
  /** Mean of the slowest request of each operation, as measured. */
  readonly slowest: number;
  /**
   * Mean of the slowest of as many requests if they were independent: what all
   * at once would cost at least. E[max] = Σ x₍ᵢ₎ ((i/n)^N − ((i−1)/n)^N) over the
   * ordered requests (on fanout tails: J. Dean and L. A. Barroso, The Tail at
   * Scale, CACM 56(2), 2013).
   */
  readonly expectedSlowest: number;
}

/** The breakdown of one point of a run. */
export function breakdown(samples: SampleColumns, point: number): Breakdown {
  const rows: number[] = [];
  const parts: number[] = [];
  for (let k = 0; k < samples.length; k++) {
    if (samples.point[k] !== point || samples.code[k] !== 0) continue;
    (samples.part[k] < 0 ? rows : parts).push(k);
  }
  const { planned, sent, firstByte, done } = samples;
  const phase = (from: Float64Array, to: Float64Array) =>
    summary(Float64Array.from(rows, (k) => to[k] - from[k]));
  return {
    operations: rows.length,
    wait: phase(planned, sent),
    answer: phase(sent, firstByte),
    fetch: phase(firstByte, done),
    service: phase(sent, done),
    ...(parts.length > 0 ? { parts: ofParts(samples, parts) } : {}),
  };
}

function ofParts(samples: SampleColumns, rows: readonly number[]): Parts {
  const times = Float64Array.from(
    rows,
    (k) => samples.done[k] - samples.sent[k],
  );
  const operations = new Map<number, { n: number; sum: number; max: number }>();
  rows.forEach((k, j) => {
    // A client's operation is unique within a point; clients fit 16 bits.
    const id = samples.operation[k] * 65_536 + samples.client[k];
    const seen = operations.get(id) ?? { n: 0, sum: 0, max: 0 };
    operations.set(id, {
      n: seen.n + 1,
      sum: seen.sum + times[j],
      max: Math.max(seen.max, times[j]),
    });
  });
  const all = [...operations.values()];
  const average = (value: (o: (typeof all)[number]) => number) =>
    all.reduce((sum, o) => sum + value(o), 0) / all.length;
  const each = Math.max(...all.map((o) => o.n));
  return {
    each,
    request: summary(times),
    sum: average((o) => o.sum),
    slowest: average((o) => o.max),
    expectedSlowest: expectedMaximum(times, each),
  };
}

/** The mean of the largest of N independent draws from these values. */
export function expectedMaximum(values: Float64Array, draws: number): number {
  const sorted = values.slice().sort();
  const n = sorted.length;
  let sum = 0;
  let below = 0;
  for (let i = 0; i < n; i++) {
    const upTo = ((i + 1) / n) ** draws;
    sum += sorted[i] * (upTo - below);
    below = upTo;
  }
  return n === 0 ? NaN : sum;
}

function summary(values: Float64Array): Phase {
  const n = values.length;
  const sorted = values.slice().sort();
  // NaN sorts last: one instant that is not known makes the phase unknown.
  if (n === 0 || Number.isNaN(sorted[n - 1])) {
    return { mean: NaN, p50: NaN, p99: NaN };
  }
  const at = (p: number) =>
    carries(n, p) ? sorted[Math.ceil(n * p / 100 - 1e-6) - 1] : NaN;
  return {
    mean: sorted.reduce((sum, x) => sum + x, 0) / n,
    p50: at(50),
    p99: at(99),
  };
}
