import type { AsyncDriver, DriverSpec } from "../driver.ts";
import { MemoryDriver } from "./memory_driver.ts";

/** Longest run of microtasks before the event loop gets its turn, µs. */
const TURN = 2_000;

/** Reads memory; answers come from the event loop, as those of a socket do. */
export function directDriver(
  connection: DriverSpec["connection"],
): AsyncDriver {
  return new DirectDriver(connection);
}

class DirectDriver extends MemoryDriver implements AsyncDriver {
  readonly pump = "async";
  readonly #turn = new MessageChannel();
  readonly #stalled = new Set<ReturnType<typeof setTimeout>>();
  #scheduled = false;
  #turned = 0;

  constructor(connection: DriverSpec["connection"]) {
    super(connection);
    this.#turn.port1.onmessage = () => {
      this.#turned = this.clock();
      this.#flush();
    };
  }

  override close(): Promise<void> {
    for (const timer of this.#stalled) clearTimeout(timer);
    this.#turn.port1.close();
    return super.close();
  }

  protected override enqueue(slot: number): void {
    super.enqueue(slot);
    this.#schedule();
  }

  protected override stall(slot: number, micros: number): void {
    const timer = setTimeout(() => {
      this.#stalled.delete(timer);
      this.enqueue(slot);
    }, micros / 1e3);
    this.#stalled.add(timer);
  }

  /** Flushes from a microtask, from a task when those have gone on for long, or when the next answer is due. */
  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    const now = this.clock();
    const wait = this.nextDue() - now;
    if (wait > 0) setTimeout(() => this.#flush(), wait / 1e3);
    else if (now - this.#turned > TURN) this.#turn.port2.postMessage(null);
    else queueMicrotask(() => this.#flush());
  }

  #flush(): void {
    this.#scheduled = false;
    this.tell();
    if (this.nextDue() !== Infinity) this.#schedule();
  }
}
