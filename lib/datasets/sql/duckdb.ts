/**
 * DuckDB's words, 1.4 and later.
 *
 * @module
 */
import type { ColumnSchema, ColumnType } from "../schema.ts";
import { noCanonicalText } from "./no_canonical_text.ts";
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

function columnType(type: ColumnType): string {
  switch (type.kind) {
    case "text":
      return "VARCHAR";
    case "bytes":
      return "BLOB";
    case "decimal":
      return `DECIMAL(${type.precision},${type.scale})`;
    default:
      return type.kind.toUpperCase();
  }
}

/** DuckDB. */
export const duckdb: Dialect = {
  name: "duckdb",
  title: "DuckDB",
  quote,
  literal,
  tableName,

  // Of integers, // rounds towards 0.
  divide: (left, right) => `${left} // ${right}`,
  remainder: (left, right) => `${left} % ${right}`,
  wide: (value) => `CAST(${value} AS BIGINT)`,
  numbers: (values, indent) => `'[${numberList(values, indent)}]'::BIGINT[]`,
  texts: (values) => `[${values.map(literal).join(", ")}]`,
  at: (list, place) => `(${list})[${place}]`,

  rows: ({ from, count }) =>
    `SELECT i FROM range(${from}::BIGINT, ${
      from + count
    }::BIGINT) AS numbers(i)`,
  // Projections are not merged where a name is used twice.
  barrier: "",
  as: "AS NOT MATERIALIZED",

  columnType,
  value(type, integer) {
    switch (type.kind) {
      case "boolean":
        return `${integer} = 1`;
      case "decimal": {
        const { precision, scale } = type;
        const whole = `CAST(${integer} AS DECIMAL(${precision},0))`;
        return scale === 0
          ? whole
          : `CAST(${whole} * 0.${"1".padStart(scale, "0")} AS ${
            columnType(type)
          })`;
      }
      case "timestamp":
        return `make_timestamp(${integer})`;
      case "date":
        return `DATE '1970-01-01' + CAST(${integer} AS INTEGER)`;
      case "integer":
        return `CAST(${integer} AS INTEGER)`;
      default:
        return integer;
    }
  },
  id(prefix, digits, integer, longer) {
    const text = `CAST(${integer} AS VARCHAR)`;
    const length = longer
      ? `CAST(greatest(${digits}, length(${text})) AS INTEGER)`
      : digits;
    return `${literal(prefix)} || lpad(${text}, ${length}, '0')`;
  },

  copyRows: (query, file) =>
    `COPY (\n${query}\n) TO ${
      literal(file)
    } (FORMAT parquet, COMPRESSION zstd)`,
  readFiles: (files) => `read_parquet([${files.map(literal).join(", ")}])`,

  createSchema: (schema) => [`CREATE SCHEMA IF NOT EXISTS ${quote(schema)}`],
  createTable: (schema, table, columns) => [
    `CREATE OR REPLACE TABLE ${tableName(schema, table)} (${
      declarations(columns, columnType)
    })`,
  ],
  addKey,

  canonicalRow: (columns) => canonicalRow(columns, canonical, "    "),
  fingerprint(source, columns) {
    // Sums are HUGEINT: no number of rows overflows them.
    const sums = [1, 8, 15, 22].map((from) =>
      `  coalesce(sum(CAST('0x' || substr(m, ${from}, 7) AS BIGINT)), 0)`
    );
    return `SELECT concat_ws(':', count(*),\n${sums.join(",\n")}) AS fingerprint
FROM (
  SELECT md5(
    ${this.canonicalRow(columns)}
  ) AS m
  FROM ${source}
) AS hashed`;
  },
};

/** A column's canonical text, as `datasets/canonical.ts` defines it. */
function canonical(schema: ColumnSchema): string {
  const { name, type } = schema;
  const column = quote(name);
  switch (type.kind) {
    case "boolean":
      return `CAST(CAST(${column} AS INTEGER) AS VARCHAR)`;
    case "integer":
    case "bigint":
      return `CAST(${column} AS VARCHAR)`;
    case "decimal":
      return `CAST(CAST(${column} * ${10 ** type.scale} AS BIGINT) AS VARCHAR)`;
    case "bytes":
      return `lower(hex(${column}))`;
    case "date":
      return `CAST(${column} - DATE '1970-01-01' AS VARCHAR)`;
    case "timestamp":
      return `CAST(epoch_us(${column}) AS VARCHAR)`;
    case "text":
      return String.raw`replace(replace(${column}, '\', '\\'), '|', '\|')`;
    case "double":
      throw noCanonicalText("DuckDB", schema);
  }
}
