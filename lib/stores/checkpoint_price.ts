/** The share of a write's time that may go into waiting for its checkpoints. */
const SHARE = 0.1;

/**
 * Says when a checkpoint is worth its price. It makes the writer wait until all
 * is durable, which takes milliseconds on a disk and seconds in a bucket; so
 * the dearer they are, the rarer they become.
 */
export class CheckpointPrice {
  readonly #started = performance.now();
  #waited = 0;

  /** True for the first, and then as long as waiting has taken a tenth of the time at most. */
  get isWorthwhile(): boolean {
    return this.#waited <= SHARE * (performance.now() - this.#started);
  }

  /** Waits for what makes a checkpoint durable. */
  async pay(action: () => Promise<void>): Promise<void> {
    const from = performance.now();
    await action();
    this.#waited += performance.now() - from;
  }
}
