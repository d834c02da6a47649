import type { ColumnType, TableSchema } from "../datasets/schema.ts";

/** A value as people read it: decimals and timestamps are exact texts. */
export type LogicalValue = string | number | boolean | null;

/** A generated row by column name: decimals as `"12.50"`, timestamps as `"2024-06-07T00:00:00.000001Z"`. */
export function logicalRow(
  { columns }: TableSchema,
  values: readonly (number | string | null)[],
): Record<string, LogicalValue> {
  return Object.fromEntries(
    columns.map(({ name, type }, c) => [name, logicalValue(type, values[c])]),
  );
}

function logicalValue(
  type: ColumnType,
  value: number | string | null,
): LogicalValue {
  if (typeof value !== "number") return value;
  switch (type.kind) {
    case "boolean":
      return value === 1;
    case "decimal":
      return decimalText(value, type.scale);
    case "timestamp":
      return timestampText(value);
    default:
      return value;
  }
}

function decimalText(scaled: number, scale: number): string {
  if (scale === 0) return String(scaled);
  const digits = String(Math.abs(scaled)).padStart(scale + 1, "0");
  const sign = scaled < 0 ? "-" : "";
  return `${sign}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}

function timestampText(micros: number): string {
  const millis = Math.floor(micros / 1000);
  const rest = String(micros - millis * 1000).padStart(3, "0");
  return new Date(millis).toISOString().replace("Z", `${rest}Z`);
}
