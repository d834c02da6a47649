/**
 * What a benchmark of Servemark itself tells: one figure, what it is compared
 * with, and what it must and is to reach.
 *
 * @module
 */
import { threadCpu } from "../../lib/core/clock.ts";

/** One measured figure. */
export interface Measurement {
  readonly name: string;
  readonly unit: string;
  readonly ours: number;
  /** The peer's figure, measured in the same run, alternating. */
  readonly peer?: number;
  /** Who the peer is. */
  readonly against?: string;
  /** ours ÷ peer. */
  readonly ratio?: number;
  /** Limits: of the ratio where there is a peer, else of our figure. */
  readonly must?: number;
  readonly aim?: number;
  /** Whether less or more is better. */
  readonly better: "less" | "more";
}

/** Measurements that are made together. */
export interface Bench {
  /** The names of what `run` gives. */
  readonly names: readonly string[];
  /** Measures at least what is wanted. */
  run(wanted: (name: string) => boolean): Promise<Measurement[]>;
}

/** Whether a measurement reaches a limit; without one there is nothing to hold. */
export function reaches(
  m: Measurement,
  limit: number | undefined,
): boolean | undefined {
  const figure = m.ratio ?? m.ours;
  if (limit === undefined) return undefined;
  return m.better === "less" ? figure <= limit : figure >= limit;
}

/** The middle value; of an even number, the mean of the middle two. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  return sorted.length % 2 === 1
    ? sorted[Math.floor(middle)]
    : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** Seconds that something takes. */
export async function seconds(work: () => unknown): Promise<number> {
  const began = performance.now();
  await work();
  return (performance.now() - began) / 1e3;
}

/**
 * CPU time of this thread where the system tells it, so that what else runs on
 * the machine counts little; ns.
 */
function threadNanoseconds(): number {
  const micros = threadCpu();
  return Number.isNaN(micros) ? performance.now() * 1e6 : micros * 1e3;
}

/**
 * Median CPU ns of one call, over several passes of many calls.
 *
 * @param prepare makes what a pass works on; not measured
 */
export function nanosecondsEach<T>(
  prepare: () => T,
  pass: (on: T) => void,
  calls: number,
  passes = 15,
): number {
  const each: number[] = [];
  // The first passes let the compiler settle.
  for (let k = -8; k < passes; k++) {
    const on = prepare();
    const began = threadNanoseconds();
    pass(on);
    if (k >= 0) each.push((threadNanoseconds() - began) / calls);
  }
  return median(each);
}
