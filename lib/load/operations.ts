import type { Clock } from "../core/clock.ts";
import type { Code, Completion, Driver } from "../platforms/driver.ts";
import type { Cursor, Workload } from "../workloads/workload.ts";
import type { Schedule } from "./closed_loop.ts";
import type { Recorder } from "./recorder.ts";

/** One stretch of operations: a warm-up, or the measured part. */
export interface Stretch {
  readonly schedule: Schedule;
  /** Absent in a warm-up. */
  readonly recorder?: Recorder;
  /** µs after which an operation counts as timed out. */
  readonly timeout: number;
}

/** How long a stop waits for answers, µs. */
export const DRAIN = 1_000_000;

const IDLE = 0;
const RUNNING = 1;
/** Counted as timed out; its answer is still awaited. */
const LATE = 2;
/** Given up: not answered within twice the timeout, or after a stop. */
const STUCK = 3;

const ROWS: Code = 1;
const TIMEOUT: Code = 3;

/**
 * Starts operations as the schedule says, and takes their ends: the part of
 * the engine that both pumps share. Synchronous.
 *
 * **Timeouts.** An operation not answered `timeout` after its start counts as
 * timed out (code 3), and enters the distributions with exactly that long a
 * service time. Its client is free from that instant on, but its connection is
 * not: the client's next operation waits until the late answer has come (it is
 * dropped, not recorded again), and that wait is part of the next one's
 * response time. A client whose answer is still missing after twice the timeout
 * is stuck: its remaining operations are not run, and the point is cut short.
 *
 * **Stop.** Operations in flight have {@link DRAIN} left to be answered; those
 * that are not count as timed out, with the time that they waited.
 */
export class Operations implements Completion {
  readonly #driver: Driver;
  readonly #cursors: readonly Cursor[];
  readonly #clock: Clock;
  readonly #epoch: number;
  /** The dataset's table that a whole operation reads; −1 where several. */
  readonly #wholeTable: Int32Array;
  readonly #partTables: readonly Int32Array[];
  readonly #expected: Int32Array;
  readonly #state: Uint8Array;
  readonly #started: Float64Array;
  readonly #template: Uint8Array;
  readonly #rows: Float64Array;
  #schedule!: Schedule;
  #recorder: Recorder | undefined;
  #timeout = Infinity;
  #inFlight = 0;
  #stuck = 0;
  #latest = 0;
  #patience = Infinity;
  /** Is told, if set, that a slot became free. */
  onFree: (() => void) | undefined;

