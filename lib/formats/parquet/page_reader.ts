import { crc32 } from "node:zlib";
import type { ByteWindow } from "./byte_source.ts";
import { decompress } from "./codec.ts";
import { Damage } from "./damage.ts";
import type { Chunk, PageHeader } from "./metadata.ts";
import { ThriftReader } from "./thrift_reader.ts";

/** Bytes of a page, at most, compressed or not. */
const MAX_PAGE = 2 ** 28;

/** Bytes in which a page's header is looked for: statistics can make it long. */
const HEADER_BYTES = [512, 16_384, 2 ** 20];

/** A page, decompressed. */
export interface Page {
  readonly header: PageHeader;
  readonly bytes: Uint8Array;
  /** Where its header begins in the file. */
  readonly offset: number;
}

/** Reads a chunk's pages, one after the other. */
export class PageReader {
  readonly #chunk: Chunk;
  readonly #window: ByteWindow;
  readonly #end: number;
  #at: number;
  /** Decompressed bytes that the chunk still may have. */
  #allowed: number;

  constructor(chunk: Chunk, window: ByteWindow) {
    this.#chunk = chunk;
    this.#window = window;
    this.#at = chunk.offset;
    this.#end = chunk.offset + chunk.compressed;
    // Some writers leave the headers out of the sum, and none adds anything.
    this.#allowed = chunk.uncompressed + 4096;
  }

  /** Where the next page begins in the file. */
  get offset(): number {
    return this.#at;
  }

  /** The next page; `undefined` after the last. */
  async next(): Promise<Page | undefined> {
    while (this.#at < this.#end) {
      const offset = this.#at;
      try {
        const header = await this.#header(offset);
        const from = offset + header.bytes;
        this.#at = from + header.compressed;
        this.#allowed -= header.uncompressed;
        if (this.#at > this.#end) {
          throw new Damage("a page ends behind its column's end");
        }
        if (
          header.uncompressed > MAX_PAGE || header.compressed > MAX_PAGE ||
          this.#allowed < 0
        ) {
          throw new Damage(
            `a page has ${header.uncompressed} bytes, more than its column or than is read`,
          );
        }
        if (header.kind === "index") continue;
        const stored = await this.#window.at(from, header.compressed);
        if (header.crc !== undefined && crc32(stored) !== header.crc) {
          throw new Damage("a page does not match its checksum");
        }
        return { header, bytes: this.#open(header, stored), offset };
      } catch (error) {
        if (error instanceof Damage) error.offset ??= offset;
        throw error;
      }
    }
  }

  #open(header: PageHeader, stored: Uint8Array): Uint8Array {
    const { codec } = this.#chunk;
    const { v2 } = header;
    if (!v2) return decompress(codec, stored, header.uncompressed);
    const { levels } = v2;
    if (levels > stored.length || levels > header.uncompressed) {
      throw new Damage("a page's levels are longer than the page");
    }
    const values = stored.subarray(levels);
    const size = header.uncompressed - levels;
    const plain = v2.compressed && size > 0
      ? decompress(codec, values, size)
      : values;
    const bytes = new Uint8Array(levels + plain.length);
    bytes.set(stored.subarray(0, levels));
    bytes.set(plain, levels);
    return bytes;
  }

  async #header(offset: number): Promise<PageHeader> {
    for (let k = 0;; k++) {
      const bytes = await this.#window.at(offset, HEADER_BYTES[k]);
      try {
        return parsePageHeader(bytes, offset);
      } catch (error) {
        const more = bytes.length === HEADER_BYTES[k] &&
          k + 1 < HEADER_BYTES.length;
        if (!(error instanceof Damage) || !more) throw error;
      }
    }
  }
}

/** Parses the header at the beginning of bytes. */
export function parsePageHeader(bytes: Uint8Array, base: number): PageHeader {
  const thrift = new ThriftReader(bytes, base);
  let kind = -1;
  let [uncompressed, compressed] = [-1, -1];
  let [values, encoding] = [-1, -1];
  let crc: number | undefined;
  let rows = -1;
  let nulls = -1;
  let definition = -1;
  let repetition = -1;
  let zipped = true;
  const held = new Set<number>();
  thrift.struct((id, type) => {
    switch (id) {
      case 1:
        kind = thrift.int(type);
        return;
      case 2:
        uncompressed = thrift.int(type);
        return;
      case 3:
        compressed = thrift.int(type);
        return;
      case 4:
        crc = thrift.int(type) >>> 0;
        return;
      case 5:
      case 7:
        held.add(id);
        thrift.structField(type, (field, type) => {
          if (field === 1) values = thrift.int(type);
          else if (field === 2) encoding = thrift.int(type);
          else if (id === 5 && field === 3) definition = thrift.int(type);
          else thrift.skip(type);
        });
        return;
      case 8:
        held.add(id);
        thrift.structField(type, (field, type) => {
          if (field === 7) zipped = thrift.bool(type);
          else if (field === 8) thrift.skip(type);
          else {
            const n = thrift.int(type);
            if (field === 1) values = n;
            else if (field === 2) nulls = n;
            else if (field === 3) rows = n;
            else if (field === 4) encoding = n;
            else if (field === 5) definition = n;
            else if (field === 6) repetition = n;
          }
        });
        return;
      default:
        thrift.skip(type);
    }
  });
  if (!(uncompressed >= 0 && compressed >= 0)) {
    thrift.fail("a page's header lacks its sizes");
  }
  const common = {
    uncompressed,
    compressed,
    values,
    encoding,
    bytes: thrift.position,
    ...crc === undefined ? {} : { crc },
  };
  if (kind === 1) return { kind: "index", ...common };
  const wanted = new Map([[0, 5], [2, 7], [3, 8]]).get(kind);
  if (
    wanted === undefined || !held.has(wanted) || held.size !== 1 ||
    !(values >= 0 && values < 2 ** 31)
  ) {
    thrift.fail("a page's header says neither what nor how much it holds");
  }
  if (kind === 2) return { kind: "dictionary", ...common };
  if (kind === 0) {
    return { kind: "data", ...common, levelEncoding: definition };
  }
  if (!(definition >= 0 && repetition >= 0 && nulls >= 0 && rows === values)) {
    thrift.fail("a page's header contradicts itself");
  }
  return {
    kind: "data",
    ...common,
    v2: {
      nulls,
      levels: definition + repetition,
      repetition,
      compressed: zipped,
    },
  };
}
