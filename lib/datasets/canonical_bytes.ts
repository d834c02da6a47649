import type { Batch, TextSource, Vector } from "./batch.ts";
import { canonicalValue, escapeText } from "./canonical.ts";
import type { ColumnType } from "./schema.ts";

const BACKSLASH = 92;
const BAR = 124;
const CAPITAL_N = 78;
const MINUS = 45;
const ZERO = 48;
/** The longest integer: a sign and 16 digits; with the bar after it. */
const NUMBER_ROOM = 18;
const GROUP = 1e9;

/**
 * Writes rows' canonical texts as UTF-8 into a buffer that is used again for
 * each row: what `canonicalRow` says, without making strings.
 */
export class CanonicalBytes {
  /** The row's bytes, from the buffer's start. */
  length = 0;
  /** Over the buffer, which has `spare` bytes more than the row. */
  view: DataView;
  #bytes: Uint8Array;
  readonly #spare: number;
  readonly #encoder = new TextEncoder();
  /** Canonical bytes of words and prefixes, by what holds them. */
  readonly #encoded = new Map<readonly string[] | string, Uint8Array[]>();

  constructor(spare: number) {
    this.#spare = spare;
    this.#bytes = new Uint8Array(1024 + spare);
    this.view = new DataView(this.#bytes.buffer);
  }

  /** Replaces the buffer's content by a row of a batch. */
  row({ table, columns }: Batch, row: number): void {
    this.length = 0;
    this.#value(table.columns[0].type, columns[0], row);
    for (let c = 1; c < columns.length; c++) {
      this.#bytes[this.length++] = BAR;
      this.#value(table.columns[c].type, columns[c], row);
    }
  }

  /** Replaces the buffer's content by a text that is canonical already. */
  text(canonical: string): void {
    this.length = 0;
    this.#encode(canonical);
  }

  #value(type: ColumnType, vector: Vector, row: number): void {
    const { nulls, texts } = vector;
    if (nulls !== null && nulls[row] === 1) {
      this.#reserve(NUMBER_ROOM);
      this.#bytes[this.length++] = BACKSLASH;
      this.#bytes[this.length++] = CAPITAL_N;
      return;
    }
    if (texts) return this.#source(texts, row);
    const value = vector.values[row];
    if (typeof value === "number" && type.kind !== "double") {
      this.#number(value);
    } else if (typeof value === "string") this.#text(value);
    else this.#encode(canonicalValue(type, value));
  }

  /** Writes a text that follows from a number, without making a string. */
  #source(texts: TextSource, row: number): void {
    const n = texts.numbers[row];
    if (texts.kind === "words") {
      return this.#copy(this.#bytesOf(texts.words, texts.words)[n]);
    }
    this.#copy(this.#bytesOf(texts.prefix, [texts.prefix])[0]);
    this.#reserve(NUMBER_ROOM + texts.digits);
    const own = n < GROUP ? digitsOf(n) : 9 + digitsOf(Math.floor(n / GROUP));
    for (let k = own; k < texts.digits; k++) this.#bytes[this.length++] = ZERO;
    this.#number(n);
  }

  #bytesOf(
    key: readonly string[] | string,
    words: readonly string[],
  ): Uint8Array[] {
    let encoded = this.#encoded.get(key);
    if (!encoded) {
      encoded = words.map((word) => this.#encoder.encode(escapeText(word)));
      this.#encoded.set(key, encoded);
    }
    return encoded;
  }

  #copy(from: Uint8Array): void {
    this.#reserve(from.length);
    if (from.length > 32) this.#bytes.set(from, this.length);
    else {
      const bytes = this.#bytes;
      for (let k = 0; k < from.length; k++) bytes[this.length + k] = from[k];
    }
    this.length += from.length;
  }

  #number(value: number): void {
    if (!Number.isSafeInteger(value)) return this.#encode(String(value));
    this.#reserve(NUMBER_ROOM);
    if (value < 0) {
      this.#bytes[this.length++] = MINUS;
      value = -value;
    }
    if (value < GROUP) return this.#digits(value, digitsOf(value));
    const high = Math.floor(value / GROUP);
    this.#digits(high, digitsOf(high));
    this.#digits(value - high * GROUP, 9);
  }

  #digits(value: number, digits: number): void {
    let rest = value | 0;
    for (let at = this.length + digits - 1; at >= this.length; at--) {
      const tenth = (rest / 10) | 0;
      this.#bytes[at] = ZERO + rest - 10 * tenth;
      rest = tenth;
    }
    this.length += digits;
  }

  #text(text: string): void {
    // Three bytes are the most that a UTF-16 unit takes; two, if escaped.
    this.#reserve(3 * text.length + 1);
    for (let k = 0; k < text.length; k++) {
      const unit = text.charCodeAt(k);
      if (unit > 127) {
        return this.#encode(text.slice(k).replace(/[\\|]/g, "\\$&"));
      }
      if (unit === BACKSLASH || unit === BAR) {
        this.#bytes[this.length++] = BACKSLASH;
      }
      this.#bytes[this.length++] = unit;
    }
  }

  #encode(text: string): void {
    this.#reserve(3 * text.length + 1);
    const { written } = this.#encoder.encodeInto(
      text,
      this.#bytes.subarray(this.length),
    );
    this.length += written;
  }

  /** Makes room for this many bytes more, and the spare ones. */
  #reserve(room: number): void {
    const needed = this.length + room + this.#spare;
    if (needed <= this.#bytes.length) return;
    const larger = new Uint8Array(2 * needed);
    larger.set(this.#bytes.subarray(0, this.length));
    this.#bytes = larger;
    this.view = new DataView(larger.buffer);
  }
}

/** The number of decimal digits of 0 ≤ n < 10⁹. */
function digitsOf(n: number): number {
  if (n < 1e4) return n < 100 ? (n < 10 ? 1 : 2) : n < 1000 ? 3 : 4;
  if (n < 1e7) return n < 1e5 ? 5 : n < 1e6 ? 6 : 7;
  return n < 1e8 ? 8 : 9;
}