  constructor(options: {
    slots: number;
    driver: Driver;
    workload: Workload;
    tables: readonly { readonly name: string }[];
    clock: Clock;
    epoch: number;
  }) {
    const { slots, workload, tables } = options;
    this.#driver = options.driver;
    this.#cursors = Array.from({ length: slots }, () => workload.cursor());
    this.#clock = options.clock;
    this.#epoch = options.epoch;
    const number = new Map(tables.map((table, k) => [table.name, k]));
    this.#partTables = workload.templates.map((template) =>
      Int32Array.from(template.reads, (read) => number.get(read.name) ?? -1)
    );
    this.#wholeTable = Int32Array.from(
      this.#partTables,
      (all) => all.length === 1 ? all[0] : -1,
    );
    this.#expected = Int32Array.from(this.#partTables, (all) => all.length);
    this.#state = new Uint8Array(slots);
    this.#started = new Float64Array(slots);
    this.#template = new Uint8Array(slots);
    this.#rows = new Float64Array(workload.width);
  }

  /** Operations started and not ended; stuck ones not counted. */
  get inFlight(): number {
    return this.#inFlight;
  }

  /** Clients whose answer never came. */
  get stuck(): number {
    return this.#stuck;
  }

  /** True when nothing runs, and nothing will. */
  get finished(): boolean {
    return this.#inFlight === 0 && this.#schedule.next() === Infinity;
  }

  /** The instant of the next operation that waits for its time; Infinity where none does. */
  next(): number {
    return this.#schedule.next();
  }

  /** Begins a stretch; nothing may be in flight. */
  begin(stretch: Stretch): void {
    this.#schedule = stretch.schedule;
    this.#recorder = stretch.recorder;
    this.#timeout = stretch.timeout;
    this.#patience = Infinity;
  }

  /** Plans nothing more, and waits for answers for {@link DRAIN} at most. */
  stop(now: number): void {
    this.#schedule.stop();
    this.#patience = now + DRAIN;
  }

  /** Starts what is due; returns how many operations that were. */
  startDue(now: number): number {
    let count = 0;
    let slot: number;
    while ((slot = this.#schedule.due(now)) >= 0) {
      const template = this.#cursors[slot].fill(
        this.#schedule.request[slot],
        this.#rows,
      );
      this.#template[slot] = template;
      this.#state[slot] = RUNNING;
      this.#started[slot] = now;
      this.#inFlight++;
      this.#driver.submit(slot, template, this.#rows);
      count++;
    }
    return count;
  }

  done(
    slot: number,
    sent: number,
    firstByte: number,
    done: number,
    rows: number,
    bytes: number,
    code: Code,
  ): void {
    const state = this.#state[slot];
    const deadline = this.#started[slot] + this.#timeout;
    if (state === RUNNING && done <= deadline) {
      const wrong = code === 0 && rows !== this.#expected[this.#template[slot]];
      this.#record(
        slot,
        sent,
        firstByte,
        done,
        rows,
        bytes,
        wrong ? ROWS : code,
      );
      this.#schedule.free(slot, done);
      this.#inFlight--;
    } else if (state !== STUCK) {
      if (state === RUNNING) this.#timeOut(slot, this.#timeout);
      this.#schedule.free(slot, deadline);
      this.#inFlight--;
    }
    this.#state[slot] = IDLE;
    if (done > this.#latest) this.#latest = done;
    if (this.onFree !== undefined) this.onFree();
  }

  part(
    slot: number,
    part: number,
    sent: number,
    firstByte: number,
    done: number,
    rows: number,
    bytes: number,
    code: Code,
  ): void {
    if (this.#recorder === undefined || this.#state[slot] !== RUNNING) return;
    const schedule = this.#schedule;
    this.#recorder.part(
      schedule.request[slot],
      schedule.firstClient + slot,
      schedule.operation[slot],
      part,
      this.#partTables[this.#template[slot]][part],
      schedule.planned[slot] - this.#epoch,
      sent - this.#epoch,
      firstByte - this.#epoch,
      done - this.#epoch,
      rows,
      bytes,
      code,
    );
  }

  /** Counts what has timed out by now, and gives up what is stuck. */
  sweep(now: number): void {
    const over = now > this.#patience;
    for (let slot = 0; slot < this.#state.length; slot++) {
      const age = now - this.#started[slot];
      if (this.#state[slot] === RUNNING && (over || age > this.#timeout)) {
        this.#timeOut(slot, Math.min(age, this.#timeout));
      }
      if (this.#state[slot] === LATE && (over || age > 2 * this.#timeout)) {
        this.#state[slot] = STUCK;
        this.#stuck++;
        this.#inFlight--;
      }
    }
  }

  /** The shared clock. */
  now(): number {
    return this.#clock();
  }

  /** The latest instant at which an operation was done: saves reading the clock. */
  get latest(): number {
    return this.#latest;
  }

  #timeOut(slot: number, after: number): void {
    const started = this.#started[slot];
    this.#record(slot, started, NaN, started + after, 0, 0, TIMEOUT);
    this.#state[slot] = LATE;
  }

  #record(
    slot: number,
    sent: number,
    firstByte: number,
    done: number,
    rows: number,
    bytes: number,
    code: Code,
  ): void {
    if (this.#recorder === undefined) return;
    const schedule = this.#schedule;
    this.#recorder.operation(
      schedule.firstClient + slot,
      schedule.operation[slot],
      this.#wholeTable[this.#template[slot]],
      schedule.planned[slot] - this.#epoch,
      sent - this.#epoch,
      firstByte - this.#epoch,
      done - this.#epoch,
      rows,
      bytes,
      code,
    );
  }
}
