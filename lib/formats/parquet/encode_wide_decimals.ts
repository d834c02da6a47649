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
import { ENCODING } from "./metadata.ts";
import type { PageBuffer } from "./page_buffer.ts";

/** Encodes decimals beyond 18 digits as big-endian two's complements of one length. */
export function encodeWideDecimals(
  column: ColumnSchema,
  { rows, nulls, values }: GatheredColumn,
  buffer: PageBuffer,
): EncodedChunk {
  const { length, meaning } = layoutOf(column);
  const precision = meaning.kind === "decimal" ? meaning.precision : 0;
  const limit = 10n ** BigInt(precision);
  const nullCount = countNulls(nulls, 0, rows);
  const bytes = (rows - nullCount) * length;
  const out = buffer.room(bytes);
  let at = buffer.start;
  let min: bigint | undefined;
  let max: bigint | undefined;
  for (let r = 0; r < rows; r++) {
    if (nulls && nulls[r] === 1) continue;
    const value = integerOf(values![r]);
    if (value === undefined || value >= limit || value <= -limit) {
      throw new Misfit(r, values![r]);
    }
    if (min === undefined || value < min) min = value;
    if (max === undefined || value > max) max = value;
    putBig(value, out, at, length);
    at += length;
  }
  const page = buffer.dataPage(
    rows,
    bytes,
    ENCODING.plain,
    pageNulls(column, nulls, 0, rows),
  );
  const stored = (value: bigint) => {
    const own = new Uint8Array(length);
    putBig(value, own, 0, length);
    return own;
  };
  const range = min === undefined ? undefined : {
    min: stored(min),
    max: stored(max!),
    minExact: true,
    maxExact: true,
  };
  return chunkOf([page], undefined, nullCount, range);
}

function integerOf(value: unknown): bigint | undefined {
  if (typeof value === "bigint") return value;
  if (typeof value === "number") {
    return Number.isSafeInteger(value) ? BigInt(value) : undefined;
  }
  return typeof value === "string" && /^-?\d{1,80}$/.test(value)
    ? BigInt(value)
    : undefined;
}

function putBig(
  value: bigint,
  out: Uint8Array,
  at: number,
  length: number,
): void {
  const digits = BigInt.asUintN(8 * length, value).toString(16)
    .padStart(2 * length, "0");
  for (let k = 0; k < length; k++) {
    out[at + k] = parseInt(digits.slice(2 * k, 2 * k + 2), 16);
  }
}
