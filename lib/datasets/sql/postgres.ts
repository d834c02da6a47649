/**
 * PostgreSQL's words, 12 and later, of UTF-8 databases.
 *
 * @module
 */
import type { ColumnSchema, ColumnType } from "../schema.ts";
import type { Dialect } from "./dialect.ts";
import { numberList } from "./number_list.ts";
import {
  addKey,
  canonicalRow,
  declarations,
  literal,
  quote,
  tableName,
} from "./standard.ts";

/** A column's SQL type: the one that it was declared with, where it was. */
export function columnType(type: ColumnType): string {
  if (type.native !== undefined) return type.native;
  switch (type.kind) {
    case "double":
      return "double precision";
    case "bytes":
      return "bytea";
    case "decimal":
      return `numeric(${type.precision},${type.scale})`;
    case "timestamp":
      return "timestamp without time zone";
    default:
      return type.kind;
  }
}

/** PostgreSQL. */
export const postgres: Dialect = {
  name: "postgres",
  title: "PostgreSQL",
  quote,
  literal,
  tableName,

  // Of bigints, / rounds towards 0.
  divide: (left, right) => `${left} / ${right}`,
  remainder: (left, right) => `${left} % ${right}`,
  wide: (value) => `(${value})::bigint`,
  numbers: (values, indent) => `'{${numberList(values, indent)}}'::bigint[]`,
  texts: (values) => `ARRAY[${values.map(literal).join(", ")}]`,
  at: (list, place) => `(${list})[${place}]`,
  search: (thresholds, x) => `width_bucket(${x}, ${thresholds})`,

  // In the select list the numbers are made as they are needed; in FROM they
  // would all be stored first.
  rows: ({ from, count }) =>
    `SELECT generate_series(${from}::bigint, ${from + count - 1}::bigint) AS i`,
  // Layers that are merged compute each name anew wherever it is used: 3^3
  // times for three rounds.
  barrier: "OFFSET 0",
  as: "AS",

  columnType,
  value(type, integer) {
    switch (type.kind) {
      case "boolean":
        return `${integer} = 1`;
      case "decimal":
        return type.scale === 0
          ? `${integer}::numeric`
          : `${integer} * 0.${"1".padStart(type.scale, "0")}`;
      case "timestamp":
        return `TIMESTAMP '1970-01-01' + ${integer} * INTERVAL '1 microsecond'`;
      case "date":
        return `DATE '1970-01-01' + ${integer}::integer`;
      case "integer":
        return `${integer}::integer`;
      default:
        return integer;
    }
  },
  id(prefix, digits, integer, longer) {
    const text = `${integer}::text`;
    const length = longer ? `greatest(${digits}, length(${text}))` : digits;
    return `${literal(prefix)} || lpad(${text}, ${length}, '0')`;
  },

  createSchema: (schema) => [`CREATE SCHEMA IF NOT EXISTS ${quote(schema)}`],
  createTable(schema, table, columns) {
    const name = tableName(schema, table);
    return [
      `DROP TABLE IF EXISTS ${name}`,
      `CREATE TABLE ${name} (${declarations(columns, columnType)})`,
    ];
  },
  addKey,

  canonicalRow: (columns) => canonicalRow(columns, canonical, "      "),
  fingerprint(source, columns) {
    // OFFSET 0 keeps the md5 from being computed four times. A sum of integers
    // is a bigint, which holds 34 billion rows of 28-bit words.
    const sums = [1, 8, 15, 22].map((from) =>
      `  coalesce(sum(('x' || substr(m, ${from}, 7))::bit(28)::integer), 0)::text`
    );
    return `SELECT concat_ws(':', count(*)::text,\n${
      sums.join(",\n")
    }) AS fingerprint
FROM (
  SELECT md5(
    ${this.canonicalRow(columns)}
  ) AS m
  FROM ${source}
  OFFSET 0
) AS hashed`;
  },
};

/** A column that is kept as text, as text: as the server writes it in a dump, blanks at a char(n)'s end included. */
export function textOf({ name, type }: ColumnSchema): string {
  const column = quote(name);
  return type.native === undefined
    ? column
    : `CASE WHEN ${column} IS NOT NULL THEN concat(${column}, '') END`;
}

/** A column's canonical text, as `datasets/canonical.ts` defines it. */
function canonical(schema: ColumnSchema): string {
  const { name, type } = schema;
  const column = quote(name);
  switch (type.kind) {
    case "boolean":
      return `${column}::integer::text`;
    case "integer":
    case "bigint":
      return `${column}::text`;
    case "decimal":
      // A bigint's text is the quicker one, where it holds all the digits.
      return type.precision <= 18
        ? `(${column} * ${10 ** type.scale}::numeric)::bigint::text`
        : `round(${column} * 1${"0".repeat(type.scale)}::numeric)::text`;
    case "double":
      return `CASE WHEN ${column} = 'NaN' THEN '7ff8000000000000' ELSE encode(float8send(${column}), 'hex') END`;
    case "bytes":
      return `encode(${column}, 'hex')`;
    case "date":
      return `(${column} - DATE '1970-01-01')::text`;
    case "timestamp":
      return `round(extract(epoch FROM ${column}) * 1000000)::bigint::text`;
    case "text":
      return String.raw`replace(replace(${
        textOf(schema)
      }, '\', '\\'), '|', '\|')`;
  }
}
