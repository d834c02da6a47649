import { ServemarkError } from "../../core/errors.ts";
import type { ColumnSchema, ColumnType } from "../../datasets/schema.ts";
import type { Meaning, Physical } from "./metadata.ts";

/** Most digits of a decimal that fits four bytes, and eight. */
const INT32_DIGITS = 9;
export const INT64_DIGITS = 18;

/** Most digits of a decimal that the readers of Parquet take. */
const MAX_DIGITS = 38;

/** How a column of ours stands in a file. */
export interface Layout {
  readonly physical: Physical;
  /** Bytes of a FIXED_LEN_BYTE_ARRAY. */
  readonly length: number;
  readonly meaning: Meaning;
}

/** How a type stands in the files that are written here. */
export function layoutOf({ name, type }: ColumnSchema): Layout {
  const layout = (physical: Physical, meaning: Meaning, length = 0) => ({
    physical,
    length,
    meaning,
  });
  const none = { kind: "none" } as const;
  switch (type.kind) {
    case "boolean":
      return layout("BOOLEAN", none);
    case "integer":
      return layout("INT32", none);
    case "bigint":
      return layout("INT64", none);
    case "double":
      return layout("DOUBLE", none);
    case "bytes":
      return layout("BYTE_ARRAY", none);
    case "text":
      return layout("BYTE_ARRAY", { kind: "string" });
    case "date":
      return layout("INT32", { kind: "date" });
    case "timestamp":
      return layout("INT64", {
        kind: "timestamp",
        unit: "MICROS",
        utc: hasZone(type),
      });
    case "decimal": {
      const { precision, scale } = type;
      if (precision > MAX_DIGITS || scale < 0 || scale > precision) {
        throw new ServemarkError(`Cannot write column ${name} as Parquet`, {
          cause:
            `decimal(${precision},${scale}) is not a decimal of up to ${MAX_DIGITS} digits`,
          remedy: "Declare the column as text",
        });
      }
      const meaning = { kind: "decimal", precision, scale } as const;
      if (precision <= INT32_DIGITS) return layout("INT32", meaning);
      if (precision <= INT64_DIGITS) return layout("INT64", meaning);
      return layout("FIXED_LEN_BYTE_ARRAY", meaning, decimalBytes(precision));
    }
  }
}

/** Whether PostgreSQL's type is an instant, rather than a calendar's and clock's reading. */
function hasZone(type: ColumnType): boolean {
  return /^timestamptz|with time zone$/.test(type.native ?? "");
}

/** Bytes of a two's complement of so many decimal digits. */
function decimalBytes(precision: number): number {
  return Math.ceil((precision * Math.log2(10) + 1) / 8);
}

/** A stored type for people: `INT64 DECIMAL(12,2)`. */
export function describeLayout(
  { physical, meaning }: Pick<Layout, "physical" | "meaning">,
): string {
  switch (meaning.kind) {
    case "none":
      return physical;
    case "decimal":
      return `${physical} DECIMAL(${meaning.precision},${meaning.scale})`;
    case "integer":
      return `${physical} ${meaning.signed ? "INT" : "UINT"}${meaning.bits}`;
    case "time":
    case "timestamp":
      return `${physical} ${meaning.kind.toUpperCase()}(${meaning.unit})`;
    case "other":
      return `${physical} ${meaning.name}`;
    default:
      return `${physical} ${meaning.kind.toUpperCase()}`;
  }
}
