import type { BlockingDriver, DriverSpec } from "../driver.ts";
import { MemoryDriver } from "./memory_driver.ts";

/** Reads memory; blocks the thread until an answer is due, as epoll does. */
export function polledDriver(
  connection: DriverSpec["connection"],
): BlockingDriver {
  return new PolledDriver(connection);
}

class PolledDriver extends MemoryDriver implements BlockingDriver {
  readonly pump = "blocking";
  /** Nobody wakes it: waiting on it is sleeping. */
  readonly #sleep = new Int32Array(new SharedArrayBuffer(4));
  readonly #stalled: { slot: number; due: number }[] = [];

  poll(timeoutMs: number): void {
    if (this.#stalled.length > 0) this.#wakeStalled();
    const due = this.nextDue();
    if (due === Infinity) {
      if (timeoutMs > 0) this.#wait(timeoutMs);
      return;
    }
    const ahead = (due - this.clock()) / 1e3;
    if (ahead > 0) this.#wait(Math.min(ahead, timeoutMs));
    this.tell();
  }

  protected override stall(slot: number, micros: number): void {
    this.#stalled.push({ slot, due: this.clock() + micros });
  }

  #wait(ms: number): void {
    Atomics.wait(this.#sleep, 0, 0, ms);
  }

  #wakeStalled(): void {
    const now = this.clock();
    for (let k = this.#stalled.length - 1; k >= 0; k--) {
      if (this.#stalled[k].due > now) continue;
      this.enqueue(this.#stalled[k].slot);
      this.#stalled.splice(k, 1);
    }
  }
}
