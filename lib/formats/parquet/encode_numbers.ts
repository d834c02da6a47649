import type { ColumnSchema } from "../../datasets/schema.ts";
import type { GatheredColumn } from "./column_gather.ts";
import { layoutOf } from "./columns.ts";
import {
  chunkOf,
  countNulls,
  type EncodedChunk,
  Misfit,
  pageNulls,
} from "./encode_chunk.ts";
import { ENCODING, type Physical } from "./metadata.ts";
import { numberDictionary } from "./number_dictionary.ts";
import { bitsOf, packBits, writeIndexes } from "./pack_bits.ts";
import type { PageBuffer } from "./page_buffer.ts";
import { numberRange, type StoredRange } from "./statistics.ts";

/** Encodes booleans, integers, decimals of up to 18 digits, doubles, dates and timestamps. */
export function encodeNumbers(
  column: ColumnSchema,
  { rows, nulls, values }: GatheredColumn,
  buffer: PageBuffer,
): EncodedChunk {
  const { physical } = layoutOf(column);
  const nullCount = countNulls(nulls, 0, rows);
  const page = (bytes: number, encoding: number) =>
    buffer.dataPage(rows, bytes, encoding, pageNulls(column, nulls, 0, rows));
  if (!ArrayBuffer.isView(values) && nullCount < rows) {
    const row = rowOf(0, nulls);
    throw new Misfit(row, values![row]);
  }
  const dense = !ArrayBuffer.isView(values)
    ? new Float64Array(0)
    : values instanceof BigInt64Array
    ? narrowed(denseLongs(values, rows, nulls, nullCount))
    : denseNumbers(values, rows, nulls, nullCount);
  if (dense.length === 0) {
    return chunkOf([page(0, ENCODING.plain)], undefined, nullCount, undefined);
  }
  const bad = (at: number) => new Misfit(rowOf(at, nulls), dense[at]);
  if (dense instanceof BigInt64Array) {
    const range = checkLongs(column, dense, bad);
    const out = buffer.room(dense.byteLength);
    out.set(
      new Uint8Array(dense.buffer, dense.byteOffset, dense.byteLength),
      buffer.start,
    );
    return chunkOf(
      [page(dense.byteLength, ENCODING.plain)],
      undefined,
      nullCount,
      range,
    );
  }
  if (column.type.kind === "double") {
    const range = writeDoubles(dense, buffer);
    return chunkOf(
      [page(dense.byteLength, ENCODING.plain)],
      undefined,
      nullCount,
      range,
    );
  }
  const { min, max, sorted } = checkIntegers(column, dense, bad);
  const range = numberRange(physical, min, max);
  // Sorted values are a few bits each to the compressor, which sees no order in indexes.
  const dictionary = sorted || physical === "BOOLEAN"
    ? undefined
    : numberDictionary(dense, min, max);
  if (!dictionary) {
    const bytes = writePlain(physical, dense, buffer);
    return chunkOf([page(bytes, ENCODING.plain)], undefined, nullCount, range);
  }
  const { distinct, indexes } = dictionary;
  const entries = buffer.dictionaryPage(
    distinct.length,
    writePlain(physical, distinct, buffer),
  );
  return chunkOf(
    [page(
      indexBytes(indexes, distinct.length, buffer),
      ENCODING.rleDictionary,
    )],
    entries,
    nullCount,
    range,
  );
}

/** Puts indexes into the buffer, and says how many bytes they take. */
export function indexBytes(
  indexes: Int32Array,
  entries: number,
  buffer: PageBuffer,
): number {
  const width = bitsOf(entries - 1);
  const out = buffer.room(16 + width * (indexes.length + 8) / 8);
  return writeIndexes(indexes, indexes.length, width, out, buffer.start) -
    buffer.start;
}

/** The row of the n-th value that is not NULL. */
export function rowOf(n: number, nulls: Uint8Array | null): number {
  if (!nulls) return n;
  let row = 0;
  for (let left = n;; row++) if (nulls[row] === 0 && left-- === 0) return row;
}

/** The numbers that are not NULL. */
export function denseNumbers(
  values: Float64Array,
  rows: number,
  nulls: Uint8Array | null,
  nullCount: number,
): Float64Array {
  if (!nulls) return values.length === rows ? values : values.subarray(0, rows);
  const dense = new Float64Array(rows - nullCount);
  for (let r = 0, k = 0; r < rows; r++) {
    if (nulls[r] === 0) dense[k++] = values[r];
  }
  return dense;
}

function denseLongs(
  values: BigInt64Array,
  rows: number,
  nulls: Uint8Array | null,
  nullCount: number,
): BigInt64Array {
  const dense = new BigInt64Array(rows - nullCount);
  for (let r = 0, k = 0; r < rows; r++) {
    if (!nulls || nulls[r] === 0) dense[k++] = values[r];
  }
  return dense;
}

