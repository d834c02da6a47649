import type { DriverSpec } from "../driver.ts";

/**
 * What the memory drivers can be told to do wrong, so that the engine's own
 * accounting can be tested against known faults. Operations are counted from 1
 * within each driver.
 */
export interface Faults {
  /** Every n-th operation fails with code 2 ("error"); 0 for none. */
  readonly failEvery: number;
  /** µs until an answer comes; 0 for at once. */
  readonly delay: number;
  /** The n-th operation is answered this many µs later; see `stall`. */
  readonly stallAt: number;
  /** µs by which that answer is late; `Infinity` for never. */
  readonly stall: number;
  /** Submitting the n-th operation throws. */
  readonly throwAt: number;
  /** Taking the n-th operation's answer throws, from wherever answers come. */
  readonly crashAt: number;
}

/** Reads the faults from a connection; without any, nothing goes wrong. */
export function readFaults(connection: DriverSpec["connection"]): Faults {
  const number = (name: string) => Number(connection[name] ?? 0);
  return {
    failEvery: number("failEvery"),
    delay: number("delay"),
    stallAt: number("stallAt"),
    stall: number("stall"),
    throwAt: number("throwAt"),
    crashAt: number("crashAt"),
  };
}
