import { ServemarkError } from "../../core/errors.ts";
import type { Batch } from "../../datasets/batch.ts";
import type { Fingerprint } from "../../datasets/fingerprint.ts";
import { plainSchema } from "../../datasets/plain_schema.ts";
import type { ColumnSchema, TableSchema } from "../../datasets/schema.ts";
import { typeText } from "../../datasets/value_text.ts";
import type { Compression } from "../source.ts";
import type { Compressor } from "./codec.ts";
import { compressor } from "./codec.ts";
import { ColumnGather, type GatheredColumn, sliceOf } from "./column_gather.ts";
import { encodeChunk, Misfit } from "./encode_chunk.ts";
import { FINGERPRINT_KEY, IDENTITY_KEY, MAGIC, TABLE_KEY } from "./metadata.ts";
import { PageBuffer, ROW_GROUP } from "./page_buffer.ts";
import { writeFooter, type WrittenGroup } from "./write_metadata.ts";

/** Bytes of a row group's texts and byte strings, about, at most. */
const GROUP_BYTES = 2 ** 26;

/** How a file is written. */
export interface ParquetWriteOptions {
  /** zstd, gzip or none. @default "zstd" */
  readonly compression?: Compression;
  /** zstd: −7 to 22, 1 unless told; gzip: 0 to 9, 6 unless told. */
  readonly level?: number;
}

/** What a file's end may tell beside its table. */
export interface ParquetClosing {
  readonly fingerprint?: Fingerprint;
  /** Which dataset the table is of, as JSON. */
  readonly identity?: unknown;
}

/**
 * Turns batches into the bytes of one Parquet file, a row group at a time. The
 * bytes follow from the rows, however they are cut into batches.
 */
export class ParquetEncoder {
  readonly #table: TableSchema;
  readonly #compressor: Compressor;
  readonly #buffer: PageBuffer;
  readonly #gathers: readonly ColumnGather[];
  readonly #groups: WrittenGroup[] = [];
  #pending = 0;
  #pendingBytes = 0;
  /** The number of the first row that is pending. */
  #from = 0;
  #position = MAGIC.length;
  #started = false;

  constructor(table: TableSchema, options: ParquetWriteOptions = {}) {
    checkNames(table);
    this.#table = table;
    this.#compressor = compressor(options.compression, options.level);
    this.#buffer = new PageBuffer(this.#compressor);
    this.#gathers = table.columns.map(() => new ColumnGather());
  }

