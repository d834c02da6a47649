import { ServemarkError } from "../../core/errors.ts";
import type { ColumnSchema, ColumnType } from "../../datasets/schema.ts";
import { hexOf } from "../../datasets/value_text.ts";
import { Damage } from "./damage.ts";
import type { Leaf } from "./metadata.ts";
import { decodeText } from "./read_texts.ts";

/** What a stored byte string stands for: a batch's value, or an integer before it is one. */
export type Converted = string | Uint8Array | bigint;

/** How a column's byte strings become values. */
export function bytesConverter(
  leaf: Leaf,
  column: ColumnSchema,
): (bytes: Uint8Array) => Converted {
  if (leaf.physical === "INT96") return (bytes) => instantOf(bytes, column);
  if (leaf.meaning.kind === "uuid") return uuidOf;
  switch (column.type.kind) {
    case "decimal": {
      const { type } = column;
      const limit = 10n ** BigInt(type.precision);
      return (bytes) => decimalOf(bytes, type, limit);
    }
    case "text":
      return decodeText;
    default:
      // A copy, so that a value does not keep its whole page.
      return (bytes) => bytes.slice();
  }
}

/** Days from the Julian day 0 to 1970. */
const EPOCH = 2_440_588n;
const DAY = 86_400_000_000n;

/** µs since 1970 of nanoseconds within a Julian day. */
function instantOf(bytes: Uint8Array, column: ColumnSchema): bigint {
  const view = new DataView(bytes.buffer, bytes.byteOffset, 12);
  const nanos = view.getBigInt64(0, true);
  if (nanos % 1000n !== 0n) throw lostDigits(column, `${nanos} ns of a day`);
  return (BigInt(view.getInt32(8, true)) - EPOCH) * DAY + nanos / 1000n;
}

/** The error for instants between two microseconds. */
export function lostDigits(
  column: ColumnSchema,
  value: string,
): ServemarkError {
  return new ServemarkError(`Cannot read column ${column.name}`, {
    cause:
      `${value} is no whole number of microseconds, and would lose its last digits`,
    remedy: "Write the column in microseconds, or as text",
  });
}

function uuidOf(bytes: Uint8Array): string {
  const hex = hexOf(bytes);
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    hex.slice(12, 16),
    hex.slice(16, 20),
    hex.slice(20),
  ].join("-");
}

/** Bytes of a decimal, at most: more than any precision asks for. */
const MAX_DECIMAL = 512;

function decimalOf(
  bytes: Uint8Array,
  type: ColumnType & { kind: "decimal" },
  limit: bigint,
): bigint {
  const { length } = bytes;
  if (length > MAX_DECIMAL) {
    throw new Damage(`a decimal has ${length} bytes`);
  }
  const value = length === 0
    ? 0n
    : BigInt.asIntN(8 * length, BigInt("0x" + hexOf(bytes)));
  if (value >= limit || value <= -limit) {
    throw new Damage(`a decimal has more than ${type.precision} digits`);
  }
  return value;
}
