import type { Batch } from "../../datasets/batch.ts";
import type { TableSchema } from "../../datasets/schema.ts";
import {
  type ParquetClosing,
  ParquetEncoder,
  type ParquetWriteOptions,
} from "./encoder.ts";

export { ROW_GROUP } from "./page_buffer.ts";
export type { ParquetClosing, ParquetWriteOptions };

/**
 * Builds one Parquet file in memory, a batch at a time: zstd, statistics, row
 * groups of up to {@link ROW_GROUP} rows. The same rows give the same bytes.
 */
export class ParquetBuilder {
  readonly #encoder: ParquetEncoder;
  readonly #bytes: Uint8Array[] = [];

  constructor(table: TableSchema, options?: ParquetWriteOptions) {
    this.#encoder = new ParquetEncoder(table, options);
  }

  /**
   * Appends a batch's rows. A value that its column cannot hold is an error
   * naming both, here or once its row group is full.
   */
  add(batch: Batch): void {
    for (const bytes of this.#encoder.add(batch)) this.#bytes.push(bytes);
  }

  /** The finished file. */
  finish(closing?: ParquetClosing): Uint8Array {
    for (const bytes of this.#encoder.finish(closing)) this.#bytes.push(bytes);
    const file = new Uint8Array(
      this.#bytes.reduce((sum, bytes) => sum + bytes.length, 0),
    );
    let at = 0;
    for (const bytes of this.#bytes) {
      file.set(bytes, at);
      at += bytes.length;
    }
    return file;
  }
}

/** Writes batches of one table as one Parquet file. */
export function writeParquet(
  table: TableSchema,
  batches: Iterable<Batch>,
  options?: ParquetWriteOptions,
): Uint8Array {
  const builder = new ParquetBuilder(table, options);
  for (const batch of batches) builder.add(batch);
  return builder.finish();
}
