/**
 * Exponential back-off with full jitter: before attempt n + 1 a random time
 * between 0 and min(cap, base · 2ⁿ), as AWS's Architecture Blog describes in
 * "Exponential Backoff And Jitter".
 *
 * @module
 */
import { pause } from "../../core/pause.ts";

/** How long and how often to try. */
export interface BackoffPlan {
  /** ms. @default 25 */
  readonly base?: number;
  /** ms. @default 5000 */
  readonly cap?: number;
  /** Attempts without any progress after which it is given up. @default 12 */
  readonly attempts?: number;
}

/** Counts failed attempts in a row, and waits between them. */
export class Backoff {
  readonly #base: number;
  readonly #cap: number;
  readonly #limit: number;
  #failed = 0;

  constructor(plan: BackoffPlan = {}) {
    this.#base = plan.base ?? 25;
    this.#cap = plan.cap ?? 5000;
    this.#limit = plan.attempts ?? 12;
  }

  /** Attempts failed since the last progress. */
  get failed(): number {
    return this.#failed;
  }

  /** Tells of progress: counting starts anew. */
  reset(): void {
    this.#failed = 0;
  }

  /** Waits before the next attempt; `false`, at once, when there should be none. */
  async wait(signal?: AbortSignal): Promise<boolean> {
    signal?.throwIfAborted();
    this.#failed++;
    if (this.#failed >= this.#limit) return false;
    const most = Math.min(this.#cap, this.#base * 2 ** (this.#failed - 1));
    await pause(Math.random() * most, signal);
    return true;
  }
}
