import { messageOf, ServemarkError, throwProblems } from "../../core/errors.ts";
import { nearest } from "../../core/names.ts";
import type { Batch, Value } from "../../datasets/batch.ts";
import { ColumnBuilder } from "../../datasets/column_builder.ts";
import type { ColumnSchema, TableSchema } from "../../datasets/schema.ts";
import { readValue } from "../../datasets/value_text.ts";
import type { CsvDialect } from "./dialect.ts";
import { FieldText } from "./field_text.ts";
import { type QuickNumber, quickNumber } from "./quick_number.ts";
import { type CsvLimits, CsvRecords, DOUBLED, PLAIN } from "./records.ts";
import { withoutMark } from "./without_mark.ts";

/** What is read, and how. */
export interface CsvReadOptions extends CsvLimits {
  /** What the file is called in errors. */
  readonly name: string;
  readonly dialect: CsvDialect;
  /** Number of the file's first row within its table. @default 0 */
  readonly from?: number;
  /**
   * What the header must say, where the columns are to be found by their order
   * all the same: names that repeat, or that were made up.
   */
  readonly header?: readonly string[];
  /** Rows of a batch, at most. @default 8192 */
  readonly batchRows?: number;
}

/** Bytes of the file that a batch stands for, about. */
const BATCH_BYTES = 1 << 23;

/**
 * Reads a CSV file's rows as batches of a table. With a header, columns are
 * found by their names, and others left out; without one, by their order. Lines
 * without any character are skipped, but for tables of one column, where they
 * are NULL.
 *
 * @throws {ServemarkError} for a value that its column cannot hold, a record
 * with too few or too many fields, bytes that are not UTF-8, quotes that are
 * not closed: each with its line
 */
export async function* readCsv(
  content: AsyncIterable<Uint8Array>,
  table: TableSchema,
  options: CsvReadOptions,
): AsyncGenerator<Batch> {
  const { name, dialect, from = 0, batchRows = 8192 } = options;
  const records = new CsvRecords(name, dialect, options);
  const rows = new RowReader(records, table, options);
  let sent = from;
  const batch = (): Batch => {
    const columns = rows.finish();
    const made = { table, from: sent, rows: rows.taken, columns };
    sent += rows.taken;
    rows.taken = 0;
    return made;
  };
  for await (const chunk of withoutMark(content)) {
    records.push(chunk);
    while (rows.fill(batchRows)) yield batch();
  }
  records.finish();
  while (rows.fill(batchRows)) yield batch();
  if (rows.taken > 0) yield batch();
  rows.end();
}

/** Turns records into columns. */
class RowReader {
  /** Rows since the last `finish`. */
  taken = 0;
  readonly #records: CsvRecords;
  readonly #table: TableSchema;
  readonly #name: string;
  readonly #text: FieldText;
  readonly #nulls: readonly string[];
  readonly #builders: readonly ColumnBuilder[];
  readonly #quick: readonly QuickNumber[];
  /** The field of each column; empty before the header was read. */
  #fields: Int32Array;
  #width: number;
  #headed: boolean;
  readonly #expected: readonly string[] | undefined;
  #bytes = 0;

  constructor(
    records: CsvRecords,
    table: TableSchema,
    { name, dialect, header }: CsvReadOptions,
  ) {
    const { columns } = table;
    this.#records = records;
    this.#table = table;
    this.#name = name;
    this.#text = new FieldText(name, dialect.quote);
    this.#nulls = dialect.nulls;
    this.#builders = columns.map(({ type }) => new ColumnBuilder(type));
    this.#quick = columns.map(quickNumber);
    this.#headed = !dialect.header;
    this.#expected = header;
    this.#fields = Int32Array.from(columns, (_, c) => c);
    this.#width = columns.length;
  }

