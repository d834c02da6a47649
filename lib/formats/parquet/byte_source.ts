import type { Store } from "../../stores/store.ts";
import { Damage } from "./damage.ts";

/** A file's bytes, read in ranges. */
export interface ByteSource {
  readonly size: number;
  /** The bytes `[from, to)`, which lie within the file. */
  read(from: number, to: number): Promise<Uint8Array>;
}

/** Bytes in memory as a source. */
export function memorySource(bytes: Uint8Array): ByteSource {
  return {
    size: bytes.length,
    read: (from, to) => Promise.resolve(bytes.subarray(from, to)),
  };
}

/** A store's object as a source. */
export function storeSource(
  store: Store,
  { key, bytes }: { readonly key: string; readonly bytes: number },
): ByteSource {
  return {
    size: bytes,
    async read(from, to) {
      const found = await store.get(key, { from, to });
      if (found?.length !== to - from) {
        throw new Damage("it was replaced or cut while it was read", from);
      }
      return found;
    },
  };
}

/** A range of a source, of which only a window is in memory. */
export class ByteWindow {
  readonly #source: ByteSource;
  readonly #end: number;
  /** How much is read at once. */
  readonly #ahead: number;
  #bytes: Uint8Array;
  #from: number;

  /** @param known bytes from `from` on that are in memory already */
  constructor(
    source: ByteSource,
    from: number,
    to: number,
    ahead: number,
    known: Uint8Array = new Uint8Array(0),
  ) {
    this.#source = source;
    this.#from = from;
    this.#end = to;
    this.#ahead = ahead;
    this.#bytes = known;
  }

  /** Up to `count` bytes from an offset on: fewer only where the range ends. */
  async at(offset: number, count: number): Promise<Uint8Array> {
    const to = Math.min(this.#end, offset + count);
    if (offset < this.#from || to > this.#from + this.#bytes.length) {
      this.#bytes = await this.#source.read(
        offset,
        Math.min(this.#end, Math.max(to, offset + this.#ahead)),
      );
      this.#from = offset;
    }
    return this.#bytes.subarray(offset - this.#from, to - this.#from);
  }
}
