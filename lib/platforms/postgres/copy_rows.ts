import { ServemarkError } from "../../core/errors.ts";
import type { Batch, TextSource, Vector } from "../../datasets/batch.ts";
import type { ColumnSchema, ColumnType } from "../../datasets/schema.ts";
import type { Bytes } from "./wire.ts";

// Microseconds from 1970, this project's epoch, to 2000, PostgreSQL's.
const EPOCH_2000 = 946_684_800_000_000;
const EPOCH_2000_DAYS = 10_957;
const WORD = 4_294_967_296;
const NUMERIC_POSITIVE = 0x0000, NUMERIC_NEGATIVE = 0x4000;

/**
 * Rows as COPY's binary format, in CopyData messages of many rows each: the
 * server takes a fifth longer for one a row. Source: PostgreSQL
 * documentation, COPY, "Binary Format"; for numeric, numeric_recv().
 */
export class CopyRows {
  #bytes: Bytes;
  #view: DataView<ArrayBuffer>;
  #at = 0;
  /** Where the message at hand begins. */
  #message = 0;
  /** Words of batches' columns as bytes. */
  readonly #words = new Map<readonly string[], Uint8Array[]>();
  readonly #encoder = new TextEncoder();

  /** @param flushAt bytes after which `full` turns true */
  constructor(readonly flushAt = 1_048_576) {
    this.#bytes = new Uint8Array(flushAt + 65_536);
    this.#view = new DataView(this.#bytes.buffer);
    // The file header is the first message.
    this.#bytes.set(HEADER);
    this.#at = HEADER.length;
    this.#begin();
  }

  /** True when it is time to send. */
  get full(): boolean {
    return this.#at >= this.flushAt;
  }

  /** The messages so far, valid until the next `add`; where no row was added, one without rows. */
  take(): Bytes {
    this.#view.setInt32(this.#message + 1, this.#at - this.#message - 1);
    const taken = this.#bytes.subarray(0, this.#at);
    this.#at = 0;
    this.#begin();
    return taken;
  }

