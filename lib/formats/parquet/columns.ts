import type { SchemaElement } from "hyparquet";
import type {
  ColumnSchema,
  ColumnType,
  TableSchema,
} from "../../datasets/schema.ts";

/** Most digits of a decimal that fits four bytes, and eight. */
const INT32_DIGITS = 9;
export const INT64_DIGITS = 18;

/** How a column stands in a Parquet file: its physical type and what that means. */
export function columnElement(column: ColumnSchema): SchemaElement {
  return {
    name: column.name,
    repetition_type: column.nullable ? "OPTIONAL" : "REQUIRED",
    ...typeElement(column.type),
  };
}

function typeElement(type: ColumnType): Omit<SchemaElement, "name"> {
  switch (type.kind) {
    case "boolean":
      return { type: "BOOLEAN" };
    case "integer":
      return { type: "INT32" };
    case "bigint":
      return { type: "INT64" };
    case "decimal": {
      const { precision, scale } = type;
      return {
        type: precision <= INT32_DIGITS ? "INT32" : "INT64",
        converted_type: "DECIMAL",
        logical_type: { type: "DECIMAL", precision, scale },
        precision,
        scale,
      };
    }
    case "timestamp":
      return {
        type: "INT64",
        converted_type: "TIMESTAMP_MICROS",
        logical_type: {
          type: "TIMESTAMP",
          isAdjustedToUTC: true,
          unit: "MICROS",
        },
      };
    case "double":
      return { type: "DOUBLE" };
    case "bytes":
      return { type: "BYTE_ARRAY" };
    case "date":
      return {
        type: "INT32",
        converted_type: "DATE",
        logical_type: { type: "DATE" },
      };
    case "text":
      return {
        type: "BYTE_ARRAY",
        converted_type: "UTF8",
        logical_type: { type: "STRING" },
      };
  }
}

/** A file's whole schema. */
export function tableElements(table: TableSchema): SchemaElement[] {
  return [
    { name: table.name, num_children: table.columns.length },
    ...table.columns.map(columnElement),
  ];
}

/**
 * The same column without its meaning: the library then passes integers as
 * they are stored. With it, decimals would go through binary fractions and
 * timestamps through `Date`, and both lose digits. Texts keep theirs.
 */
export function physicalElement(element: SchemaElement): SchemaElement {
  if (element.converted_type === "UTF8" || element.num_children !== undefined) {
    return element;
  }
  if (
    element.type === "BYTE_ARRAY" && element.logical_type?.type === "STRING"
  ) {
    return { ...element, converted_type: "UTF8" };
  }
  const { name, type, type_length, repetition_type } = element;
  return {
    name,
    type,
    repetition_type,
    ...(type_length === undefined ? {} : { type_length }),
  };
}

/** A Parquet type for people: `INT64 DECIMAL(12,2)`. */
export function describeElement(element: SchemaElement): string {
  const { type, logical_type, converted_type } = element;
  if (logical_type?.type === "DECIMAL") {
    return `${type} DECIMAL(${logical_type.precision},${logical_type.scale})`;
  }
  if (logical_type?.type === "TIMESTAMP") {
    return `${type} TIMESTAMP(${logical_type.unit})`;
  }
  const meaning = logical_type?.type ?? converted_type;
  return meaning ? `${type} ${meaning}` : String(type);
}

/** Whether a file's column holds what the schema's column asks for, bit for bit. */
export function holds(element: SchemaElement, column: ColumnSchema): boolean {
  const wanted = columnElement(column);
  if (element.type !== wanted.type) {
    // Decimals may be wider than they need be.
    if (column.type.kind !== "decimal" || !isInteger(element)) return false;
  }
  if (element.repetition_type === "REPEATED" || element.num_children) {
    return false;
  }
  return meaning(element) === meaning(wanted);
}

function isInteger(element: SchemaElement): boolean {
  return element.type === "INT32" || element.type === "INT64";
}

function meaning(element: SchemaElement): string {
  const { logical_type, converted_type } = element;
  switch (logical_type?.type) {
    case "DECIMAL":
      return `decimal ${logical_type.scale}`;
    case "TIMESTAMP":
      return `timestamp ${logical_type.unit}`;
    case "STRING":
      return "text";
    case "INTEGER":
      return logical_type.isSigned ? "" : "unsigned";
    case undefined:
      break;
    default:
      return logical_type!.type;
  }
  switch (converted_type) {
    case "DECIMAL":
      return `decimal ${element.scale ?? 0}`;
    case "TIMESTAMP_MICROS":
      return "timestamp MICROS";
    case "UTF8":
      return "text";
    case "INT_32":
    case "INT_64":
    case undefined:
      return "";
    default:
      return converted_type;
  }
}
