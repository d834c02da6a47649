import { ServemarkError } from "../../core/errors.ts";
import {
  type Batch,
  type TextSource,
  type Value,
  valueAt,
  type Vector,
} from "../../datasets/batch.ts";
import type { ColumnSchema, TableSchema } from "../../datasets/schema.ts";
import { typeText, writeValue } from "../../datasets/value_text.ts";
import { type CsvDialect, OWN_DIALECT } from "./dialect.ts";
import {
  FIRST_DAY,
  LAST_DAY,
  NUMBER_ROOM,
  putAscii,
  putBytes,
  putDate,
  putDecimal,
  putDouble,
  putHex,
  putId,
  putInteger,
  putNatural,
  putTimestamp,
} from "./put.ts";
import { type CsvWords, encodeWords } from "./words.ts";

/** How rows are written. */
export interface CsvWriterOptions extends Partial<CsvDialect> {
  /** Ends each record. @default "\n" */
  readonly newline?: "\n" | "\r\n";
  /** Bytes after which a chunk is given out. @default 1 MiB */
  readonly chunkBytes?: number;
}

/** How one column's values become bytes. */
const [INTEGER, BOOLEAN, DECIMAL, DOUBLE, TIMESTAMP, DATE] = [0, 1, 2, 3, 4, 5];
const [WORDS, ID, TEXT, BYTES] = [6, 7, 8, 9];
/** By `writeValue`: what is not a number. */
const SLOW = 10;

const LF = 10;
const CR = 13;
const TRUE = 116;
const FALSE = 102;
/** What other programs may take for NULL where it is not quoted. */
const LIKE_NULL: ReadonlySet<string> = new Set(["\\N", "NULL", "null"]);
const NO_NUMBERS = new Float64Array(0);

/**
 * Writes batches of one table as CSV: NULL is an empty field, the empty text
 * `""`, every other value as `datasets/value_text.ts` writes it. Values go
 * straight into one buffer, which each chunk is a view of.
 *
 * ```ts ignore
 * const writer = new CsvWriter(table);
 * await sink.write(writer.header());
 * for (const chunk of writer.add(batch)) await sink.write(chunk);
 * ```
 */
export class CsvWriter {
  readonly #table: TableSchema;
  readonly #delimiter: number;
  readonly #quote: number;
  readonly #crlf: boolean;
  readonly #chunk: number;
  readonly #header: boolean;
  /** 1 for the ASCII characters that want quotes around their field. */
  readonly #special = new Uint8Array(128);
  readonly #units: readonly number[];
  readonly #words: (CsvWords | undefined)[] = [];
  readonly #encoder = new TextEncoder();
  #bytes: Uint8Array<ArrayBuffer>;

  constructor(table: TableSchema, options: CsvWriterOptions = {}) {
    const { delimiter, quote, header } = { ...OWN_DIALECT, ...options };
    this.#table = table;
    this.#delimiter = delimiter.charCodeAt(0);
    this.#quote = quote.charCodeAt(0);
    this.#header = header;
    this.#crlf = options.newline === "\r\n";
    this.#chunk = options.chunkBytes ?? 1 << 20;
    for (const c of [this.#delimiter, this.#quote, LF, CR]) {
      this.#special[c] = 1;
    }
    this.#units = table.columns.map(({ type }) =>
      type.kind === "decimal" ? 10 ** type.scale : 1
    );
    this.#bytes = new Uint8Array(this.#chunk + 65_536);
  }