  /** Takes records until a batch is full; false where more bytes are needed first. */
  fill(batchRows: number): boolean {
    const records = this.#records;
    while (this.taken < batchRows && this.#bytes < BATCH_BYTES) {
      if (!records.next()) return false;
      if (!this.#headed) this.#header();
      else if (!records.blank || this.#width === 1) this.#row();
    }
    return true;
  }

  /** The columns so far; begins anew. */
  finish() {
    this.#bytes = 0;
    return this.#builders.map((builder) => builder.finish());
  }

  /** Checks that the file had its header. */
  end(): void {
    if (this.#headed) return;
    throw new ServemarkError(`Cannot read ${this.#name}`, {
      cause: "it is empty: not even the columns' names are there",
      place: `${this.#name}, line 1`,
    });
  }

  #header(): void {
    const { count, line, starts } = this.#records;
    const names: string[] = [];
    for (let f = 0; f < count; f++) names.push(this.#textOf(f, starts[0]));
    this.#headed = true;
    if (this.#expected) return this.#sameHeader(names);
    const missing = this.#table.columns.filter((c) => !names.includes(c.name));
    throwProblems(
      `Cannot read ${this.#name} as table ${this.#table.name}`,
      missing.map((column) => {
        const near = nearest(column.name, names);
        return {
          message: `column "${column.name}" is not in the header` +
            (near === undefined ? "" : `; "${near}" is`),
          place: `${this.#name}, line ${line}`,
        };
      }).slice(0, 20),
    );
    this.#fields = Int32Array.from(
      this.#table.columns,
      (c) => names.indexOf(c.name),
    );
    this.#width = count;
  }

  #sameHeader(names: readonly string[]): void {
    const expected = this.#expected!;
    const at = expected.findIndex((name, c) => name !== names[c]);
    if (at < 0 && expected.length === names.length) return;
    throw new ServemarkError(`Cannot read ${this.#name}`, {
      cause: at < 0
        ? `it has ${names.length} columns, not ${expected.length}`
        : `its column ${at + 1} is "${names[at] ?? ""}", not "${expected[at]}"`,
      place: `${this.#name}, line 1`,
      remedy: "Give all files of a table the same header",
    });
  }

  #row(): void {
    const records = this.#records;
    const { bytes, starts, ends, ways, count, line } = records;
    const { columns } = this.#table;
    if (count !== this.#width) {
      throw new ServemarkError(`Cannot read ${this.#name}`, {
        cause: `a record has ${count} fields, not ${this.#width}`,
        place: `${this.#name}, line ${line}`,
        remedy: count < this.#width
          ? "Complete the record, or quote fields that hold line breaks"
          : "Quote fields that hold the delimiter",
      });
    }
    this.#bytes += ends[count - 1] - starts[0];
    for (let c = 0; c < columns.length; c++) {
      const f = this.#fields[c];
      const start = starts[f];
      const end = ends[f];
      const way = ways[f];
      if (way === PLAIN && (start === end || this.#isNull(columns[c], f))) {
        if (!columns[c].nullable) throw this.#misfit(columns[c], f, undefined);
        this.#builders[c].add(null);
        continue;
      }
      const n = way === DOUBLED ? NaN : this.#quick[c](bytes, start, end);
      this.#builders[c].add(n === n ? n : this.#value(columns[c], f));
    }
    this.taken++;
  }

  #value(column: ColumnSchema, field: number): NonNullable<Value> {
    const text = this.#textOf(field, this.#records.starts[0]);
    if (column.type.kind === "text") return text;
    try {
      return readValue(column.type, text);
    } catch (error) {
      if (!(error instanceof ServemarkError)) throw error;
      throw this.#misfit(column, field, error);
    }
  }

  #textOf(field: number, record: number): string {
    const { bytes, starts, ends, ways, line } = this.#records;
    return this.#text.read(
      bytes,
      starts[field],
      ends[field],
      ways[field] === DOUBLED,
      line,
      record,
    );
  }

  #isNull({ type }: ColumnSchema, field: number): boolean {
    if (this.#nulls.length === 0) return false;
    const { starts, ends } = this.#records;
    if (ends[field] - starts[field] > 16) return false;
    const text = this.#textOf(field, starts[0]);
    // A text may well be "NA".
    return this.#nulls.includes(text) &&
      (type.kind !== "text" || text === "\\N");
  }

  #misfit(
    column: ColumnSchema,
    field: number,
    error: ServemarkError | undefined,
  ): ServemarkError {
    const { line } = this.#records;
    return new ServemarkError(
      error ? messageOf(error).split("\n")[0] : "Cannot read NULL",
      {
        cause: error ? undefined : "the column has no NULLs",
        place: `${this.#name}, line ${line}, field ${
          field + 1
        }, column "${column.name}"`,
        remedy: error?.details.remedy ??
          "Declare the column as nullable, or give the value",
        error,
      },
    );
  }
}
