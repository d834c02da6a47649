import { T } from "./thrift_reader.ts";

const encoder = new TextEncoder();

/** Writes Thrift's compact protocol: fields in the order of their ids. */
export class ThriftWriter {
  #bytes = new Uint8Array(1024);
  #at = 0;
  /** The last field's id, of this struct and those around it. */
  #last = 0;
  readonly #outer: number[] = [];

  /** What was written. */
  get bytes(): Uint8Array {
    return this.#bytes.slice(0, this.#at);
  }

  /** Bytes so far. */
  get position(): number {
    return this.#at;
  }

  int(id: number, value: number, type: number = T.i32): void {
    this.#head(id, type);
    this.#zigzag(value);
  }

  i64(id: number, value: number): void {
    this.int(id, value, T.i64);
  }

  bool(id: number, value: boolean): void {
    this.#head(id, value ? T.true : T.false);
  }

  binary(id: number, value: Uint8Array): void {
    this.#head(id, T.binary);
    this.#raw(value);
  }

  text(id: number, value: string): void {
    this.binary(id, encoder.encode(value));
  }

  /** A struct as a field; `fields` writes what it holds. */
  struct(id: number, fields: () => void): void {
    this.#head(id, T.struct);
    this.element(fields);
  }

  /** A struct as a list's element, or as the whole. */
  element(fields: () => void): void {
    this.#outer.push(this.#last);
    this.#last = 0;
    fields();
    this.#byte(0);
    this.#last = this.#outer.pop()!;
  }

  /** A list of structs, each written by `one`. */
  structs<V>(id: number, items: readonly V[], one: (item: V) => void): void {
    this.#list(id, T.struct, items.length);
    for (const item of items) this.element(() => one(item));
  }

  /** A list of 32-bit integers. */
  ints(id: number, items: readonly number[]): void {
    this.#list(id, T.i32, items.length);
    for (const item of items) this.#zigzag(item);
  }

  /** A list of texts. */
  texts(id: number, items: readonly string[]): void {
    this.#list(id, T.binary, items.length);
    for (const item of items) this.#raw(encoder.encode(item));
  }

  #list(id: number, type: number, length: number): void {
    this.#head(id, T.list);
    if (length < 15) this.#byte(length << 4 | type);
    else {
      this.#byte(15 << 4 | type);
      this.#varint(length);
    }
  }

  #head(id: number, type: number): void {
    const delta = id - this.#last;
    this.#last = id;
    if (delta > 0 && delta < 16) this.#byte(delta << 4 | type);
    else {
      this.#byte(type);
      this.#zigzag(id);
    }
  }

  #raw(value: Uint8Array): void {
    this.#varint(value.length);
    this.#room(value.length);
    this.#bytes.set(value, this.#at);
    this.#at += value.length;
  }

  #zigzag(value: number): void {
    this.#varint(value < 0 ? -2 * value - 1 : 2 * value);
  }

  #varint(value: number): void {
    while (value >= 128) {
      this.#byte(value % 128 + 128);
      value = Math.floor(value / 128);
    }
    this.#byte(value);
  }

  #byte(value: number): void {
    this.#room(1);
    this.#bytes[this.#at++] = value;
  }

  #room(more: number): void {
    if (this.#at + more <= this.#bytes.length) return;
    const grown = new Uint8Array(
      Math.max(this.#at + more, 2 * this.#bytes.length),
    );
    grown.set(this.#bytes.subarray(0, this.#at));
    this.#bytes = grown;
  }
}