  /** Adds a batch's rows; gives the bytes of the row groups that are full, in turn. */
  *add(batch: Batch): Generator<Uint8Array> {
    checkLengths(batch, this.#table);
    const sizes = rowSizes(batch);
    for (let at = 0; at < batch.rows;) {
      if (this.#pending === 0) this.#from = batch.from + at;
      const room = ROW_GROUP - this.#pending;
      let rows = Math.min(room, batch.rows - at);
      if (sizes) {
        for (let k = 0; k < rows; k++) {
          this.#pendingBytes += sizes[at + k];
          if (this.#pendingBytes >= GROUP_BYTES) rows = k + 1;
        }
      }
      const full = rows === room || this.#pendingBytes >= GROUP_BYTES;
      if (full && this.#pending === 0) {
        yield* this.#group(
          rows,
          batch.columns.map((vector) => sliceOf(vector, at, rows)),
        );
      } else {
        this.#gathers.forEach((g, c) => g.add(batch.columns[c], at, rows));
        this.#pending += rows;
        if (full) yield* this.#flush();
      }
      at += rows;
    }
  }

  /** The bytes of the rows that remain, and the file's end. */
  *finish(closing: ParquetClosing = {}): Generator<Uint8Array> {
    if (this.#pending > 0) yield* this.#flush();
    yield* this.#start();
    const { rows: _, keyForm, ...schema } = plainSchema(this.#table);
    // The rows are counted by the file itself; with the table's number of rows,
    // parts that are alike in two datasets would differ.
    const own = {
      ...schema,
      // A sample of listed keys is the dataset's, and no part's.
      keyForm: keyForm.as === "listed" ? { as: "listed" } : keyForm,
    };
    yield writeFooter({
      table: schema.name,
      columns: schema.columns,
      codec: this.#compressor.codec,
      groups: this.#groups,
      keyValues: [
        [TABLE_KEY, JSON.stringify(own)],
        ...closing.fingerprint === undefined
          ? []
          : [[FINGERPRINT_KEY, closing.fingerprint] as const],
        ...closing.identity === undefined
          ? []
          : [[IDENTITY_KEY, JSON.stringify(closing.identity)] as const],
      ],
    });
  }

  *#start(): Generator<Uint8Array> {
    if (!this.#started) yield MAGIC;
    this.#started = true;
  }

  *#flush(): Generator<Uint8Array> {
    const rows = this.#pending;
    this.#pending = 0;
    yield* this.#group(rows, this.#gathers.map((gather) => gather.take()));
  }

  *#group(
    rows: number,
    columns: readonly GatheredColumn[],
  ): Generator<Uint8Array> {
    this.#pendingBytes = 0;
    yield* this.#start();
    const offset = this.#position;
    const chunks = [];
    for (let c = 0; c < columns.length; c++) {
      const column = this.#table.columns[c];
      const chunk = this.#encode(column, columns[c]);
      yield* chunk.pages;
      this.#position += chunk.compressed;
      // The bytes are the caller's now.
      chunks.push({ ...chunk, pages: [] });
    }
    this.#groups.push({ rows, offset, chunks });
  }

  #encode(column: ColumnSchema, gathered: GatheredColumn) {
    try {
      const first = gathered.nulls?.indexOf(1) ?? -1;
      if (first >= 0 && !column.nullable) throw new Misfit(first, null);
      return encodeChunk(column, gathered, this.#buffer);
    } catch (error) {
      if (!(error instanceof Misfit)) throw error;
      throw this.#misfit(column, error);
    }
  }

  #misfit({ name, type, nullable }: ColumnSchema, { row, value }: Misfit) {
    const shown = value === null
      ? "NULL"
      : typeof value === "string"
      ? JSON.stringify(value.slice(0, 60))
      : String(value);
    return new ServemarkError(`Cannot write table ${this.#table.name}`, {
      cause: `${shown} is not a value of ${typeText(type)}${
        nullable ? "" : " not null"
      }`,
      place: `table ${this.#table.name}, row ${
        this.#from + row
      }, column ${name}`,
    });
  }
}

function checkNames({ name, columns }: TableSchema): void {
  const twice = columns.find((a, k) =>
    columns.findIndex((b) => b.name === a.name) < k
  );
  if (!twice) return;
  throw new ServemarkError(`Cannot write table ${name} as Parquet`, {
    cause: `two of its columns are named "${twice.name}"`,
  });
}

function checkLengths(batch: Batch, table: TableSchema): void {
  if (batch.columns.length !== table.columns.length) {
    throw new ServemarkError(`Cannot write table ${table.name}`, {
      cause:
        `a batch has ${batch.columns.length} columns in place of ${table.columns.length}`,
    });
  }
  batch.columns.forEach((vector, c) => {
    const { length } = vector.texts?.numbers ?? vector.values;
    if (length >= batch.rows) return;
    throw new ServemarkError(`Cannot write table ${table.name}`, {
      cause: `column ${
        table.columns[c].name
      } has ${length} values for ${batch.rows} rows`,
    });
  });
}

/** About how many bytes each row's texts and byte strings take; `undefined` where there are none. */
function rowSizes({ rows, columns }: Batch): Float64Array | undefined {
  let sizes: Float64Array | undefined;
  for (const vector of columns) {
    const { texts, nulls } = vector;
    const isNull = (r: number) => nulls !== null && nulls[r] === 1;
    if (texts?.kind === "ids") {
      const each = texts.prefix.length + texts.digits;
      sizes ??= new Float64Array(rows);
      for (let r = 0; r < rows; r++) if (!isNull(r)) sizes[r] += each;
    } else if (texts) {
      const lengths = Float64Array.from(texts.words, (word) => word.length);
      sizes ??= new Float64Array(rows);
      for (let r = 0; r < rows; r++) {
        if (!isNull(r)) sizes[r] += lengths[texts.numbers[r]];
      }
    } else {
      const { values } = vector;
      if (ArrayBuffer.isView(values)) continue;
      sizes ??= new Float64Array(rows);
      for (let r = 0; r < rows; r++) {
        if (!isNull(r)) sizes[r] += values[r]?.length ?? 0;
      }
    }
  }
  return sizes;
}
