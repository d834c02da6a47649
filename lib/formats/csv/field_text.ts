import { Buffer } from "node:buffer";
import { ServemarkError } from "../../core/errors.ts";
import { firstBadByte } from "../utf8.ts";

const LF = 10;
/** Texts up to this length are kept for when they come again. */
const SHORT = 24;
const SLOTS = 1024;

/** Decodes fields as UTF-8. */
export class FieldText {
  readonly #decoder = new TextDecoder("utf-8", {
    fatal: true,
    ignoreBOM: true,
  });
  readonly #name: string;
  readonly #quote: number;
  #scratch = new Uint8Array(256);
  /** `#buffer` is a view of these bytes. */
  #of: Uint8Array | undefined;
  #buffer: Buffer | undefined;
  readonly #recent = new Array<string | undefined>(SLOTS).fill(undefined);

  constructor(name: string, quote: string) {
    this.#name = name;
    this.#quote = quote.charCodeAt(0);
  }

  /**
   * The text of a field.
   *
   * @param line the record's first line, for the error's place
   * @param record where the record begins
   * @throws {ServemarkError} for bytes that are not UTF-8, with their line
   */
  read(
    bytes: Uint8Array,
    start: number,
    end: number,
    doubled: boolean,
    line: number,
    record: number,
  ): string {
    let text: string | undefined;
    if (doubled) {
      const length = this.#undouble(bytes, start, end);
      text = this.#decode(this.#scratch, 0, length);
    } else text = this.#decode(bytes, start, end);
    if (text !== undefined) return text;
    throw this.#fault(bytes, start, end, line, record);
  }

  /** A text; `undefined` where it is not UTF-8. */
  #decode(bytes: Uint8Array, start: number, end: number): string | undefined {
    let at = start;
    let hash = end - start;
    for (; at < end && bytes[at] < 128; at++) {
      hash = Math.imul(hash, 31) + bytes[at] | 0;
    }
    if (at === end) return this.#ascii(bytes, start, end, hash & SLOTS - 1);
    try {
      return this.#decoder.decode(bytes.subarray(start, end));
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      return undefined;
    }
  }

  /** A text of ASCII; short ones that come again are not made again. */
  #ascii(bytes: Uint8Array, start: number, end: number, slot: number): string {
    const short = end - start <= SHORT;
    const before = this.#recent[slot];
    if (short && before !== undefined && same(before, bytes, start, end)) {
      return before;
    }
    if (this.#buffer === undefined || this.#of !== bytes) {
      this.#of = bytes;
      this.#buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    }
    // Strings of their own, ten times as fast as the decoder makes them.
    const text = this.#buffer.toString("latin1", start, end);
    if (short) this.#recent[slot] = text;
    return text;
  }

  /** Copies a field into the scratch, each doubled quote once. */
  #undouble(bytes: Uint8Array, start: number, end: number): number {
    if (end - start > this.#scratch.length) {
      this.#scratch = new Uint8Array(2 * (end - start));
    }
    let length = 0;
    for (let at = start; at < end; at++) {
      this.#scratch[length++] = bytes[at];
      if (bytes[at] === this.#quote) at++;
    }
    return length;
  }

  #fault(
    bytes: Uint8Array,
    start: number,
    end: number,
    line: number,
    record: number,
  ): ServemarkError {
    const bad = firstBadByte(bytes, start, end);
    let at = line;
    for (let k = record; k < bad; k++) if (bytes[k] === LF) at++;
    const hex = bytes[bad]?.toString(16).padStart(2, "0");
    return new ServemarkError(`Cannot read ${this.#name}`, {
      cause: `byte 0x${hex} is not UTF-8`,
      place: `${this.#name}, line ${at}`,
      remedy: "Convert the file to UTF-8, for example with iconv",
    });
  }
}

function same(
  text: string,
  bytes: Uint8Array,
  start: number,
  end: number,
): boolean {
  if (text.length !== end - start) return false;
  for (let k = 0; k < text.length; k++) {
    if (text.charCodeAt(k) !== bytes[start + k]) return false;
  }
  return true;
}
