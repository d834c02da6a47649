import type { ColumnSchema, ColumnType } from "../../datasets/schema.ts";
import type { Leaf } from "./metadata.ts";

/** The type of a file's column, or why no type of ours can hold it. */
export type Form =
  | { readonly type: ColumnType }
  | { readonly refused: string };

/** What a column of a file is among our types. */
export function formOf(leaf: Leaf): Form {
  const { physical, meaning, length } = leaf;
  const is = (type: ColumnType) => ({ type });
  const bytes = physical === "BYTE_ARRAY" ||
    physical === "FIXED_LEN_BYTE_ARRAY";
  const refused = { refused: contradiction(leaf) };
  switch (meaning.kind) {
    case "none":
      switch (physical) {
        case "BOOLEAN":
          return is({ kind: "boolean" });
        case "INT32":
          return is({ kind: "integer" });
        case "INT64":
          return is({ kind: "bigint" });
        case "INT96":
          return is({ kind: "timestamp" });
        case "FLOAT":
          return is({ kind: "double", native: "real" });
        case "DOUBLE":
          return is({ kind: "double" });
        default:
          return is({ kind: "bytes" });
      }
    case "string":
    case "enum":
      return physical === "BYTE_ARRAY" ? is({ kind: "text" }) : refused;
    case "json":
      return physical === "BYTE_ARRAY"
        ? is({ kind: "text", native: "json" })
        : refused;
    case "bson":
      return physical === "BYTE_ARRAY" ? is({ kind: "bytes" }) : refused;
    case "uuid":
      return physical === "FIXED_LEN_BYTE_ARRAY" && length === 16
        ? is({ kind: "text", native: "uuid" })
        : refused;
    case "date":
      return physical === "INT32" ? is({ kind: "date" }) : refused;
    case "null":
      return is({ kind: "text" });
    case "decimal": {
      const { precision, scale } = meaning;
      const fits = bytes || physical === "INT32" || physical === "INT64";
      if (!fits || precision < 1 || precision > 1000) return refused;
      if (scale < 0 || scale > precision) return refused;
      return is({ kind: "decimal", precision, scale });
    }
    case "integer": {
      const { bits, signed } = meaning;
      if (physical === "INT64" && bits === 64) {
        return signed
          ? is({ kind: "bigint" })
          : is({ kind: "decimal", precision: 20, scale: 0 });
      }
      if (physical !== "INT32" || bits > 32) return refused;
      if (bits === 32) return is({ kind: signed ? "integer" : "bigint" });
      return bits < 16 || signed
        ? is({ kind: "integer", native: "smallint" })
        : is({ kind: "integer" });
    }
    case "time":
      return physical === (meaning.unit === "MILLIS" ? "INT32" : "INT64")
        ? is({ kind: "text", native: "time without time zone" })
        : refused;
    case "timestamp":
      if (physical !== "INT64") return refused;
      return meaning.utc
        ? is({ kind: "timestamp", native: "timestamp with time zone" })
        : is({ kind: "timestamp" });
    case "other":
      return { refused: `is ${meaning.name}, which no column type holds` };
  }
}

function contradiction({ physical, meaning }: Leaf): string {
  return `is ${meaning.kind} stored as ${physical}, which is not valid`;
}

/** Whether a file's column can be read as a table's column, bit for bit. */
export function readsAs(leaf: Leaf, { type }: ColumnSchema): boolean {
  const form = formOf(leaf);
  if ("refused" in form) return false;
  const found = form.type;
  if (found.kind === "decimal" && type.kind === "decimal") {
    return found.scale === type.scale;
  }
  if (found.kind === type.kind) return true;
  if (found.kind === "integer" && type.kind === "bigint") return true;
  // Older writers do not say that their texts are texts.
  return leaf.physical === "BYTE_ARRAY" && leaf.meaning.kind === "none" &&
    type.kind === "text";
}
