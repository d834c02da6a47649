/**
 * Spark SQL's words, 3.4 and later, in ANSI mode or not, with the session's
 * time zone UTC.
 *
 * @module
 */
import type { ColumnSchema, ColumnType } from "../schema.ts";
import { noCanonicalText } from "./no_canonical_text.ts";
import type { Dialect } from "./dialect.ts";
import { numberList } from "./number_list.ts";

function quote(name: string): string {
  return `\`${name.replaceAll("`", "``")}\``;
}

/** A backslash escapes in Spark's texts; so do quotes, which keeps `"""` out of scripts. */
function literal(text: string): string {
  return `'${text.replace(/[\\'"]/g, "\\$&")}'`;
}

function columnType(type: ColumnType): string {
  switch (type.kind) {
    case "text":
      return "STRING";
    case "bytes":
      return "BINARY";
    case "integer":
      return "INT";
    case "timestamp":
      return "TIMESTAMP_NTZ";
    case "decimal":
      return `DECIMAL(${type.precision},${type.scale})`;
    default:
      return type.kind.toUpperCase();
  }
}

/** Apache Spark. */
export const spark: Dialect = {
  name: "spark",
  title: "Spark",
  quote,
  literal,
  tableName: (schema, table) => `${quote(schema)}.${quote(table)}`,

  divide: (left, right) => `${left} div ${right}`,
  remainder: (left, right) => `${left} % ${right}`,
  wide: (value) => `CAST(${value} AS BIGINT)`,
  // As one text: a tree of so many literals takes Spark seconds to analyse.
  numbers: (values, indent) =>
    `CAST(split('${numberList(values, indent)}', ',') AS ARRAY<BIGINT>)`,
  texts: (values) => `array(${values.map(literal).join(", ")})`,
  at: (list, place) => `element_at(${list}, CAST(${place} AS INT))`,

  rows: ({ from, count }) =>
    `SELECT id AS i FROM range(${from}L, ${from + count}L)`,
  // Projections are not merged where a name is used twice.
  barrier: "",
  as: "AS",

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
          : `CAST(${whole} * 0.${"1".padStart(scale, "0")}BD AS ${
            columnType(type)
          })`;
      }
      case "timestamp":
        return `CAST(timestamp_micros(${integer}) AS TIMESTAMP_NTZ)`;
      case "date":
        return `date_from_unix_date(CAST(${integer} AS INT))`;
      case "integer":
        return `CAST(${integer} AS INT)`;
      default:
        return integer;
    }
  },
  id(prefix, digits, integer, longer) {
    const text = `CAST(${integer} AS STRING)`;
    const length = longer ? `greatest(${digits}, length(${text}))` : digits;
    return `concat(${literal(prefix)}, lpad(${text}, ${length}, '0'))`;
  },

  createSchema: (schema) => [
    // The code of a table's whole query is longer than Java compiles; operator
    // by operator it is not.
    "SET spark.sql.codegen.wholeStage = false",
    "SET TIME ZONE 'UTC'",
    `CREATE DATABASE IF NOT EXISTS ${quote(schema)}`,
  ],
  createTable(schema, table, columns) {
    const name = `${quote(schema)}.${quote(table)}`;
    const lines = columns.map((column) =>
      `  ${quote(column.name)} ${columnType(column.type)}`
    );
    return [
      `DROP TABLE IF EXISTS ${name}`,
      `CREATE TABLE ${name} (\n${lines.join(",\n")}\n) USING PARQUET`,
    ];
  },
  // Parquet has no keys.
  addKey: () => [],

  canonicalRow(columns) {
    const texts = columns.map((column) => {
      const text = canonical(column);
      return column.nullable ? `coalesce(${text}, '\\\\N')` : text;
    });
    return `concat_ws('|',\n    ${texts.join(",\n    ")})`;
  },
  fingerprint(source, columns) {
    // A BIGINT holds 34 billion rows of 28-bit words.
    const sums = [1, 8, 15, 22].map((from) =>
      `  coalesce(sum(CAST(conv(substr(m, ${from}, 7), 16, 10) AS BIGINT)), 0)`
    );
    return `SELECT concat_ws(':', count(*),\n${sums.join(",\n")}) AS fingerprint
FROM (
  SELECT md5(CAST(${this.canonicalRow(columns)} AS BINARY)) AS m
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
      return `CAST(CAST(${column} AS INT) AS STRING)`;
    case "integer":
    case "bigint":
      return `CAST(${column} AS STRING)`;
    case "decimal":
      return `CAST(CAST(${column} * ${
        10 ** type.scale
      }BD AS BIGINT) AS STRING)`;
    case "bytes":
      return `lower(hex(${column}))`;
    case "date":
      return `CAST(unix_date(${column}) AS STRING)`;
    case "timestamp":
      return `CAST(unix_micros(CAST(${column} AS TIMESTAMP)) AS STRING)`;
    case "text":
      return String
        .raw`replace(replace(${column}, '\\', '\\\\'), '|', '\\|')`;
    case "double":
      throw noCanonicalText("Spark", schema);
  }
}
