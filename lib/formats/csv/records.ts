import { ServemarkError } from "../../core/errors.ts";
import type { CsvDialect } from "./dialect.ts";

/** Columns that a table can have at most; spreadsheets have as many. */
export const MOST_COLUMNS = 16_384;
/** Bytes that a record can have at most. */
export const MOST_BYTES = 1 << 26;

const LF = 10;
const CR = 13;

/** How a field stands in the file. */
export const PLAIN = 0;
export const QUOTED = 1;
/** In quotes, with doubled ones inside. */
export const DOUBLED = 2;

/** Limits of a {@link CsvRecords}. */
export interface CsvLimits {
  /** @default 64 MiB */
  readonly recordBytes?: number;
  /** @default 16384 */
  readonly columns?: number;
}

/**
 * Finds the records of a CSV file and their fields, as bytes come in. Fields
 * are places in `bytes`, valid until the next `push`.
 */
export class CsvRecords {
  /** What the fields' places count in. */
  bytes: Uint8Array = new Uint8Array(0);
  /** Fields of the record that `next` found. */
  count = 0;
  starts = new Int32Array(64);
  ends = new Int32Array(64);
  /** {@link PLAIN}, {@link QUOTED} or {@link DOUBLED}. */
  ways = new Uint8Array(64);
  /** The record's first line, from 1. */
  line = 1;
  readonly #name: string;
  readonly #delimiter: number;
  readonly #quote: number;
  readonly #recordBytes: number;
  readonly #columns: number;
  /** 1 for the bytes that end a plain field. */
  readonly #ending = new Uint8Array(256);
  /** Whether `bytes` is the caller's. */
  #borrowed = true;
  #at = 0;
  #end = 0;
  #last = false;
  /** Bytes that must be there before an unfinished record is looked at again. */
  #wanted = 0;
  #nextLine = 1;

  constructor(name: string, dialect: CsvDialect, limits: CsvLimits = {}) {
    this.#name = name;
    this.#delimiter = dialect.delimiter.charCodeAt(0);
    this.#quote = dialect.quote.charCodeAt(0);
    this.#recordBytes = limits.recordBytes ?? MOST_BYTES;
    this.#columns = limits.columns ?? MOST_COLUMNS;
    for (const c of [this.#delimiter, LF, CR]) this.#ending[c] = 1;
  }

  /** Adds bytes, in place of those of the records that were taken. */
  push(chunk: Uint8Array): void {
    const rest = this.#end - this.#at;
    if (rest === 0) {
      this.bytes = chunk;
      this.#borrowed = true;
      this.#at = 0;
      this.#end = chunk.length;
      return;
    }
    const size = rest + chunk.length;
    const spacious = size > this.bytes.length || this.#borrowed;
    const into = spacious ? new Uint8Array(2 * size) : this.bytes;
    into.set(this.bytes.subarray(this.#at, this.#end));
    into.set(chunk, rest);
    this.bytes = into;
    this.#borrowed = false;
    this.#at = 0;
    this.#end = size;
  }

  /** Says that no more bytes come. */
  finish(): void {
    this.#last = true;
    this.#wanted = 0;
  }

  /**
   * Finds the next record; false where more bytes are needed, or none is left.
   * Lines without any character are records of one empty field.
   *
   * @throws {ServemarkError} for quotes that are not closed or that something
   * follows, and beyond the limits
   */
  next(): boolean {
    const { bytes } = this;
    const end = this.#end;
    let at = this.#at;
    if (at >= end || end - at < this.#wanted) return false;
    const delimiter = this.#delimiter;
    const quote = this.#quote;
    const ending = this.#ending;
    let lines = 0;
    let count = 0;
    while (true) {
      if (count === this.starts.length) this.#widen();
      let byte = at < end ? bytes[at] : -1;
      if (byte === quote) {
        const opened = lines;
        let way = QUOTED;
        const start = ++at;
        while (true) {
          while (at < end && (byte = bytes[at]) !== quote) {
            if (byte === LF) lines++;
            at++;
          }
          if (at >= end) {
            if (this.#last) throw this.#unclosed(opened);
            return this.#later(lines);
          }
          if (at + 1 >= end && !this.#last) return this.#later(lines);
          if (at + 1 >= end || bytes[at + 1] !== quote) break;
          way = DOUBLED;
          at += 2;
        }
        this.starts[count] = start;
        this.ends[count] = at;
        this.ways[count++] = way;
        byte = ++at < end ? bytes[at] : -1;
        if (byte >= 0 && ending[byte] === 0) {
          throw this.#follows(count, lines);
        }
      } else {
        this.starts[count] = at;
        while (at < end && ending[bytes[at]] === 0) at++;
        this.ends[count] = at;
        this.ways[count++] = PLAIN;
        byte = at < end ? bytes[at] : -1;
      }
      if (byte === delimiter) {
        at++;
        continue;
      }
      if (byte < 0 && !this.#last) return this.#later(lines);
      if (byte === CR) {
        if (at + 1 >= end && !this.#last) return this.#later(lines);
        if (bytes[at + 1] === LF && at + 1 < end) at++;
      }
      break;
    }
    this.#at = at + 1;
    this.#wanted = 0;
    this.count = count;
    this.line = this.#nextLine;
    this.#nextLine += lines + 1;
    return true;
  }

  /** Whether the record is a line without any character. */
  get blank(): boolean {
    return this.count === 1 && this.ways[0] === PLAIN &&
      this.starts[0] === this.ends[0];
  }

  /** Puts an unfinished record off until there is twice as much of it. */
  #later(lines: number): false {
    const size = this.#end - this.#at;
    if (size > this.#recordBytes) {
      throw this.#error(
        `a record is longer than ${this.#recordBytes} bytes`,
        this.#nextLine,
        lines > 0
          ? "Look for quotes that are not closed on that line"
          : "Look whether its lines end as lines of text do",
      );
    }
    this.#wanted = Math.min(2 * size, this.#recordBytes + 1);
    return false;
  }

  #widen(): void {
    const size = this.starts.length;
    if (size >= this.#columns) {
      throw this.#error(
        `a record has more than ${this.#columns} fields`,
        this.#nextLine,
        "Look whether the delimiter is right",
      );
    }
    const wider = Math.min(4 * size, this.#columns);
    const longer = <T extends Int32Array | Uint8Array>(from: T, into: T): T => {
      into.set(from);
      return into;
    };
    this.starts = longer(this.starts, new Int32Array(wider));
    this.ends = longer(this.ends, new Int32Array(wider));
    this.ways = longer(this.ways, new Uint8Array(wider));
  }

  #unclosed(lines: number): ServemarkError {
    return this.#error(
      "a quote is opened and never closed",
      this.#nextLine + lines,
      "Close it, or double the quotes inside of fields",
    );
  }

  #follows(field: number, lines: number): ServemarkError {
    return this.#error(
      `something follows the closing quote of field ${field}`,
      this.#nextLine + lines,
      "Double the quotes inside of fields",
    );
  }

  #error(cause: string, line: number, remedy: string): ServemarkError {
    return new ServemarkError(`Cannot read ${this.#name}`, {
      cause,
      place: `${this.#name}, line ${line}`,
      remedy,
    });
  }
}