  /** The record of the columns' names; nothing where the dialect has none. */
  header(): Uint8Array<ArrayBuffer> {
    let at = 0;
    if (!this.#header) return this.#bytes.slice(0, 0);
    this.#table.columns.forEach(({ name }, c) => {
      if (c > 0) this.#bytes[at++] = this.#delimiter;
      // What looks like a byte order mark at the file's start must not be one.
      at = this.#text(at, name, name.startsWith("\uFEFF"), NUMBER_ROOM);
    });
    return this.#bytes.slice(0, this.#endLine(at));
  }

  /**
   * A batch's records, in chunks of whole records; each is valid until the next
   * one is asked for.
   *
   * @throws {ServemarkError} for a value that its column cannot hold
   */
  *add(batch: Batch): Generator<Uint8Array<ArrayBuffer>> {
    const { columns, rows } = batch;
    const count = columns.length;
    const ways = new Int32Array(count);
    const numbers: Float64Array[] = [];
    const nulls: (Uint8Array | null)[] = [];
    let room = count + 2;
    for (let c = 0; c < count; c++) {
      nulls.push(columns[c].nulls);
      const way = ways[c] = wayOf(this.#table.columns[c], columns[c]);
      numbers.push(numbersOf(columns[c], way));
      room += NUMBER_ROOM;
      if (way === WORDS) {
        room += this.#wordsOf(c, columns[c].texts!).longest;
      }
      if (way === ID) room += idRoom(columns[c].texts!);
    }
    let from = 0;
    while (from < rows) {
      const [next, at] = this.#rows(batch, from, ways, numbers, nulls, room);
      yield this.#bytes.subarray(0, at);
      from = next;
    }
  }

  /** Writes rows until the chunk is full; gives the next row and the bytes. */
  #rows(
    batch: Batch,
    from: number,
    ways: Int32Array,
    numbers: readonly Float64Array[],
    nulls: readonly (Uint8Array | null)[],
    room: number,
  ): [number, number] {
    const { columns, rows } = batch;
    const count = columns.length;
    const delimiter = this.#delimiter;
    let bytes = this.#bytes;
    let at = 0;
    let row = from;
    for (; row < rows && at < this.#chunk; row++) {
      if (at + room > bytes.length) bytes = this.#grow(at, room);
      for (let c = 0; c < count; c++) {
        if (c > 0) bytes[at++] = delimiter;
        const gone = nulls[c];
        if (gone !== null && gone[row] === 1) continue;
        const n = numbers[c][row];
        switch (ways[c]) {
          case INTEGER:
            if (!Number.isSafeInteger(n)) throw misfit(batch, c, row);
            at = putInteger(bytes, at, n);
            break;
          case WORDS: {
            const words = this.#words[c]!;
            at = putBytes(
              bytes,
              at,
              words.bytes,
              words.starts[n],
              words.starts[n + 1],
            );
            break;
          }
          case DECIMAL: {
            const { scale } = batch.table.columns[c].type as { scale: number };
            if (!Number.isSafeInteger(n)) throw misfit(batch, c, row);
            at = putDecimal(bytes, at, n, scale, this.#units[c]);
            break;
          }
          case TIMESTAMP: {
            const end = Number.isSafeInteger(n)
              ? putTimestamp(bytes, at, n)
              : -1;
            at = end >= 0 ? end : this.#slow(at, batch, c, row);
            break;
          }
          case DATE:
            if (!Number.isSafeInteger(n)) throw misfit(batch, c, row);
            at = n >= FIRST_DAY && n <= LAST_DAY
              ? putDate(bytes, at, n)
              : this.#slow(at, batch, c, row);
            break;
          case BOOLEAN:
            if (n !== 0 && n !== 1) throw misfit(batch, c, row);
            bytes[at++] = n === 1 ? TRUE : FALSE;
            break;
          case DOUBLE:
            at = putDouble(bytes, at, n);
            break;
          case ID: {
            const ids = columns[c].texts as { prefix: string; digits: number };
            at = putAscii(bytes, at, ids.prefix);
            at = ids.digits > 1
              ? putId(bytes, at, n, ids.digits)
              : putNatural(bytes, at, n);
            break;
          }
          case TEXT:
            at = this.#text(at, columns[c].values[row] as string, false, room);
            bytes = this.#bytes;
            break;
          case BYTES: {
            const value = columns[c].values[row] as Uint8Array;
            const most = 2 * value.length + room;
            if (at + most > bytes.length) bytes = this.#grow(at, most);
            at = putHex(bytes, at, value);
            break;
          }
          default:
            at = this.#slow(at, batch, c, row);
        }
      }
      at = this.#endLine(at);
    }
    return [row, at];
  }

  #endLine(at: number): number {
    if (this.#crlf) this.#bytes[at++] = CR;
    this.#bytes[at++] = LF;
    return at;
  }

  /** Writes what no function writes fast: wide integers, far years. */
  #slow(at: number, batch: Batch, column: number, row: number): number {
    const value = valueAt(batch.columns[column], row) as NonNullable<Value>;
    return putAscii(
      this.#bytes,
      at,
      writeValue(batch.table.columns[column].type, value),
    );
  }

  /** Writes a text, in quotes where it needs them, and leaves `room` after it. */
  #text(at: number, text: string, quoted: boolean, room: number): number {
    const units = text.length;
    // Three bytes are the most that a UTF-16 unit takes; two, if it is doubled.
    const most = 3 * units + 2 + room;
    if (at + most > this.#bytes.length) this.#grow(at, most);
    const bytes = this.#bytes;
    if (quoted || units === 0 || units < 5 && LIKE_NULL.has(text)) {
      return this.#quoted(at, text);
    }
    const special = this.#special;
    if (units > 256) {
      const { written } = this.#encoder.encodeInto(text, bytes.subarray(at));
      for (let k = at; k < at + written; k++) {
        const byte = bytes[k];
        if (byte < 128 && special[byte] === 1) return this.#quoted(at, text);
      }
      return at + written;
    }
    for (let k = 0; k < units; k++) {
      const unit = text.charCodeAt(k);
      if (unit > 127) {
        return this.#needsQuotes(text)
          ? this.#quoted(at, text)
          : at + this.#encoder.encodeInto(text, bytes.subarray(at)).written;
      }
      if (special[unit] === 1) return this.#quoted(at, text);
      bytes[at + k] = unit;
    }
    return at + units;
  }

  #needsQuotes(text: string): boolean {
    for (let k = 0; k < text.length; k++) {
      const unit = text.charCodeAt(k);
      if (unit < 128 && this.#special[unit] === 1) return true;
    }
    return false;
  }

  #quoted(at: number, text: string): number {
    const quote = String.fromCharCode(this.#quote);
    const doubled = text.includes(quote)
      ? text.replaceAll(quote, quote + quote)
      : text;
    this.#bytes[at++] = this.#quote;
    at += this.#encoder.encodeInto(doubled, this.#bytes.subarray(at)).written;
    this.#bytes[at++] = this.#quote;
    return at;
  }

  /** Makes room for this many bytes more. */
  #grow(at: number, room: number): Uint8Array<ArrayBuffer> {
    const larger = new Uint8Array(Math.max(at + room, at + (at >> 1)));
    larger.set(this.#bytes.subarray(0, at));
    return this.#bytes = larger;
  }

  /** A column's words as they stand in the file, made once. */
  #wordsOf(column: number, texts: TextSource): CsvWords {
    const { words } = texts as { words: readonly string[] };
    let made = this.#words[column];
    if (made?.of !== words) {
      made = this.#words[column] = encodeWords(
        words,
        (word) => {
          const end = this.#text(0, word, false, 0);
          return this.#bytes.slice(0, end);
        },
      );
    }
    return made;
  }
}

