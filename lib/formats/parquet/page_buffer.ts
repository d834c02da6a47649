import { crc32 } from "node:zlib";
import type { Compressor } from "./codec.ts";
import { packBits } from "./pack_bits.ts";
import { ThriftWriter } from "./thrift_writer.ts";
import { ENCODING } from "./metadata.ts";

/** Rows of one row group, at most, and so of one page. */
export const ROW_GROUP = 65_536;

/** Room for a page's levels before its values; keeps these aligned. */
const HEAD = 8 + ROW_GROUP / 8 + 8;

/** A page as it is stored, and its size before compression; both with its header. */
export interface StoredPage {
  readonly bytes: readonly Uint8Array[];
  readonly uncompressed: number;
  readonly compressed: number;
}

/**
 * Memory in which pages are put together, one after the other: values first,
 * from `start` on; then the levels right before them.
 */
export class PageBuffer {
  #bytes = new Uint8Array(HEAD + 2 ** 20);
  #compressor: Compressor;

  constructor(compressor: Compressor) {
    this.#compressor = compressor;
  }

  /** Where values begin: a multiple of 8. */
  readonly start = HEAD;

  /** The memory, with room for so many bytes of values; what `keep` bytes hold stays. */
  room(values: number, keep = 0): Uint8Array {
    if (HEAD + values > this.#bytes.length) {
      const grown = new Uint8Array(
        Math.max(HEAD + values, 2 * this.#bytes.length),
      );
      grown.set(this.#bytes.subarray(HEAD, HEAD + keep), HEAD);
      this.#bytes = grown;
    }
    return this.#bytes;
  }

  /**
   * A data page of the values in memory.
   *
   * @param nulls of the page's rows, where its column is nullable: `null` for none
   */
  dataPage(
    rows: number,
    values: number,
    encoding: number,
    nulls: Uint8Array | null | undefined,
  ): StoredPage {
    const levels = nulls === undefined ? 0 : this.#levels(rows, nulls);
    const page = this.#bytes.subarray(HEAD - levels, HEAD + values);
    return this.#stored(page, (out) => {
      out.struct(5, () => {
        out.int(1, rows);
        out.int(2, encoding);
        out.int(3, ENCODING.rle);
        out.int(4, ENCODING.rle);
      });
    }, 0);
  }

  /** A dictionary page of the values in memory. */
  dictionaryPage(entries: number, values: number): StoredPage {
    const page = this.#bytes.subarray(HEAD, HEAD + values);
    return this.#stored(page, (out) => {
      out.struct(7, () => {
        out.int(1, entries);
        out.int(2, ENCODING.plain);
      });
    }, 2);
  }

  /** Puts definition levels (0 where NULL) before the values; says how many bytes they take. */
  #levels(rows: number, nulls: Uint8Array | null): number {
    const bytes = this.#bytes;
    const packed = nulls === null ? 1 : Math.ceil(rows / 8);
    const runHead = nulls === null ? rows * 2 : packed * 2 + 1;
    const headBytes = runHead < 128 ? 1 : runHead < 16_384 ? 2 : 3;
    const length = headBytes + packed;
    let at = HEAD - length - 4;
    new DataView(bytes.buffer).setUint32(at, length, true);
    at += 4;
    for (let rest = runHead, k = headBytes; k > 0; k--) {
      bytes[at++] = k > 1 ? rest & 127 | 128 : rest;
      rest >>>= 7;
    }
    if (nulls === null) bytes[at] = 1;
    else packBits(nulls, rows, 1, bytes, at, 1);
    return length + 4;
  }

  #stored(
    page: Uint8Array,
    describe: (out: ThriftWriter) => void,
    type: number,
  ): StoredPage {
    const stored = this.#compressor.compress(page);
    const out = new ThriftWriter();
    out.element(() => {
      out.int(1, type);
      out.int(2, page.length);
      out.int(3, stored.length);
      out.int(4, crc32(stored) | 0);
      describe(out);
    });
    const header = out.bytes;
    return {
      bytes: [header, stored],
      uncompressed: header.length + page.length,
      compressed: header.length + stored.length,
    };
  }
}
