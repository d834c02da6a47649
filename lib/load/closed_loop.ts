/** Which client may start when, and with which request. Instants are µs of the shared clock. */
export interface Schedule {
  /** Number of slots. */
  readonly slots: number;
  /** The planned instant of the operation that a slot is running. */
  readonly planned: Float64Array;
  /** Its number within the client, from 0. */
  readonly operation: Int32Array;
  /** Its request's number. */
  readonly request: Float64Array;
  /** Number of the first slot's client among all clients of the point. */
  readonly firstClient: number;
  /** A slot whose next operation is due, or −1; the slot then counts as running. */
  due(now: number): number;
  /** The instant of the next operation that waits for its time; Infinity where none does. */
  next(): number;
  /** Tells that a slot's operation ended at this instant. */
  free(slot: number, done: number): void;
  /** Plans nothing more: what is in flight is to be finished. */
  stop(): void;
  /** Planned operations that have neither started nor been given up. */
  readonly left: number;
}

/** What a closed loop does. */
export interface ClosedLoopOptions {
  readonly clients: number;
  /** Number of the first client among all clients of the point. */
  readonly firstClient: number;
  /** Operations of each client. */
  readonly iterations: number;
  /** Request of client c's operation j: `firstRequest + c·iterations + j`. */
  readonly firstRequest: number;
  /** µs between an answer and the client's next operation. */
  readonly think: number;
  /** Instant at which every client is free. */
  readonly start: number;
}

/**
 * A closed loop: each client starts its next operation when the one before has
 * been answered, after its think time. So planned = the moment the client was
 * free + think time, and a client that waits for its own busy thread is late.
 */
export class ClosedLoop implements Schedule {
  readonly slots: number;
  readonly planned: Float64Array;
  readonly operation: Int32Array;
  readonly request: Float64Array;
  readonly firstClient: number;
  readonly #iterations: number;
  readonly #firstRequest: number;
  readonly #think: number;
  /** Free slots in the order of their planned instants: a ring. */
  readonly #ready: Int32Array;
  #head = 0;
  #waiting: number;
  #left: number;
  #stopped = false;

  constructor(options: ClosedLoopOptions) {
    const { clients, iterations, start } = options;
    this.slots = clients;
    this.firstClient = options.firstClient;
    this.planned = new Float64Array(clients).fill(start);
    this.operation = new Int32Array(clients).fill(-1);
    this.request = new Float64Array(clients);
    this.#iterations = iterations;
    this.#firstRequest = options.firstRequest;
    this.#think = options.think;
    this.#ready = Int32Array.from({ length: clients }, (_, slot) => slot);
    this.#waiting = iterations > 0 ? clients : 0;
    this.#left = clients * iterations;
  }

  get left(): number {
    return this.#left;
  }

  due(now: number): number {
    if (this.#waiting === 0) return -1;
    const slot = this.#ready[this.#head];
    if (this.planned[slot] > now) return -1;
    if (++this.#head === this.slots) this.#head = 0;
    this.#waiting--;
    this.#left--;
    const j = ++this.operation[slot];
    this.request[slot] = this.#firstRequest +
      (this.firstClient + slot) * this.#iterations + j;
    return slot;
  }

  next(): number {
    return this.#waiting === 0
      ? Infinity
      : this.planned[this.#ready[this.#head]];
  }

  free(slot: number, done: number): void {
    if (this.#stopped || this.operation[slot] + 1 >= this.#iterations) return;
    this.planned[slot] = done + this.#think;
    let tail = this.#head + this.#waiting;
    if (tail >= this.slots) tail -= this.slots;
    this.#ready[tail] = slot;
    this.#waiting++;
  }

  stop(): void {
    this.#stopped = true;
    this.#waiting = 0;
    this.#left = 0;
  }
}
