import { ServemarkError } from "../../core/errors.ts";
import type { Place } from "../source.ts";

/** An archive's bytes, wherever they are. */
export interface ArchiveInput {
  /** For errors: the archive's path or URI. */
  readonly name: string;
  readonly size: number;
  /** The bytes from `from` to before `to`, all of which there must be. */
  read(from: number, to: number): Promise<Uint8Array>;
}

/** What is wrong with an archive, and where. */
export interface ArchiveFault {
  readonly cause: string;
  /** Byte offset in the archive. */
  readonly offset?: number;
  readonly table?: string;
  readonly remedy?: string;
  readonly error?: unknown;
}

/** The error for an archive that cannot be read. */
export function archiveError(
  name: string,
  fault: ArchiveFault,
): ServemarkError {
  const { cause, offset, table, error } = fault;
  const place = [
    name,
    ...(table === undefined ? [] : [`table ${table}`]),
    ...(offset === undefined ? [] : [`byte offset ${offset}`]),
  ].join(", ");
  return new ServemarkError("Cannot read the pg_dump archive", {
    cause,
    place,
    remedy: fault.remedy ??
      "Check that the archive was copied whole, or make it again with pg_dump -Fc",
    error,
  });
}

/** Opens an object of a store, which is read by ranges. */
export async function openInput(
  { store, key }: Place,
  name: string = store.locate(key),
): Promise<ArchiveInput> {
  const found = await store.stat(key);
  if (!found) {
    throw new ServemarkError("Cannot read the pg_dump archive", {
      cause: "there is no such file",
      place: name,
      remedy: "Correct the path",
    });
  }
  const size = found.bytes;
  return {
    name,
    size,
    async read(from, to) {
      const bytes = await store.get(key, { from, to });
      if (bytes?.length === to - from) return bytes;
      throw archiveError(name, {
        cause: "it was changed or removed while it was read",
        offset: from,
        remedy: "Read it again",
      });
    },
  };
}

/** An archive in memory. */
export function bytesInput(bytes: Uint8Array, name: string): ArchiveInput {
  return {
    name,
    size: bytes.length,
    read(from, to) {
      if (to <= bytes.length) return Promise.resolve(bytes.subarray(from, to));
      return Promise.reject(new RangeError(`There is no byte ${to - 1}`));
    },
  };
}

/** Bytes of a window: one request to a store. */
const WINDOW = 4 * 1024 * 1024;

/** Reads a range of an archive from its start to its end, a window ahead. */
export class RangeReader {
  /** Where the next byte is in the archive. */
  position: number;
  readonly #input: ArchiveInput;
  readonly #end: number;
  readonly #table?: string;
  readonly #lookAhead: boolean;
  #window: Uint8Array = new Uint8Array();
  #at = 0;
  #ahead: Promise<Uint8Array> | undefined;
  #aheadFrom = 0;

  /** @param lookAhead fetch a window while the one before is read */
  constructor(
    input: ArchiveInput,
    from: number,
    end: number,
    lookAhead: boolean,
    table?: string,
  ) {
    this.#lookAhead = lookAhead;
    this.#input = input;
    this.position = from;
    this.#end = end;
    this.#table = table;
  }

  /** Whether nothing is left. */
  get ended(): boolean {
    return this.position >= this.#end;
  }

  async byte(): Promise<number> {
    if (this.#at >= this.#window.length) await this.#next();
    this.position++;
    return this.#window[this.#at++];
  }

  /** So many bytes, where the window has them. */
  ready(count: number): Uint8Array | undefined {
    const end = this.#at + count;
    if (end > this.#window.length) return undefined;
    const taken = this.#window.subarray(this.#at, end);
    this.#at = end;
    this.position += count;
    return taken;
  }

  /** Up to so many bytes, at least one; valid until the next call. */
  async some(most: number): Promise<Uint8Array> {
    if (this.#at >= this.#window.length) await this.#next();
    const taken = this.#window.subarray(this.#at, this.#at + most);
    this.#at += taken.length;
    this.position += taken.length;
    return taken;
  }

  /** Passes bytes over, without fetching those beyond the window. */
  skip(count: number): void {
    this.position += count;
    this.#at += count;
    if (this.position > this.#end) throw this.#cut();
    if (this.#at >= this.#window.length) this.#window = new Uint8Array();
  }

  /** An error at this place. */
  fault(
    cause: string,
    offset = this.position,
    error?: unknown,
  ): ServemarkError {
    return archiveError(this.#input.name, {
      cause,
      offset,
      table: this.#table,
      error,
    });
  }

  async #next(): Promise<void> {
    if (this.ended) throw this.#cut();
    const from = this.position;
    const waiting = this.#aheadFrom === from ? this.#ahead : undefined;
    this.#window = await (waiting ?? this.#fetch(from));
    this.#at = 0;
    const then = from + this.#window.length;
    this.#ahead = undefined;
    if (this.#lookAhead && then < this.#end) {
      this.#aheadFrom = then;
      this.#ahead = this.#fetch(then);
      // Met when it is awaited; whoever stops reading does not ask for it.
      this.#ahead.catch(() => undefined);
    }
  }

  #fetch(from: number): Promise<Uint8Array> {
    return this.#input.read(from, Math.min(from + WINDOW, this.#end));
  }

  #cut(): ServemarkError {
    return this.fault("it ends before its data does", this.#end);
  }
}
