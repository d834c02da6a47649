import { openClock } from "../../core/clock.ts";
import type { Code, Completion, DriverSpec, Template } from "../driver.ts";
import { type ArenaTable, openArenaTable } from "./arena.ts";
import { type Faults, readFaults } from "./faults.ts";

const MISSING: Code = 1;
const FAILED: Code = 2;
/** Stands for a code where taking the answer is to throw. */
const CRASH = 255;

/**
 * What both memory drivers share: the reads, and the answers that wait to be
 * told. Connection: `arena`, the platform's tables; or `noop: true`, which
 * answers with the rows wanted without having any (the engine's ceiling);
 * besides `faults.ts`.
 */
export abstract class MemoryDriver {
  protected readonly clock = openClock();
  readonly #connection: DriverSpec["connection"];
  readonly #faults: Faults;
  readonly #noop: boolean;
  #templates: readonly Template[] = [];
  #tables: ArenaTable[][] = [];
  #completion!: Completion;
  #count = 0;
  #lastError: string | undefined;
  /** Slots whose answers have not been told, in the order in which they are due: a ring. */
  #queue = new Int32Array(0);
  #head = 0;
  #pending = 0;
  #sent = new Float64Array(0);
  #due = new Float64Array(0);
  #rows = new Uint32Array(0);
  #bytes = new Uint32Array(0);
  #code = new Uint8Array(0);

  constructor(connection: DriverSpec["connection"]) {
    this.#connection = connection;
    this.#faults = readFaults(connection);
    this.#noop = connection.noop === true;
  }

  get lastError(): string | undefined {
    return this.#lastError;
  }

  open(
    slots: number,
    templates: readonly Template[],
    completion: Completion,
  ): Promise<void> {
    const arena = this.#connection.arena as SharedArrayBuffer;
    this.#templates = templates;
    this.#completion = completion;
    this.#tables = this.#noop
      ? []
      : templates.map((template) =>
        template.reads.map((read) => openArenaTable(arena, read.name))
      );
    this.#queue = new Int32Array(slots);
    this.#sent = new Float64Array(slots);
    this.#due = new Float64Array(slots);
    this.#rows = new Uint32Array(slots);
    this.#bytes = new Uint32Array(slots);
    this.#code = new Uint8Array(slots);
    return Promise.resolve();
  }

  submit(slot: number, template: number, rows: Float64Array): void {
    const sent = this.clock();
    this.#sent[slot] = sent;
    this.#due[slot] = sent + this.#faults.delay;
    this.#code[slot] = 0;
    if (this.#noop) {
      this.#rows[slot] = this.#templates[template].reads.length;
    } else this.#look(slot, template, rows);
    if (this.#faulty(slot)) return;
    this.enqueue(slot);
  }

  read(template: number, rows: Float64Array): Promise<(string | undefined)[]> {
    if (this.#noop) {
      return Promise.reject(
        new TypeError("The no-op has no rows: run it with verify 0"),
      );
    }
    return Promise.resolve(
      this.#tables[template].map((table, k) => table.text(rows[k])),
    );
  }

  close(): Promise<void> {
    this.#pending = 0;
    this.#tables = [];
    return Promise.resolve();
  }

  /** Puts a slot's answer behind those that wait. */
  protected enqueue(slot: number): void {
    let tail = this.#head + this.#pending;
    if (tail >= this.#queue.length) tail -= this.#queue.length;
    this.#queue[tail] = slot;
    this.#pending++;
  }

  /** The instant at which the next answer is due; Infinity where none waits. */
  protected nextDue(): number {
    return this.#pending === 0 ? Infinity : this.#due[this.#queue[this.#head]];
  }

  /** Tells the answers that wait and are due; those that come of it wait for the next time. */
  protected tell(): void {
    for (let n = this.#pending; n > 0; n--) {
      const slot = this.#queue[this.#head];
      const now = this.clock();
      if (this.#due[slot] > now) return;
      if (++this.#head === this.#queue.length) this.#head = 0;
      this.#pending--;
      const code = this.#code[slot];
      if (code === CRASH) throw new Error("an injected crash");
      this.#completion.done(
        slot,
        this.#sent[slot],
        NaN,
        now,
        this.#rows[slot],
        this.#bytes[slot],
        code as Code,
      );
    }
  }

  #look(slot: number, template: number, rows: Float64Array): void {
    const tables = this.#tables[template];
    const { strategy } = this.#templates[template];
    const apart = strategy !== "batched" && tables.length > 1;
    let found = 0;
    let bytes = 0;
    let sent = this.#sent[slot];
    for (let k = 0; k < tables.length; k++) {
      const { starts } = tables[k];
      const size = starts[rows[k] + 1] - starts[rows[k]];
      // Beyond the last row it is not a number.
      const hit = size > 0;
      if (hit) {
        found++;
        bytes += size;
      }
      if (!apart) continue;
      const done = this.clock();
      this.#tellPart(slot, k, sent, done, hit ? size : 0);
      if (strategy === "sequential") sent = done;
    }
    this.#rows[slot] = found;
    this.#bytes[slot] = bytes;
    if (found < tables.length) this.#code[slot] = MISSING;
  }

  #tellPart(
    slot: number,
    part: number,
    sent: number,
    done: number,
    bytes: number,
  ): void {
    const [rows, code]: [number, Code] = bytes > 0 ? [1, 0] : [0, MISSING];
    this.#completion.part?.(slot, part, sent, NaN, done, rows, bytes, code);
  }

  /** Applies the faults; true when this answer is never, or not now, to come. */
  #faulty(slot: number): boolean {
    const { failEvery, stallAt, stall, throwAt, crashAt } = this.#faults;
    const n = ++this.#count;
    if (failEvery > 0 && n % failEvery === 0) {
      this.#code[slot] = FAILED;
      this.#rows[slot] = this.#bytes[slot] = 0;
      this.#lastError ??= "an injected failure";
    }
    if (n === crashAt) this.#code[slot] = CRASH;
    if (n === throwAt) throw new Error("an injected exception");
    if (n !== stallAt) return false;
    if (stall !== Infinity) this.stall(slot, stall);
    return true;
  }

  /** Answers a slot this many µs later than the others. */
  protected abstract stall(slot: number, micros: number): void;
}
