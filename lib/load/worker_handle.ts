import { ServemarkError } from "../core/errors.ts";
import type { FromWorker, ToWorker } from "./plan.ts";

type Answer<T extends FromWorker["type"]> = Extract<FromWorker, { type: T }>;

/** How long a worker may take to close its connections before it is ended, ms. */
const CLOSE_MS = 2_000;

/** The main thread's side of one worker: one question at a time. */
export class WorkerHandle {
  readonly #worker: Worker;
  #waiting: PromiseWithResolvers<FromWorker> | undefined;
  readonly #closed = Promise.withResolvers<void>();
  #failure: ServemarkError | undefined;

  constructor() {
    this.#worker = new Worker(new URL("./worker.ts", import.meta.url), {
      type: "module",
      name: "servemark load",
    });
    this.#worker.onmessage = (event: MessageEvent<FromWorker>) => {
      const message = event.data;
      if (message.type === "failed") return this.#fail(message.message);
      if (message.type === "closed") return this.#closed.resolve();
      const waiting = this.#waiting;
      this.#waiting = undefined;
      waiting?.resolve(message);
    };
    this.#worker.onerror = (event) => {
      // Unhandled, it would end the main thread too.
      event.preventDefault();
      this.#fail(
        event.message.replace(/^Uncaught (?:\(in promise\) )?(?:Error: )?/, ""),
      );
    };
    this.#worker.onmessageerror = () =>
      this.#fail("a message could not be read");
  }

  /** Sends a message, and waits for its answer. */
  async ask<T extends FromWorker["type"]>(
    message: ToWorker,
    expected: T,
  ): Promise<Answer<T>> {
    if (this.#failure) throw this.#failure;
    const waiting = Promise.withResolvers<FromWorker>();
    this.#waiting = waiting;
    this.#worker.postMessage(message);
    const answer = await waiting.promise;
    if (answer.type !== expected) {
      throw new TypeError(
        `A load worker answered "${answer.type}" where "${expected}" was due`,
      );
    }
    return answer as Answer<T>;
  }

  /**
   * Lets the worker finish what it is doing and close its connections, and ends
   * it in any case: a question that has no answer by then is rejected.
   */
  async close(): Promise<void> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    try {
      if (this.#failure) return;
      this.#worker.postMessage({ type: "close" } satisfies ToWorker);
      const patience = new Promise<void>((wake) => {
        timer = setTimeout(wake, CLOSE_MS);
      });
      await Promise.race([this.#closed.promise, patience]);
    } finally {
      clearTimeout(timer);
      this.#worker.terminate();
      this.#fail("its workers have been closed");
    }
  }

  #fail(message: string): void {
    this.#failure ??= new ServemarkError("The load cannot go on", {
      cause: message,
    });
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.reject(this.#failure);
    this.#closed.resolve();
  }
}
