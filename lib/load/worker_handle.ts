import { ServemarkError } from "../core/errors.ts";
import type { FromWorker, ToWorker } from "./plan.ts";

type Answer<T extends FromWorker["type"]> = Extract<FromWorker, { type: T }>;

/** How long a worker may take to close its connections before it is ended, ms. */
const CLOSE_MS = 2_000;

/** The main thread's side of one worker: one question at a time. */
export class WorkerHandle {
  readonly #worker: Worker;
  #waiting: PromiseWithResolvers<FromWorker> | undefined;
  #failure: ServemarkError | undefined;

  constructor() {
    this.#worker = new Worker(new URL("./worker.ts", import.meta.url), {
      type: "module",
      name: "servemark load",
    });
    this.#worker.onmessage = (event: MessageEvent<FromWorker>) => {
      const message = event.data;
      if (message.type === "failed") return this.#fail(message.message);
      const waiting = this.#waiting;
      this.#waiting = undefined;
      waiting?.resolve(message);
    };
    this.#worker.onerror = (event) => {
      // Unhandled, it would end the main thread too.
      event.preventDefault();
      this.#fail(event.message.replace(/^Uncaught (?:Error: )?/, ""));
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

  /** Lets the worker close its connections, and ends it in any case. */
  async close(): Promise<void> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    try {
      if (this.#failure) return;
      const patience = new Promise<void>((wake) => {
        timer = setTimeout(wake, CLOSE_MS);
      });
      // A worker that fails while it closes is ended all the same.
      const closed = this.ask({ type: "close" }, "closed").catch(() => {});
      await Promise.race([closed, patience]);
    } finally {
      clearTimeout(timer);
      this.#worker.terminate();
    }
  }

  #fail(message: string): void {
    this.#failure ??= new ServemarkError("The load cannot go on", {
      cause: message,
    });
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.reject(this.#failure);
  }
}
