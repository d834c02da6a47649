import type { YamlNode } from "../core/yaml_places.ts";
import type { ColumnType } from "./schema.ts";

/** The most digits that float64 carries exactly. */
const MAX_PRECISION = 15;

/** Reads `integer`, `decimal(12,2)` … */
export function readColumnType(node: YamlNode): ColumnType | undefined {
  const text = node.text("type");
  if (text === undefined) return undefined;
  const decimal = /^decimal\(\s*(\d+)\s*,\s*(\d+)\s*\)$/.exec(text);
  if (decimal) {
    const [precision, scale] = [Number(decimal[1]), Number(decimal[2])];
    if (precision >= 1 && precision <= MAX_PRECISION && scale <= precision) {
      return { kind: "decimal", precision, scale };
    }
    return node.problem(
      `type "${text}" must have a precision from 1 to ${MAX_PRECISION}, and a scale of at most that`,
    );
  }
  switch (text) {
    case "boolean":
    case "integer":
    case "bigint":
    case "text":
    case "timestamp":
    case "date":
      return { kind: text };
    case "double":
    case "bytes":
      return node.problem(
        `type "${text}" is for data that was loaded: no law draws it`,
        text === "double" ? 'Write "decimal(P,S)"' : 'Write "text"',
      );
  }
  return node.problem(
    `unknown type "${text}"`,
    "Known: boolean, integer, bigint, decimal(P,S), text, timestamp, date",
  );
}

/** The bounds of a type's integers, inclusive. */
export function integerBounds(type: ColumnType): [number, number] {
  switch (type.kind) {
    case "integer":
      return [-(2 ** 31), 2 ** 31 - 1];
    case "decimal":
      return [-(10 ** type.precision) + 1, 10 ** type.precision - 1];
    default:
      return [Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER];
  }
}
