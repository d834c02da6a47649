import { Damage } from "./damage.ts";

/**
 * Reads Thrift's compact protocol, in which Parquet keeps its metadata
 * (https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md).
 * Whatever the bytes are, time and memory are bounded by their number.
 */

/** The protocol's types, as fields and lists name them. */
export const T = {
  true: 1,
  false: 2,
  byte: 3,
  i16: 4,
  i32: 5,
  i64: 6,
  double: 7,
  binary: 8,
  list: 9,
  set: 10,
  map: 11,
  struct: 12,
} as const;

/** Structs within structs, at most. */
const MAX_DEPTH = 24;

export class ThriftReader {
  readonly #bytes: Uint8Array;
  /** Where the bytes begin in the file, for errors. */
  readonly #base: number;
  #at = 0;
  #depth = 0;

  constructor(bytes: Uint8Array, base: number) {
    this.#bytes = bytes;
    this.#base = base;
  }

  /** Bytes read so far. */
  get position(): number {
    return this.#at;
  }

  /** Ends with an error at this place. */
  fail(message: string): never {
    throw new Damage(message, this.#base + this.#at);
  }

  /** Reads a struct; `field` reads or skips the value of each field. */
  struct(field: (id: number, type: number) => void): void {
    if (++this.#depth > MAX_DEPTH) this.fail("its metadata is nested too deep");
    let id = 0;
    for (;;) {
      const head = this.#byte();
      if (head === 0) break;
      const delta = head >> 4;
      id = delta === 0 ? this.#zigzag() : id + delta;
      field(id, head & 15);
    }
    this.#depth--;
  }

  /** A field that is a struct. */
  structField(
    type: number,
    field: (id: number, type: number) => void,
  ): void {
    this.#expect(type, T.struct);
    this.struct(field);
  }

  /** An integer of any width; beyond ±2⁵³ it is inexact. */
  int(type: number): number {
    if (type < T.byte || type > T.i64) this.#expect(type, T.i64);
    if (type === T.byte) return this.#byte() << 24 >> 24;
    return this.#zigzag();
  }

  /** A field that is true or false. */
  bool(type: number): boolean {
    if (type !== T.true && type !== T.false) this.#expect(type, T.true);
    return type === T.true;
  }

  /** Bytes, as a view. */
  binary(type: number): Uint8Array {
    this.#expect(type, T.binary);
    const length = this.#varint();
    if (length > this.#bytes.length - this.#at) {
      this.fail("its metadata ends within a text");
    }
    const bytes = this.#bytes.subarray(this.#at, this.#at + length);
    this.#at += length;
    return bytes;
  }

  /** Bytes as UTF-8. */
  text(type: number): string {
    return new TextDecoder().decode(this.binary(type));
  }

  /** A list: `each` reads its elements. Says how many there are, before the first. */
  list(
    type: number,
    each: (elementType: number) => void,
    atMost = Infinity,
  ): number {
    this.#expect(type, T.list);
    const head = this.#byte();
    const length = head >> 4 === 15 ? this.#varint() : head >> 4;
    // An element takes a byte at least.
    if (length > this.#bytes.length - this.#at) {
      this.fail("its metadata ends within a list");
    }
    if (length > atMost) {
      this.fail(`it has ${length} entries where at most ${atMost} are read`);
    }
    for (let k = 0; k < length; k++) each(head & 15);
    return length;
  }

  /** Passes over a value. */
  skip(type: number, element = false): void {
    switch (type) {
      case T.true:
      case T.false:
        // An element of a list has a byte of its own; a field has none.
        if (element) this.#byte();
        return;
      case T.byte:
        this.#byte();
        return;
      case T.i16:
      case T.i32:
      case T.i64:
        this.#varint();
        return;
      case T.double:
        this.#at += 8;
        if (this.#at > this.#bytes.length) this.fail("its metadata ends early");
        return;
      case T.binary:
        this.binary(type);
        return;
      case T.list:
      case T.set:
        if (++this.#depth > MAX_DEPTH) {
          this.fail("its metadata is nested too deep");
        }
        this.list(T.list, (inner) => this.skip(inner, true));
        this.#depth--;
        return;
      case T.struct:
        this.struct((_, inner) => this.skip(inner));
        return;
      default:
        this.fail(`its metadata holds a value of unknown type ${type}`);
    }
  }

  #expect(type: number, wanted: number): void {
    if (type !== wanted) {
      this.fail(`its metadata holds type ${type} in place of ${wanted}`);
    }
  }

  #byte(): number {
    if (this.#at >= this.#bytes.length) this.fail("its metadata ends early");
    return this.#bytes[this.#at++];
  }

  #varint(): number {
    let value = 0;
    let scale = 1;
    for (let k = 0; k < 10; k++) {
      const byte = this.#byte();
      value += (byte & 127) * scale;
      if (byte < 128) return value;
      scale *= 128;
    }
    this.fail("its metadata holds an endless number");
  }

  #zigzag(): number {
    const n = this.#varint();
    return n % 2 === 0 ? n / 2 : -(n + 1) / 2;
  }
}
