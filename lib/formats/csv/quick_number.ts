import type { ColumnSchema } from "../../datasets/schema.ts";
import {
  booleanAt,
  dateAt,
  doubleAt,
  integerAt,
  scaledAt,
  timestampAt,
} from "./field_number.ts";

/** Gives the number that a field is at first sight; NaN where it wants a closer look. */
export type QuickNumber = (
  bytes: Uint8Array,
  start: number,
  end: number,
) => number;

const never: QuickNumber = () => NaN;

/** How a column's fields are read at first sight. */
export function quickNumber({ type }: ColumnSchema): QuickNumber {
  switch (type.kind) {
    case "integer":
      return (bytes, start, end) => {
        const n = integerAt(bytes, start, end);
        return n === (n | 0) ? n : NaN;
      };
    case "bigint":
      return integerAt;
    case "decimal": {
      const { precision, scale } = type;
      if (precision > 18) return never;
      const limit = 10 ** Math.min(precision, 15);
      return (bytes, start, end) => {
        const n = scaledAt(bytes, start, end, scale);
        return n < limit && n > -limit ? n : NaN;
      };
    }
    case "date":
      return dateAt;
    case "timestamp":
      return timestampAt;
    case "double":
      return doubleAt;
    case "boolean":
      return booleanAt;
    default:
      return never;
  }
}
