import { messageOf, ServemarkError } from "../../core/errors.ts";
import type { Batch } from "../../datasets/batch.ts";
import type { TableSchema } from "../../datasets/schema.ts";
import { CopyColumn } from "./copy_column.ts";

/** How COPY text is read. */
export interface CopyReadOptions {
  /** For errors. */
  readonly archive: string;
  /** Where the table's data block begins in the archive. */
  readonly offset: number;
  readonly decoder: { decode(bytes: Uint8Array): string };
  /** For each field of a line the number of its column; −1 for one that is left out. */
  readonly fields: readonly number[];
  readonly signal?: AbortSignal;
}

const NEWLINE = 10;
const TAB = 9;
const BACKSLASH = 92;
const POINT = 46;
const CAPITAL_N = 78;
/** Longer lines are refused: a line is held in memory. PostgreSQL's own limit is 1 GiB. */
const LONGEST_LINE = 256 * 1024 * 1024;
/** Rows of a batch, and values of one of many columns. */
const MOST_ROWS = 8192;
const MOST_VALUES = 1 << 19;
/** Characters of a batch of long rows. */
const LONG_BATCH = 4 * 1024 * 1024;

/**
 * Reads rows from pieces of COPY text, up to the line that ends it.
 *
 * @throws {ServemarkError} naming table, row, column and byte
 */
export async function* readCopy(
  table: TableSchema,
  pieces: AsyncIterable<Uint8Array>,
  options: CopyReadOptions,
): AsyncGenerator<Batch> {
  const reader = new CopyReader(table, options);
  for await (const lines of wholeLines(pieces, (at) => reader.tooLong(at))) {
    options.signal?.throwIfAborted();
    yield* reader.read(lines);
  }
  yield* reader.end();
}

/** Cuts pieces at the ends of lines. */
async function* wholeLines(
  pieces: AsyncIterable<Uint8Array>,
  tooLong: (at: number) => ServemarkError,
): AsyncGenerator<Uint8Array> {
  let rest: Uint8Array[] = [];
  let waiting = 0;
  for await (const piece of pieces) {
    const end = piece.lastIndexOf(NEWLINE) + 1;
    if (end > 0) {
      yield joined(rest, waiting, piece.subarray(0, end));
      rest = [];
      waiting = 0;
    }
    if (end === piece.length) continue;
    waiting += piece.length - end;
    if (waiting > LONGEST_LINE) throw tooLong(waiting);
    // The piece's buffer is used again.
    rest.push(piece.slice(end));
  }
  if (waiting > 0) yield joined(rest, waiting, new Uint8Array());
}

