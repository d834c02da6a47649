/**
 * SQL of this platform's tables.
 *
 * @module
 */
import type { ColumnSchema, TableSchema } from "../../datasets/schema.ts";

/** A quoted identifier. */
export function quote(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** A quoted text. */
export function literal(value: string): string {
  return `'${value.replaceAll("'", "''")}'`;
}

/** A table's full name. */
export function tableName(schema: string, table: TableSchema): string {
  return `${quote(schema)}.${quote(table.name)}`;
}

/** A column's SQL type. */
export function sqlType({ type }: ColumnSchema): string {
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

/** Creates an empty table in place of one that may be there. Keys come later, in bulk. */
export function createTable(schema: string, table: TableSchema): string {
  const columns = table.columns.map((column) =>
    `${quote(column.name)} ${sqlType(column)}${
      column.nullable ? "" : " NOT NULL"
    }`
  );
  const name = tableName(schema, table);
  return `DROP TABLE IF EXISTS ${name}; CREATE TABLE ${name} (${
    columns.join(", ")
  })`;
}

/** Adds the primary key. */
export function addKey(schema: string, table: TableSchema): string {
  return `ALTER TABLE ${tableName(schema, table)} ADD PRIMARY KEY (${
    table.key.map(quote).join(", ")
  })`;
}

/** Reads the rows of one entity key, all columns in the schema's order. */
export function lookup(schema: string, table: TableSchema): string {
  return `SELECT ${table.columns.map((c) => quote(c.name)).join(", ")} FROM ${
    tableName(schema, table)
  } WHERE ${quote(table.key[0])} = $1`;
}

/**
 * The fingerprint's row count and four sums, computed by the server. The
 * definition is that of `datasets/fingerprint.ts`.
 */
export function fingerprintQuery(schema: string, table: TableSchema): string {
  const row = table.columns.map((column) => {
    const text = canonicalSql(column);
    return column.nullable ? `coalesce(${text}, '\\N')` : text;
  }).join(" || '|' || ");
  // OFFSET 0 keeps the md5 from being computed four times. A sum of integers is
  // a bigint, which holds 34 billion rows of 28-bit words.
  const hashed = `SELECT md5(${row}) AS m FROM ${
    tableName(schema, table)
  } OFFSET 0`;
  const sums = [1, 8, 15, 22].map((from) =>
    `coalesce(sum(('x' || substr(m, ${from}, 7))::bit(28)::integer), 0)::text`
  );
  return `SELECT concat_ws(':', count(*)::text, ${
    sums.join(", ")
  }) AS fingerprint FROM (${hashed}) AS hashed`;
}

/** A column that is kept as text, as text: as the server writes it in a dump, blanks at a char(n)'s end included. */
export function textSql({ name, type }: ColumnSchema): string {
  const column = quote(name);
  return type.native === undefined
    ? column
    : `CASE WHEN ${column} IS NOT NULL THEN concat(${column}, '') END`;
}

function canonicalSql({ name, type }: ColumnSchema): string {
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
        textSql({ name, type, nullable: true })
      }, '\', '\\'), '|', '\|')`;
  }
}
