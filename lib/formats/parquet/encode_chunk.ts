import type { ColumnSchema } from "../../datasets/schema.ts";
import type { GatheredColumn } from "./column_gather.ts";
import { encodeBytes } from "./encode_bytes.ts";
import { encodeNumbers } from "./encode_numbers.ts";
import { encodeTexts } from "./encode_texts.ts";
import { encodeWideDecimals } from "./encode_wide_decimals.ts";
import { ENCODING } from "./metadata.ts";
import type { PageBuffer, StoredPage } from "./page_buffer.ts";
import type { Statistics, StoredRange } from "./statistics.ts";

/** One column of a row group, ready to be stored. */
export interface EncodedChunk {
  readonly pages: readonly Uint8Array[];
  readonly uncompressed: number;
  readonly compressed: number;
  /** Bytes of the dictionary's page, which comes first; 0 where there is none. */
  readonly dictionary: number;
  readonly encodings: readonly number[];
  readonly statistics: Statistics;
}

/** A value that its column cannot hold, by its row within the row group. */
export class Misfit extends Error {
  readonly row: number;
  readonly value: unknown;

  constructor(row: number, value: unknown) {
    super(`row ${row}`);
    this.row = row;
    this.value = value;
  }
}

/**
 * Encodes one column of a row group.
 *
 * @throws {Misfit} for the first value that the column cannot hold
 */
export function encodeChunk(
  column: ColumnSchema,
  gathered: GatheredColumn,
  buffer: PageBuffer,
): EncodedChunk {
  switch (column.type.kind) {
    case "text":
      return encodeTexts(column, gathered, buffer);
    case "bytes":
      return encodeBytes(column, gathered, buffer);
    case "decimal":
      if (column.type.precision > 18) {
        return encodeWideDecimals(column, gathered, buffer);
      }
  }
  return encodeNumbers(column, gathered, buffer);
}

/** A chunk of its pages. */
export function chunkOf(
  pages: readonly StoredPage[],
  dictionary: StoredPage | undefined,
  nulls: number,
  range: StoredRange | undefined,
): EncodedChunk {
  const all = dictionary ? [dictionary, ...pages] : pages;
  return {
    pages: all.flatMap((page) => page.bytes),
    uncompressed: all.reduce((sum, page) => sum + page.uncompressed, 0),
    compressed: all.reduce((sum, page) => sum + page.compressed, 0),
    dictionary: dictionary?.compressed ?? 0,
    encodings: dictionary
      ? [ENCODING.plain, ENCODING.rle, ENCODING.rleDictionary]
      : [ENCODING.plain, ENCODING.rle],
    statistics: { nulls, ...range ? { range } : {} },
  };
}

/** How many of the rows `[from, to)` are NULL. */
export function countNulls(
  nulls: Uint8Array | null,
  from: number,
  to: number,
): number {
  let count = 0;
  if (nulls) { for (let r = from; r < to; r++) count += nulls[r]; }
  return count;
}

/** What {@link PageBuffer.dataPage} takes as the NULLs of the rows `[from, to)`. */
export function pageNulls(
  column: ColumnSchema,
  nulls: Uint8Array | null,
  from: number,
  to: number,
): Uint8Array | null | undefined {
  if (!column.nullable) return undefined;
  return nulls && countNulls(nulls, from, to) > 0
    ? nulls.subarray(from, to)
    : null;
}
