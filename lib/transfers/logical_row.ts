import type { Value } from "../datasets/batch.ts";
import type { ColumnType, TableSchema } from "../datasets/schema.ts";
import {
  dateText,
  decimalText,
  hexOf,
  timestampText,
} from "../datasets/value_text.ts";

/** A value as people read it: decimals, timestamps and wide integers are exact texts. */
export type LogicalValue = string | number | boolean | null;

/** A row by column name: decimals as `"12.50"`, timestamps as `"2024-06-07T00:00:00.000001Z"`. */
export function logicalRow(
  { columns }: TableSchema,
  values: readonly Value[],
): Record<string, LogicalValue> {
  return Object.fromEntries(
    columns.map(({ name, type }, c) => [name, logicalValue(type, values[c])]),
  );
}

function logicalValue(type: ColumnType, value: Value): LogicalValue {
  if (value === null) return null;
  if (value instanceof Uint8Array) return hexOf(value);
  switch (type.kind) {
    case "boolean":
      return value === 1;
    case "decimal":
      return decimalText(value, type.scale);
    case "timestamp":
      return isoInstant(value as number | bigint);
    case "date":
      return dateText(value as number);
    default:
      return typeof value === "bigint" ? String(value) : value;
  }
}

function isoInstant(micros: number | bigint): string {
  const [day, time] = timestampText(micros).split(" ");
  const [clock, fraction = ""] = time.split(".");
  return `${day}T${clock}.${fraction.padEnd(6, "0")}Z`;
}
