import { ServemarkError } from "../../core/errors.ts";
import type { Batch, Value } from "../../datasets/batch.ts";
import { ColumnBuilder } from "../../datasets/column_builder.ts";
import type { ColumnType, TableSchema } from "../../datasets/schema.ts";
import { integerOf } from "../../datasets/value_text.ts";

// Microseconds and days from 1970, this project's epoch, to 2000, PostgreSQL's.
const EPOCH_2000 = 946_684_800_000_000n;
const EPOCH_2000_DAYS = 10_957;
const WORD = 4_294_967_296;
const SIGNATURE_BYTES = 19;
const NUMERIC_NEGATIVE = 0x4000, NUMERIC_POSITIVE = 0x0000;
/** What stands for infinity among dates and timestamps. */
const LAST_DAY = 0x7fffffff, FIRST_DAY = -0x80000000;
const LAST_INSTANT = 2n ** 63n - 1n, FIRST_INSTANT = -(2n ** 63n);

// A mark of byte order is a character like any other here.
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

type Decode = (view: DataView, at: number, length: number) => Value | undefined;

/**
 * Gathers rows of COPY's binary format into batches. Source: PostgreSQL
 * documentation, COPY, "Binary Format"; for numeric, numeric_send().
 */
export class CopyValues {
  readonly #table: TableSchema;
  readonly #columns: readonly ColumnBuilder[];
  readonly #decoders: readonly Decode[];
  #from = 0;
  #rows = 0;
  #begun = false;
  /** Bytes gathered since the last `take`. */
  bytes = 0;

  constructor(table: TableSchema) {
    this.#table = table;
    this.#columns = table.columns.map(({ type }) => new ColumnBuilder(type));
    this.#decoders = table.columns.map(({ type }) => decoderOf(type));
  }

  /** Rows gathered since the last `take`. */
  get rows(): number {
    return this.#rows;
  }

  /**
   * Adds one CopyData message: the header, a row, or the trailer.
   *
   * @throws {ServemarkError} for a value that no batch can hold
   */
  add(message: Uint8Array): void {
    const view = new DataView(
      message.buffer,
      message.byteOffset,
      message.byteLength,
    );
    let at = 0;
    if (!this.#begun) {
      this.#begun = true;
      at = SIGNATURE_BYTES + view.getInt32(SIGNATURE_BYTES - 4);
    }
    while (at < message.length) {
      const fields = view.getInt16(at);
      at += 2;
      if (fields < 0) return;
      for (let c = 0; c < fields; c++) {
        const length = view.getInt32(at);
        at += 4;
        if (length < 0) this.#columns[c].add(null);
        else {
          const value = this.#decoders[c](view, at, length);
          if (value === undefined) throw this.#misfit(c);
          this.#columns[c].add(value);
          at += length;
        }
      }
      this.#rows++;
    }
    this.bytes += message.length;
  }

  /** The rows so far, as a batch; begins anew. */
  take(): Batch {
    const batch = {
      table: this.#table,
      from: this.#from,
      rows: this.#rows,
      columns: this.#columns.map((column) => column.finish()),
    };
    this.#from += this.#rows;
    this.#rows = 0;
    this.bytes = 0;
    return batch;
  }

  #misfit(c: number): ServemarkError {
    const { name, columns } = this.#table;
    return new ServemarkError(`Cannot read table ${name}`, {
      cause: "infinity, or a numeric NaN, has no form in other places",
      place: `column ${columns[c].name}, row ${this.#from + this.#rows}`,
      remedy: "Replace the value, or cast the column to text in a view's table",
    });
  }
}

function decoderOf(type: ColumnType): Decode {
  switch (type.kind) {
    case "boolean":
      return (view, at) => view.getUint8(at);
    case "integer":
      return (view, at, length) =>
        length === 2 ? view.getInt16(at) : view.getInt32(at);
    case "bigint":
      return readInt64;
    case "double":
      return (view, at, length) =>
        length === 4 ? view.getFloat32(at) : view.getFloat64(at);
    case "decimal":
      return (view, at) => readNumeric(view, at, type.precision, type.scale);
    case "date":
      return (view, at) => {
        const days = view.getInt32(at);
        return days === LAST_DAY || days === FIRST_DAY
          ? undefined
          : days + EPOCH_2000_DAYS;
      };
    case "timestamp":
      return (view, at) => {
        const micros = view.getBigInt64(at);
        return micros === LAST_INSTANT || micros === FIRST_INSTANT
          ? undefined
          : integerOf(micros + EPOCH_2000);
      };
    case "bytes":
      return (view, at, length) => bytesOf(view, at, length).slice();
    case "text":
      return readText;
  }
}

function readInt64(view: DataView, at: number): number | bigint {
  const n = view.getInt32(at) * WORD + view.getUint32(at + 4);
  return Number.isSafeInteger(n) ? n : view.getBigInt64(at);
}

function bytesOf(view: DataView, at: number, length: number): Uint8Array {
  return new Uint8Array(view.buffer, view.byteOffset + at, length);
}

/** Short ASCII is most of what there is, and quicker here than in the decoder. */
function readText(view: DataView, at: number, length: number): string {
  if (length > 24) return decoder.decode(bytesOf(view, at, length));
  let text = "";
  for (let k = at; k < at + length; k++) {
    const byte = view.getUint8(k);
    if (byte > 127) return decoder.decode(bytesOf(view, at, length));
    text += String.fromCharCode(byte);
  }
  return text;
}

/** Groups of four decimal digits; the first one's weight is 10000^weight. */
function readNumeric(
  view: DataView,
  at: number,
  precision: number,
  scale: number,
): Value | undefined {
  const groups = view.getUint16(at);
  const weight = view.getInt16(at + 2);
  const sign = view.getUint16(at + 4);
  if (sign !== NUMERIC_POSITIVE && sign !== NUMERIC_NEGATIVE) return undefined;
  let digits = "";
  for (let g = 0; g < groups; g++) {
    digits += String(view.getUint16(at + 8 + 2 * g)).padStart(4, "0");
  }
  // Digits before the point, then `scale` of them behind it.
  const wanted = 4 * (weight + 1) + scale;
  const scaled = wanted <= 0
    ? ""
    : digits.padEnd(wanted, "0").slice(0, wanted).replace(/^0+/, "");
  if (scaled === "") return precision > 18 ? "0" : 0;
  const text = sign === NUMERIC_NEGATIVE ? `-${scaled}` : scaled;
  return precision > 18 ? text : integerOf(BigInt(text));
}
