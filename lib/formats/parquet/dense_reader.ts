import type { ColumnSchema } from "../../datasets/schema.ts";
import { bytesConverter, type Converted } from "./convert_bytes.ts";
import { Damage } from "./damage.ts";
import {
  joinStreams,
  readDeltaLengths,
  readDeltas,
  readDeltaTexts,
} from "./delta_reader.ts";
import { ENCODING, type Leaf } from "./metadata.ts";
import { lengthAt, readTexts } from "./read_texts.ts";
import { RleReader } from "./rle_reader.ts";

/** Where values are decoded to: numbers of up to 32 bits and doubles; 64-bit integers; all else. */
export type Lane = Float64Array | BigInt64Array | Converted[];

/** Reads a page's values, NULLs left out. */
export interface DenseReader {
  /** Reads the next `count` values to `out` from `at` on. */
  read(out: Lane, at: number, count: number): void;
  /** Whether nothing is left over. */
  done(): boolean;
}

/** A lane of the column's kind. */
export function laneOf(leaf: Leaf, rows: number): Lane {
  switch (leaf.physical) {
    case "BOOLEAN":
    case "INT32":
    case "FLOAT":
    case "DOUBLE":
      return new Float64Array(rows);
    case "INT64":
      return new BigInt64Array(rows);
    default:
      return new Array<Converted>(rows);
  }
}

/** Bytes of a value of fixed length; 0 of others. */
function widthOf({ physical, length }: Leaf): number {
  switch (physical) {
    case "INT32":
    case "FLOAT":
      return 4;
    case "INT64":
    case "DOUBLE":
      return 8;
    case "INT96":
      return 12;
    case "FIXED_LEN_BYTE_ARRAY":
      if (!(length > 0 && length <= 65_536)) {
        throw new Damage(`its values have ${length} bytes each`);
      }
      return length;
    default:
      return 0;
  }
}

/**
 * Reads values from `from` on to the bytes' end, in any encoding but a
 * dictionary's indexes.
 *
 * @param most how many values there can be
 */
export function denseReader(
  leaf: Leaf,
  column: ColumnSchema,
  encoding: number,
  bytes: Uint8Array,
  from: number,
  most: number,
): DenseReader {
  const { physical } = leaf;
  const array = physical === "BYTE_ARRAY";
  const views = (all: Uint8Array[]) => {
    const convert = bytesConverter(leaf, column);
    return listed(all.map(convert));
  };
  switch (encoding) {
    case ENCODING.plain:
      return plainReader(leaf, column, bytes, from);
    case ENCODING.rle:
      if (physical === "BOOLEAN") return rleBooleans(bytes, from);
      break;
    case ENCODING.deltaBinaryPacked:
      if (physical === "INT32") {
        const { values } = readDeltas(bytes.subarray(from), 0, most, 32);
        const of = isUnsigned(leaf)
          ? (v: bigint) => Number(BigInt.asUintN(32, v))
          : Number;
        return listed(Float64Array.from(values, of));
      }
      if (physical === "INT64") {
        return listed(readDeltas(bytes.subarray(from), 0, most, 64).values);
      }
      break;
    case ENCODING.deltaLengthByteArray:
      if (array) return views(readDeltaLengths(bytes, from, most));
      break;
    case ENCODING.deltaByteArray:
      if (array || physical === "FIXED_LEN_BYTE_ARRAY") {
        const all = readDeltaTexts(bytes, from, most, 2 ** 28);
        if (!array && all.some((v) => v.length !== leaf.length)) {
          throw new Damage("a value is not of its column's length");
        }
        return views(all);
      }
      break;
    case ENCODING.byteStreamSplit:
      if (widthOf(leaf) > 0) {
        const plain = joinStreams(bytes.subarray(from), widthOf(leaf));
        return plainReader(leaf, column, plain, 0);
      }
  }
  throw new Damage(`a page of ${physical} is in encoding ${encoding}`);
}

function isUnsigned({ meaning }: Leaf): boolean {
  return meaning.kind === "integer" && !meaning.signed;
}