function wayOf({ type }: ColumnSchema, vector: Vector): number {
  const { texts } = vector;
  if (type.kind === "text") {
    if (texts?.kind === "words") return WORDS;
    return texts?.kind === "ids" && /^[\w.:/-]+$/.test(texts.prefix)
      ? ID
      : TEXT;
  }
  if (type.kind === "bytes") return BYTES;
  if (!(vector.values instanceof Float64Array)) return SLOW;
  switch (type.kind) {
    case "boolean":
      return BOOLEAN;
    case "decimal":
      return DECIMAL;
    case "double":
      return DOUBLE;
    case "date":
      return DATE;
    case "timestamp":
      return TIMESTAMP;
    default:
      return INTEGER;
  }
}

function numbersOf(vector: Vector, way: number): Float64Array {
  if (way === WORDS || way === ID) return vector.texts!.numbers;
  if (way === TEXT || way === BYTES || way === SLOW) {
    return NO_NUMBERS;
  }
  return vector.values as Float64Array;
}

function idRoom(texts: TextSource): number {
  return texts.kind === "ids" ? texts.prefix.length + texts.digits : 0;
}

function misfit(batch: Batch, column: number, row: number): ServemarkError {
  const { name, type } = batch.table.columns[column];
  const value = String(batch.columns[column].values[row]).slice(0, 60);
  return new ServemarkError(`Cannot write ${value} as ${typeText(type)}`, {
    place: `table ${batch.table.name}, row ${
      batch.from + row
    }, column "${name}"`,
    remedy: "Compare the value with the table's schema",
  });
}
