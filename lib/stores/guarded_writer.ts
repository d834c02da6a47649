import { ServemarkError } from "../core/errors.ts";
import type { ObjectWriter, WriteOptions } from "./store.ts";

/** What a store does for a writer; the order of the calls is seen to. */
export interface WriterSink {
  readonly position: number;
  readonly resumed: unknown;
  write(bytes: Uint8Array): Promise<void>;
  checkpoint(state: unknown): Promise<boolean>;
  finish(head: Uint8Array): Promise<void>;
  abort(): Promise<void>;
  /** Lets go of files and requests, and keeps what the last checkpoint kept. */
  release(): Promise<void>;
}

/** The rules that every store's writer keeps, around what the store does. */
export class GuardedWriter implements ObjectWriter {
  readonly #sink: WriterSink;
  readonly #options: WriteOptions;
  #busy = false;
  #ended = false;
  #failed = false;

  constructor(sink: WriterSink, options: WriteOptions) {
    this.#sink = sink;
    this.#options = options;
  }

  get position(): number {
    return this.#sink.position;
  }

  get resumed(): unknown {
    return this.#sink.resumed;
  }

  write(bytes: Uint8Array): Promise<void> {
    return this.#alone(() => this.#sink.write(bytes));
  }

  checkpoint(state: unknown): Promise<boolean> {
    return this.#alone(async () =>
      this.#options.resume !== undefined && await this.#sink.checkpoint(state)
    );
  }

  finish(head: Uint8Array = new Uint8Array()): Promise<void> {
    return this.#alone(async () => {
      const declared = this.#options.head ?? 0;
      if (head.length !== declared) {
        throw new RangeError(
          `Cannot finish with a head of ${head.length} bytes: ${declared} were declared`,
        );
      }
      await this.#sink.finish(head);
      this.#ended = true;
    });
  }

  async abort(): Promise<void> {
    if (this.#ended) return;
    this.#ended = true;
    await this.#sink.abort();
  }

  async close(): Promise<void> {
    if (this.#ended) return;
    this.#ended = true;
    try {
      if (this.#options.resume === undefined) await this.#sink.abort();
      else await this.#sink.release();
    } catch (error) {
      // A write that failed has said why. What cannot be taken back for the
      // same reason must not hide that; a later tidy() removes it.
      if (!this.#failed) throw error;
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #alone<T>(action: () => Promise<T>): Promise<T> {
    if (this.#ended) throw new Error("Cannot go on: this writer has ended");
    if (this.#busy) throw new Error("Cannot go on: await the call before");
    this.#options.signal?.throwIfAborted();
    this.#busy = true;
    try {
      return await action();
    } catch (error) {
      this.#failed = true;
      throw error;
    } finally {
      this.#busy = false;
    }
  }
}

/** Refuses options that no store could keep to. */
export function checkWriteOptions(options: WriteOptions): void {
  const { head = 0, resume } = options;
  if (!Number.isSafeInteger(head) || head < 0) {
    throw new RangeError(`Cannot use ${head} as the length of a head`);
  }
  if (resume === "") {
    throw new ServemarkError("Cannot resume a write without its identity", {
      cause: "`resume` is empty",
    });
  }
}

/** A short name for a job's identity: 16 hex digits of its SHA-256. */
export async function jobName(resume: string): Promise<string> {
  const bytes = new TextEncoder().encode(resume);
  const digest = await crypto.subtle.digest("SHA-256", bytes);
  return new Uint8Array(digest).subarray(0, 8).toHex();
}