/** Values that are all decoded already. */
function listed(all: Lane): DenseReader {
  let next = 0;
  return {
    read(out, at, count) {
      need(count, all.length - next);
      for (let k = 0; k < count; k++) out[at + k] = all[next++];
    },
    done: () => next === all.length,
  };
}

function need(count: number, left: number): void {
  if (count > left) throw new Damage("a page has fewer values than rows");
}

function plainReader(
  leaf: Leaf,
  column: ColumnSchema,
  bytes: Uint8Array,
  from: number,
): DenseReader {
  if (leaf.physical === "BOOLEAN") return plainBooleans(bytes, from);
  const width = widthOf(leaf);
  if (width === 0) return byteArrays(leaf, column, bytes, from);
  const count = (bytes.length - from) / width;
  if (!Number.isInteger(count)) {
    throw new Damage("a page ends within a value");
  }
  if (width === 4 || width === 8) {
    return listedNumbers(leaf, bytes, from, count);
  }
  const convert = bytesConverter(leaf, column);
  let at = from;
  return {
    read(out, to, n) {
      need(n, (bytes.length - at) / width);
      for (let k = 0; k < n; k++, at += width) {
        (out as Converted[])[to + k] = convert(bytes.subarray(at, at + width));
      }
    },
    done: () => at === bytes.length,
  };
}

/** Numbers as they lie in memory. */
function listedNumbers(
  leaf: Leaf,
  bytes: Uint8Array,
  from: number,
  count: number,
): DenseReader {
  const { physical } = leaf;
  const width = physical === "INT32" || physical === "FLOAT" ? 4 : 8;
  let start = bytes.byteOffset + from;
  let { buffer } = bytes;
  if (start % width !== 0) {
    buffer = bytes.slice(from).buffer;
    start = 0;
  }
  const view = physical === "INT32"
    ? isUnsigned(leaf)
      ? new Uint32Array(buffer, start, count)
      : new Int32Array(buffer, start, count)
    : physical === "FLOAT"
    ? new Float32Array(buffer, start, count)
    : physical === "DOUBLE"
    ? new Float64Array(buffer, start, count)
    : new BigInt64Array(buffer, start, count);
  let next = 0;
  return {
    read(out, at, n) {
      need(n, count - next);
      const part = view.subarray(next, next + n);
      (out as Float64Array).set(part as Float64Array, at);
      next += n;
    },
    done: () => next === count,
  };
}

function plainBooleans(bytes: Uint8Array, from: number): DenseReader {
  let bit = 0;
  return {
    read(out, at, n) {
      need(n, (bytes.length - from) * 8 - bit);
      for (let k = 0; k < n; k++, bit++) {
        out[at + k] = bytes[from + (bit >>> 3)] >> (bit & 7) & 1;
      }
    },
    done: () => Math.ceil(bit / 8) === bytes.length - from,
  };
}

/** Booleans as runs, after the runs' length. */
function rleBooleans(bytes: Uint8Array, from: number): DenseReader {
  const length = lengthAt(bytes, from);
  const runs = new RleReader(bytes, from + 4, from + 4 + length, 1);
  return {
    read(out, at, n) {
      const flags = new Uint8Array(n);
      runs.read(flags, 0, n);
      (out as Float64Array).set(flags, at);
    },
    done: () => true,
  };
}

function byteArrays(
  leaf: Leaf,
  column: ColumnSchema,
  bytes: Uint8Array,
  from: number,
): DenseReader {
  const convert = bytesConverter(leaf, column);
  const text = column.type.kind === "text";
  let at = from;
  return {
    read(out, to, n) {
      if (text) {
        at = readTexts(bytes, at, out as string[], to, n);
        return;
      }
      for (let k = 0; k < n; k++) {
        const length = lengthAt(bytes, at);
        (out as Converted[])[to + k] = convert(
          bytes.subarray(at + 4, at + 4 + length),
        );
        at += 4 + length;
      }
    },
    done: () => at === bytes.length,
  };
}
