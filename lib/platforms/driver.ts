/**
 * What a load worker speaks to. A driver is opened in a worker, prepares its
 * templates once, then serves `slots` concurrent clients, each of which has at
 * most one operation in flight.
 *
 * @module
 */
import type { TableSchema } from "../datasets/schema.ts";

/** How one operation reads its tables. */
export type Strategy =
  /** One request a table, each after the answer to the one before. */
  | "sequential"
  /** One request a table, all at once. */
  | "parallel"
  /** One request for all tables. */
  | "batched";

/** One shape of operation: read these tables, one row each, by entity key. */
export interface Template {
  readonly strategy: Strategy;
  readonly reads: readonly TableSchema[];
}

/** How an operation ended. 0 is success; all others count as errors. */
export const CODES = ["ok", "rows", "error", "timeout", "lost"] as const;
/** Index into {@link CODES}. */
export type Code = 0 | 1 | 2 | 3 | 4;

/** Is told of every operation's end. Synchronous; never throws. Instants are µs of the shared clock. */
export interface Completion {
  /**
   * @param sent when the first byte of the request left
   * @param firstByte when the first byte of the answer came, or NaN where the driver cannot see it
   * @param done when the answer was whole
   * @param rows rows returned
   * @param bytes bytes of the answer, as received (before decoding)
   */
  done(
    slot: number,
    sent: number,
    firstByte: number,
    done: number,
    rows: number,
    bytes: number,
    code: Code,
  ): void;
  /** One request of an operation that makes several (`sequential`, `parallel`). */
  part?(
    slot: number,
    part: number,
    sent: number,
    firstByte: number,
    done: number,
    rows: number,
    bytes: number,
    code: Code,
  ): void;
}

interface DriverBase {
  /** Opens connections for this many clients, and prepares the templates. */
  open(
    slots: number,
    templates: readonly Template[],
    completion: Completion,
  ): Promise<void>;
  /**
   * Starts one operation. `rows[k]` is the key number to read from the
   * template's k-th table; the buffer is reused by the caller at once.
   */
  submit(slot: number, template: number, rows: Float64Array): void;
  /**
   * Runs one operation over the same connections and statements, and decodes
   * what came back to canonical row texts, in the order of the template's
   * reads; `undefined` for a row that was not found. Never during a load.
   */
  read(template: number, rows: Float64Array): Promise<(string | undefined)[]>;
  /** The first error's message since `open`, for the report; secrets removed. */
  readonly lastError: string | undefined;
  /** Consumed units since `open`, as the service reported them: `{ rru: 12.5 }`. */
  readonly consumed?: Readonly<Record<string, number>>;
  close(): Promise<void>;
}

/** A driver whose completions arrive from the event loop. */
export interface AsyncDriver extends DriverBase {
  readonly pump: "async";
}

/** A driver that blocks the thread while it waits (epoll). */
export interface BlockingDriver extends DriverBase {
  readonly pump: "blocking";
  /** Waits at most this long for answers, and reports them to the completion. */
  poll(timeoutMs: number): void;
}

export type Driver = AsyncDriver | BlockingDriver;

/** Names a driver and says how to reach the platform. Posted to workers; holds secrets, so never stored or shown. */
export interface DriverSpec {
  /** Key of the map in `drivers.ts`: `postgres/epoll`, `dynamodb/sdk` … */
  readonly driver: string;
  readonly connection: Readonly<
    Record<string, string | number | boolean | SharedArrayBuffer | undefined>
  >;
}
