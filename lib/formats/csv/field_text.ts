import { ServemarkError } from "../../core/errors.ts";
import { firstBadByte } from "../utf8.ts";

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