function joined(
  rest: readonly Uint8Array[],
  length: number,
  last: Uint8Array,
): Uint8Array {
  if (length === 0) return last;
  const all = new Uint8Array(length + last.length);
  let at = 0;
  for (const part of [...rest, last]) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

class CopyReader {
  readonly #table: TableSchema;
  readonly #options: CopyReadOptions;
  readonly #columns: readonly CopyColumn[];
  readonly #byField: readonly (CopyColumn | undefined)[];
  readonly #mostRows: number;
  #batchFrom = 0;
  #rows = 0;
  #characters = 0;
  /** Bytes of text before the lines that are being read. */
  #position = 0;
  #ended = false;

  constructor(table: TableSchema, options: CopyReadOptions) {
    this.#table = table;
    this.#options = options;
    this.#mostRows = Math.min(
      MOST_ROWS,
      Math.ceil(MOST_VALUES / table.columns.length),
    );
    this.#columns = table.columns.map(({ type }) =>
      new CopyColumn(type, this.#mostRows)
    );
    this.#byField = options.fields.map((c) => this.#columns[c]);
  }

  /** Reads whole lines. */
  *read(lines: Uint8Array): Generator<Batch> {
    let text: string;
    try {
      text = this.#options.decoder.decode(lines);
    } catch (error) {
      throw this.#fault("a text is not in the dump's encoding", 0, "", error);
    }
    const end = text.length;
    for (let at = 0; at < end;) {
      if (this.#ended) {
        // pg_dump writes two empty lines after the last.
        if (text.charCodeAt(at) !== NEWLINE) {
          throw this.#fault(
            "there is text after the line that ends it",
            at,
            text,
          );
        }
        at++;
        continue;
      }
      if (
        text.charCodeAt(at) === BACKSLASH &&
        text.charCodeAt(at + 1) === POINT &&
        (at + 2 === end || text.charCodeAt(at + 2) === NEWLINE)
      ) {
        this.#ended = true;
        at += 3;
        continue;
      }
      const next = this.#line(text, at);
      this.#characters += next - at;
      at = next;
      if (++this.#rows === this.#mostRows || this.#characters > LONG_BATCH) {
        yield this.#batch();
      }
    }
    this.#position += lines.length;
  }

  /** The last rows. */
  *end(): Generator<Batch> {
    if (!this.#ended) {
      throw this.#fault("its text ends before the line that ends it", 0, "");
    }
    if (this.#rows > 0) yield this.#batch();
  }

  tooLong(bytes: number): ServemarkError {
    return this.#fault(`a row has over ${bytes} bytes`, 0, "");
  }

  /** Reads a line; gives where the next begins. */
  #line(text: string, start: number): number {
    const fields = this.#byField.length;
    let at = start;
    for (let f = 0; f < fields; f++) {
      let escaped = false;
      let k = at;
      let unit = 0;
      for (;; k++) {
        unit = text.charCodeAt(k);
        if (unit === TAB || unit === NEWLINE || k >= text.length) break;
        if (unit === BACKSLASH) escaped = true;
      }
      if (unit !== (f === fields - 1 ? NEWLINE : TAB)) {
        throw this.#fault(
          k >= text.length
            ? "its text ends within a row"
            : `a row has ${
              unit === TAB ? "more" : "fewer"
            } than ${fields} fields`,
          start,
          text,
        );
      }
      const column = this.#byField[f];
      if (column !== undefined) this.#add(column, f, text, at, k, escaped);
      at = k + 1;
    }
    return at;
  }

  #add(
    column: CopyColumn,
    field: number,
    text: string,
    from: number,
    to: number,
    escaped: boolean,
  ): void {
    if (
      escaped && to - from === 2 && text.charCodeAt(from) === BACKSLASH &&
      text.charCodeAt(from + 1) === CAPITAL_N
    ) return column.null(this.#rows);
    try {
      column.add(this.#rows, text, from, to, escaped);
    } catch (error) {
      if (!(error instanceof ServemarkError)) throw error;
      const { name } = this.#table.columns[this.#options.fields[field]];
      throw this.#fault(
        messageOf(error).split("\n")[0],
        from,
        text,
        error,
        name,
      );
    }
  }

  #batch(): Batch {
    const batch: Batch = {
      table: this.#table,
      from: this.#batchFrom,
      rows: this.#rows,
      columns: this.#columns.map((column) => column.finish(this.#rows)),
    };
    this.#batchFrom += this.#rows;
    this.#rows = 0;
    this.#characters = 0;
    return batch;
  }

  #fault(
    cause: string,
    at: number,
    text: string,
    error?: unknown,
    column?: string,
  ): ServemarkError {
    const { archive, offset } = this.#options;
    const before = new TextEncoder().encode(text.slice(0, at)).length;
    return new ServemarkError("Cannot read the pg_dump archive", {
      cause,
      place: `${archive}, table ${this.#table.name}, row ${
        this.#batchFrom + this.#rows
      }${column === undefined ? "" : `, column "${column}"`}, byte ${
        this.#position + before
      } of the text whose data begins at byte offset ${offset}`,
      remedy: column === undefined
        ? "Check that the archive was copied whole, or make it again with pg_dump -Fc"
        : `Open the archive with a schema (\`tables\`) in which the column is a text`,
      error,
    });
  }
}
