import { ServemarkError } from "../../core/errors.ts";

const LF = 10;
/** Texts up to this length are made character by character. */
const SHORT = 48;

/** Decodes fields as UTF-8. */
export class FieldText {
  readonly #decoder = new TextDecoder("utf-8", {
    fatal: true,
    ignoreBOM: true,
  });
  readonly #name: string;
  readonly #quote: number;
  #scratch = new Uint8Array(256);

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
    if (doubled) {
      const length = this.#undouble(bytes, start, end);
      return this.#decode(
        this.#scratch,
        0,
        length,
        () => this.#fault(bytes, start, end, line, record),
      );
    }
    return this.#decode(
      bytes,
      start,
      end,
      () => this.#fault(bytes, start, end, line, record),
    );
  }

  #decode(
    bytes: Uint8Array,
    start: number,
    end: number,
    fault: () => ServemarkError,
  ): string {
    if (end - start <= SHORT) {
      let text = "";
      let at = start;
      for (; at < end && bytes[at] < 128; at++) {
        text += ASCII[bytes[at]];
      }
      if (at === end) return text;
    }
    try {
      return this.#decoder.decode(bytes.subarray(start, end));
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      throw fault();
    }
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

const ASCII = Array.from({ length: 128 }, (_, c) => String.fromCharCode(c));

/** The place of the first byte that is no UTF-8 (RFC 3629); `end` where all is. */
export function firstBadByte(
  bytes: Uint8Array,
  start: number,
  end: number,
): number {
  for (let at = start; at < end;) {
    const lead = bytes[at];
    if (lead < 0x80) {
      at++;
      continue;
    }
    const more = lead >= 0xc2 && lead <= 0xdf
      ? 1
      : lead >= 0xe0 && lead <= 0xef
      ? 2
      : lead >= 0xf0 && lead <= 0xf4
      ? 3
      : 0;
    if (more === 0 || at + more >= end) return at;
    // The shortest forms only, no surrogates, nothing beyond U+10FFFF.
    const low = lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80;
    const high = lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf;
    for (let k = 1; k <= more; k++) {
      const byte = bytes[at + k];
      const fits = k === 1
        ? byte >= low && byte <= high
        : byte >= 0x80 && byte <= 0xbf;
      if (!fits) return at;
    }
    at += more + 1;
  }
  return end;
}
