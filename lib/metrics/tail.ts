/**
 * What sets a point's slowest operations apart from its ordinary ones.
 *
 * @module
 */
import type { SampleColumns } from "../frames/sample_columns.ts";
import { carries } from "./percentiles.ts";

/** Mean times of some operations by phase, µs; NaN where a driver cannot see the first byte. */
export interface Phases {
  /** Planned to sent: in the client. */
  readonly wait: number;
  /** Sent to first byte: the network, both ways, and the server. */
  readonly answer: number;
  /** First byte to whole answer. */
  readonly fetch: number;
  /** Planned to whole answer. */
  readonly response: number;
}

/** A point's tail against its middle. */
export interface Tail {
  /** Sampled operations that make up the tail. */
  readonly operations: number;
  /** Response time of the fastest of them, µs. */
  readonly from: number;
  /** The slowest hundredth. */
  readonly slow: Phases;
  /** The middle half: from the first to the third quartile. */
  readonly middle: Phases;
  /** How many different clients the slow operations belong to. */
  readonly clients: number;
  /** Share of the slow operations that fell into the one second that has most of them, 0 to 1. */
  readonly together: number;
}

/**
 * Takes the slowest hundredth of a point's operations apart; `undefined` where
 * fewer than ten operations would be in it. Samples count by their weight.
 */
export function tail(samples: SampleColumns, point: number): Tail | undefined {
  const { planned, done, weight } = samples;
  const rows: number[] = [];
  for (let k = 0; k < samples.length; k++) {
    if (samples.point[k] === point && samples.part[k] < 0) rows.push(k);
  }
  const response = (k: number) => done[k] - planned[k];
  rows.sort((a, b) => response(a) - response(b));
  const total = rows.reduce((sum, k) => sum + weight[k], 0);
  if (!carries(total, 99)) return undefined;
  const slow: number[] = [];
  const middle: number[] = [];
  let below = 0;
  for (const k of rows) {
    const share = (below += weight[k]) / total;
    if (share > 0.99) slow.push(k);
    else if (share > 0.25 && share <= 0.75) middle.push(k);
  }
  const seconds = new Map<number, number>();
  for (const k of slow) {
    const second = Math.floor(planned[k] / 1e6);
    seconds.set(second, (seconds.get(second) ?? 0) + weight[k]);
  }
  return {
    operations: slow.length,
    from: response(slow[0]),
    slow: phases(samples, slow),
    middle: phases(samples, middle),
    clients: new Set(slow.map((k) => samples.client[k])).size,
    together: Math.max(...seconds.values()) /
      slow.reduce((sum, k) => sum + weight[k], 0),
  };
}

function phases(samples: SampleColumns, rows: readonly number[]): Phases {
  const { planned, sent, firstByte, done, weight } = samples;
  const total = rows.reduce((sum, k) => sum + weight[k], 0);
  const mean = (from: Float64Array, to: Float64Array) =>
    rows.reduce((sum, k) => sum + (to[k] - from[k]) * weight[k], 0) / total;
  return {
    wait: mean(planned, sent),
    answer: mean(sent, firstByte),
    fetch: mean(firstByte, done),
    response: mean(planned, done),
  };
}