  /** Begins a message; its length comes last. */
  #begin(): void {
    this.#message = this.#at;
    this.#bytes[this.#at] = COPY_DATA;
    this.#at += 5;
  }

  /**
   * Adds rows of a batch.
   *
   * @throws {ServemarkError} for a value that its column cannot hold
   */
  add(batch: Batch, from: number, to: number): void {
    for (let row = from; row < to; row++) this.#row(batch, row);
  }

  #row(batch: Batch, row: number): void {
    const { columns, table } = batch;
    this.#room(64);
    this.#int16(columns.length);
    for (let c = 0; c < columns.length; c++) {
      this.#room(64);
      if (columns[c].nulls?.[row] === 1) this.#int32(-1);
      else if (!this.#value(table.columns[c], columns[c], row)) {
        throw misfit(batch, c, row);
      }
    }
  }

  /** Adds the end of the data. */
  end(): void {
    this.#room(16);
    this.#bytes.set(TRAILER, this.#at);
    this.#at += TRAILER.length;
  }

  #value({ type }: ColumnSchema, vector: Vector, row: number): boolean {
    if (vector.texts) {
      this.#source(vector.texts, row);
      return type.kind === "text";
    }
    const value = vector.values[row];
    if (typeof value === "number") return this.#numeral(type, value);
    if (
      type.kind === "decimal" &&
      (typeof value === "string" || typeof value === "bigint")
    ) return this.#longNumeric(String(value), type.precision, type.scale);
    if (typeof value === "string") {
      if (type.kind !== "text") return false;
      this.#text(value);
      return true;
    }
    if (typeof value === "bigint") return this.#wide(type, value);
    this.#room(value.length + 64);
    this.#int32(value.length);
    this.#bytes.set(value, this.#at);
    this.#at += value.length;
    return type.kind === "bytes";
  }

  /** Writes a number; says whether its type can hold it. */
  #numeral(type: ColumnType, value: number): boolean {
    switch (type.kind) {
      case "boolean":
        this.#int32(1);
        this.#bytes[this.#at++] = value;
        return value === 0 || value === 1;
      case "integer":
        this.#int32(4);
        this.#int32(value);
        return (value | 0) === value;
      case "date":
        this.#int32(4);
        this.#int32(value - EPOCH_2000_DAYS);
        return (value | 0) === value;
      case "bigint":
        this.#int64(value);
        return Number.isSafeInteger(value);
      case "timestamp":
        this.#int64(value - EPOCH_2000);
        return Number.isSafeInteger(value) &&
          Number.isSafeInteger(value - EPOCH_2000);
      case "decimal":
        this.#numeric(value, type.scale);
        return Number.isSafeInteger(value) &&
          Math.abs(value) < 10 ** type.precision;
      case "double":
        this.#int32(8);
        this.#view.setFloat64(this.#at, value);
        this.#at += 8;
        return true;
      default:
        return false;
    }
  }

  /** Writes an integer beyond ±2⁵³; says whether its type can hold it. */
  #wide(type: ColumnType, value: bigint): boolean {
    if (type.kind !== "bigint" && type.kind !== "timestamp") return false;
    const stored = type.kind === "bigint" ? value : value - BigInt(EPOCH_2000);
    this.#int32(8);
    this.#view.setBigInt64(this.#at, stored);
    this.#at += 8;
    return BigInt.asIntN(64, stored) === stored;
  }

  #int16(value: number): void {
    this.#view.setInt16(this.#at, value);
    this.#at += 2;
  }

  #int32(value: number): void {
    this.#view.setInt32(this.#at, value);
    this.#at += 4;
  }

  #int64(value: number): void {
    const high = Math.floor(value / WORD);
    this.#int32(8);
    this.#view.setInt32(this.#at, high);
    this.#view.setUint32(this.#at + 4, value - high * WORD);
    this.#at += 8;
  }

  /** Writes a text that follows from a number, without making a string where it can. */
  #source(texts: TextSource, row: number): void {
    const n = texts.numbers[row];
    if (texts.kind === "ids") {
      return this.#text(texts.prefix + String(n).padStart(texts.digits, "0"));
    }
    let words = this.#words.get(texts.words);
    if (!words) {
      words = texts.words.map((word) => this.#encoder.encode(word));
      this.#words.set(texts.words, words);
    }
    const word = words[n];
    const length = word.length;
    this.#room(length + 64);
    this.#int32(length);
    if (length > 64) this.#bytes.set(word, this.#at);
    else for (let k = 0; k < length; k++) this.#bytes[this.#at + k] = word[k];
    this.#at += length;
  }

  #text(value: string): void {
    this.#room(3 * value.length + 64);
    const { written } = this.#encoder.encodeInto(
      value,
      this.#bytes.subarray(this.#at + 4),
    );
    this.#int32(written);
    this.#at += written;
  }

  /** The same from the digits of a scaled integer, however many. */
  #longNumeric(scaled: string, precision: number, scale: number): boolean {
    const match = /^(-?)0*(\d*)$/.exec(scaled);
    if (!match || match[2].length > precision) return false;
    const [, sign, digits] = match;
    // Whole groups on both sides of the point.
    const behind = 4 * Math.ceil(scale / 4);
    const before = 4 * Math.ceil(Math.max(0, digits.length - scale) / 4);
    const aligned = digits.padStart(before + scale, "0")
      .padEnd(before + behind, "0");
    let first = 0;
    let last = aligned.length;
    const isZero = (at: number) => aligned.slice(at, at + 4) === "0000";
    while (first < last && isZero(first)) first += 4;
    while (last > first && isZero(last - 4)) last -= 4;
    const count = (last - first) / 4;
    this.#room(64 + 2 * count);
    this.#int32(8 + 2 * count);
    this.#int16(count);
    this.#int16(count === 0 ? 0 : before / 4 - 1 - first / 4);
    this.#int16(sign && count > 0 ? NUMERIC_NEGATIVE : NUMERIC_POSITIVE);
    this.#int16(scale);
    for (let at = first; at < last; at += 4) {
      this.#int16(Number(aligned.slice(at, at + 4)));
    }
    return true;
  }

  /** Groups of four decimal digits, aligned at the point, without zeros at either end. */
  #numeric(scaled: number, scale: number): void {
    const head = this.#at;
    const digits = head + 12;
    this.#at = digits;
    let rest = Math.abs(scaled);
    // The exponent of ten of each group, in units of the scaled integer.
    let exponent = scale;
    while (rest >= 10 ** (exponent + 4)) exponent += 4;
    let weight = (exponent - scale) / 4;
    for (; exponent > -4 && rest > 0; exponent -= 4) {
      const unit = 10 ** exponent;
      const digit = exponent < 0
        ? rest * 10 ** -exponent
        : Math.floor(rest / unit);
      rest = exponent < 0 ? 0 : rest - digit * unit;
      if (digit === 0 && this.#at === digits) weight--;
      else this.#int16(digit);
    }
    const count = (this.#at - digits) / 2;
    this.#view.setInt32(head, this.#at - head - 4);
    this.#view.setInt16(head + 4, count);
    this.#view.setInt16(head + 6, count === 0 ? 0 : weight);
    this.#view.setInt16(
      head + 8,
      scaled < 0 ? NUMERIC_NEGATIVE : NUMERIC_POSITIVE,
    );
    this.#view.setInt16(head + 10, scale);
  }

  /** Makes sure that this many bytes more will fit. */
  #room(size: number): void {
    if (this.#at + size <= this.#bytes.length) return;
    const grown = new Uint8Array(2 * (this.#at + size));
    grown.set(this.#bytes.subarray(0, this.#at));
    this.#bytes = grown;
    this.#view = new DataView(grown.buffer);
  }
}

const COPY_DATA = 0x64;
const HEADER = copyData(
  ...new TextEncoder().encode("PGCOPY\n"),
  ...[0xff, 0x0d, 0x0a, 0x00],
  ...[0, 0, 0, 0], // no flags
  ...[0, 0, 0, 0], // no header extension
);
const TRAILER = Uint8Array.of(0xff, 0xff);

function copyData(...body: readonly number[]): Bytes {
  return Uint8Array.of(COPY_DATA, 0, 0, 0, body.length + 4, ...body);
}

function misfit(batch: Batch, column: number, row: number): ServemarkError {
  const { name, type } = batch.table.columns[column];
  const value = String(batch.columns[column].values[row]).slice(0, 60);
  return new ServemarkError(`Cannot load ${value} as ${type.kind}`, {
    place: `table ${batch.table.name}, row ${
      batch.from + row
    }, column "${name}"`,
    remedy: "Compare the value with the table's schema",
  });
}