/** The same integers as numbers where all of them are exact, so that a file does not tell how they came. */
function narrowed(longs: BigInt64Array): BigInt64Array | Float64Array {
  const limit = BigInt(Number.MAX_SAFE_INTEGER);
  for (let k = 0; k < longs.length; k++) {
    if (longs[k] > limit || longs[k] < -limit) return longs;
  }
  return Float64Array.from(longs, Number);
}

function checkLongs(
  column: ColumnSchema,
  dense: BigInt64Array,
  bad: (at: number) => Misfit,
): StoredRange {
  const { type } = column;
  if (type.kind === "double") throw bad(0);
  const most = type.kind === "decimal"
    ? 10n ** BigInt(type.precision) - 1n
    : type.kind === "bigint" || type.kind === "timestamp"
    ? 2n ** 63n - 1n
    : 2n ** 31n - 1n;
  const least = type.kind === "decimal" ? -most : -most - 1n;
  let min = dense[0];
  let max = dense[0];
  for (let k = 0; k < dense.length; k++) {
    const value = dense[k];
    if (value < min) min = value;
    if (value > max) max = value;
    if (value < least || value > most) throw bad(k);
  }
  return numberRange("INT64", min, max);
}

function bounds({ type }: ColumnSchema): [number, number] {
  switch (type.kind) {
    case "boolean":
      return [0, 1];
    case "decimal": {
      const most = Math.min(10 ** type.precision - 1, Number.MAX_SAFE_INTEGER);
      return [-most, most];
    }
    case "integer":
    case "date":
      return [-(2 ** 31), 2 ** 31 - 1];
    default:
      return [Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER];
  }
}

function checkIntegers(
  column: ColumnSchema,
  dense: Float64Array,
  bad: (at: number) => Misfit,
): { min: number; max: number; sorted: boolean } {
  let min = Infinity;
  let max = -Infinity;
  let last = -Infinity;
  let falls = 0;
  let fractions = 0;
  for (let k = 0; k < dense.length; k++) {
    const value = dense[k];
    if (value < min) min = value;
    if (value > max) max = value;
    if (value < last) falls++;
    last = value;
    // NaN for NaN and infinities.
    fractions += value - Math.floor(value);
  }
  const [least, most] = bounds(column);
  if (fractions !== 0 || min < least || max > most) {
    const at = dense.findIndex((v) =>
      !(Number.isInteger(v) && v >= least && v <= most)
    );
    throw bad(at);
  }
  return { min: min + 0, max: max + 0, sorted: falls === 0 };
}

/**
 * Writes doubles, every NaN as the same one. Of a range, NaN is no part, and a
 * zero counts as −0 at its lower end and +0 at its upper, as the format asks.
 */
function writeDoubles(
  dense: Float64Array,
  buffer: PageBuffer,
): StoredRange | undefined {
  const memory = buffer.room(dense.byteLength);
  const out = new Float64Array(memory.buffer, buffer.start, dense.length);
  out.set(dense);
  let min = Infinity;
  let max = -Infinity;
  let ordered = 0;
  for (let k = 0; k < dense.length; k++) {
    const value = dense[k];
    if (value < min) min = value;
    if (value > max) max = value;
    if (value === value) ordered++;
  }
  if (ordered < dense.length) {
    const words = new Uint32Array(
      memory.buffer,
      buffer.start,
      2 * dense.length,
    );
    for (let k = 0; k < dense.length; k++) {
      if (dense[k] === dense[k]) continue;
      words[2 * k] = 0;
      words[2 * k + 1] = 0x7ff80000;
    }
  }
  if (ordered === 0) return undefined;
  return numberRange("DOUBLE", min === 0 ? -0 : min, max === 0 ? 0 : max);
}

/** Puts numbers into the buffer as they are stored, and says how many bytes they take. */
function writePlain(
  physical: Physical,
  numbers: Float64Array,
  buffer: PageBuffer,
): number {
  const { start } = buffer;
  const count = numbers.length;
  if (physical === "BOOLEAN") {
    const out = buffer.room(count + 8);
    return packBits(Uint8Array.from(numbers), count, 1, out, start) - start;
  }
  if (physical === "INT32") {
    const out = new Int32Array(buffer.room(4 * count).buffer, start, count);
    out.set(numbers);
    return 4 * count;
  }
  const memory = buffer.room(8 * count);
  const out = new Uint32Array(memory.buffer, start, 2 * count);
  for (let k = 0; k < count; k++) {
    const value = numbers[k];
    const high = Math.floor(value / 4294967296);
    out[2 * k] = value - high * 4294967296;
    out[2 * k + 1] = high;
  }
  return 8 * count;
}
