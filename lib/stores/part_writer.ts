import { ServemarkError } from "../core/errors.ts";
import { CheckpointPrice } from "./checkpoint_price.ts";
import type { WriterSink } from "./guarded_writer.ts";
import {
  digestOf,
  FIRST,
  JOURNAL,
  type Journal,
  type Resumed,
  roomBehind,
  takeUp,
} from "./part_journal.ts";
import { leastPart, MOST_PARTS, mostPart, overlap } from "./part_sizes.ts";
import type { PartTarget, SentPart } from "./part_target.ts";
import type { WriteOptions } from "./store.ts";

/** Starts a write in parts, or takes an unfinished one up. */
export async function openPartSink(
  target: PartTarget,
  options: WriteOptions,
): Promise<WriterSink> {
  const head = options.head ?? 0;
  const resumed = options.resume === undefined
    ? undefined
    : await takeUp(target, head);
  return new PartSink(target, options, resumed);
}

/**
 * An object sent in parts while its bytes come. Where there is a head, the
 * first part waits with it in memory, and is sent last. An object of a few MB
 * is put at once.
 *
 * Memory: the first part (5 MiB, or the head where that is longer), and what
 * part_sizes.ts states: 64 MiB for an object of some GB, 256 MiB to 120 GB, then
 * one part, 0.35 GB at 500 GB and 1.8 GB at 5 TiB.
 */
class PartSink implements WriterSink {
  readonly resumed: unknown;
  readonly #target: PartTarget;
  readonly #head: number;
  readonly #first: Uint8Array;
  #firstFilled = 0;
  #firstKept = false;
  readonly #parts: SentPart[] = [];
  #upload: string | undefined;
  #number: number;
  #buffer: Uint8Array | undefined;
  #filled = 0;
  #position: number;
  #kept: number;
  readonly #price = new CheckpointPrice();
  readonly #sending = new Map<Promise<void>, number>();
  #failure: { error: unknown } | undefined;

  constructor(
    target: PartTarget,
    options: WriteOptions,
    resumed: Resumed | undefined,
  ) {
    this.#target = target;
    this.#head = options.head ?? 0;
    this.#first = resumed?.first ?? new Uint8Array(roomBehind(this.#head));
    this.#number = this.#head === 0 ? 1 : 2;
    this.#position = this.#head;
    if (resumed) {
      this.#firstFilled = this.#first.length;
      this.#firstKept = true;
      this.#parts = resumed.parts;
      this.#upload = resumed.journal.upload;
      this.#number = resumed.journal.last + 1;
      this.#position = resumed.journal.position;
      this.resumed = resumed.journal.state;
    }
    this.#kept = this.#position;
  }

  get position(): number {
    return this.#position;
  }

  async write(bytes: Uint8Array): Promise<void> {
    const room = this.#first.length - this.#firstFilled;
    let at = Math.min(room, bytes.length);
    this.#first.set(bytes.subarray(0, at), this.#firstFilled);
    this.#firstFilled += at;
    while (at < bytes.length) {
      this.#buffer ??= new Uint8Array(mostPart(this.#number));
      const piece = bytes.subarray(at, at + this.#buffer.length - this.#filled);
      this.#buffer.set(piece, this.#filled);
      this.#filled += piece.length;
      at += piece.length;
      if (this.#filled === this.#buffer.length) await this.#sendPart();
    }
    this.#position += bytes.length;
  }

  async checkpoint(state: unknown): Promise<boolean> {
    if (this.#filled > 0) {
      if (this.#filled < leastPart(this.#number)) return false;
      await this.#sendPart();
    }
    if (this.#upload === undefined || this.#position === this.#kept) {
      return false;
    }
    if (!this.#price.isWorthwhile) return false;
    const upload = this.#upload;
    await this.#price.pay(() => this.#keep(upload, state));
    return true;
  }

  async #keep(upload: string, state: unknown): Promise<void> {
    await this.#settle();
    if (!this.#firstKept && this.#first.length > 0) {
      await this.#target.keep(FIRST, this.#first);
    }
    this.#firstKept = true;
    const journal: Journal = {
      head: this.#head,
      upload,
      position: this.#position,
      last: this.#number - 1,
      parts: await digestOf(this.#sorted()),
      state,
    };
    const text = JSON.stringify(journal);
    await this.#target.keep(JOURNAL, new TextEncoder().encode(text));
    this.#kept = this.#position;
  }

  async finish(head: Uint8Array): Promise<void> {
    if (this.#upload === undefined) {
      const rest = this.#buffer?.subarray(0, this.#filled) ?? new Uint8Array();
      const first = this.#first.subarray(0, this.#firstFilled);
      await this.#target.put(join([head, first, rest]));
      return;
    }
    if (this.#filled > 0) await this.#sendPart();
    await this.#settle();
    const upload = this.#upload;
    if (this.#head > 0) {
      const first = join([head, this.#first]);
      this.#parts.push(await this.#target.send(upload, 1, first));
    }
    await this.#target.complete(upload, this.#sorted());
    await this.#forget();
  }

  async abort(): Promise<void> {
    await this.release();
    if (this.#upload !== undefined) await this.#target.cancel(this.#upload);
    await this.#forget();
  }

  async release(): Promise<void> {
    await Promise.all(this.#sending.keys());
  }

  /** The journal goes first: without it nothing is taken up. */
  async #forget(): Promise<void> {
    if (!this.#firstKept) return;
    await this.#target.forget(JOURNAL);
    if (this.#first.length > 0) await this.#target.forget(FIRST);
  }

  /** Sends the buffer as the next part, alongside what follows where memory allows. */
  async #sendPart(): Promise<void> {
    const number = this.#number++;
    if (number > MOST_PARTS) {
      throw new ServemarkError("Cannot write an object of over 5 TiB", {
        place: this.#target.place,
        remedy: "Write several objects, for example one for each table",
      });
    }
    const bytes = this.#buffer!.subarray(0, this.#filled);
    this.#buffer = undefined;
    this.#filled = 0;
    const upload = this.#upload ??= await this.#target.begin();
    const sending: Promise<void> = this.#target.send(upload, number, bytes)
      .then((part) => void this.#parts.push(part))
      .catch((error) => void (this.#failure ??= { error }))
      .finally(() => this.#sending.delete(sending));
    this.#sending.set(sending, bytes.length);
    const next = mostPart(this.#number);
    const most = overlap(this.#number);
    while (this.#sending.size > 0 && this.#inFlight() + next > most) {
      await Promise.race(this.#sending.keys());
    }
    this.#check();
  }

  #sorted(): SentPart[] {
    return this.#parts.sort((a, b) => a.number - b.number);
  }

  #inFlight(): number {
    return this.#sending.values().reduce((sum, bytes) => sum + bytes, 0);
  }

  async #settle(): Promise<void> {
    await Promise.all(this.#sending.keys());
    this.#check();
  }

  #check(): void {
    if (this.#failure) throw this.#failure.error;
  }
}

function join(pieces: readonly Uint8Array[]): Uint8Array {
  const length = pieces.reduce((sum, piece) => sum + piece.length, 0);
  const whole = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}
