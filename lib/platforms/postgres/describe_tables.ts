import type { ColumnSchema, TableSchema } from "../../datasets/schema.ts";
import { typeOfDeclared } from "../../formats/pg_dump/column_types.ts";
import {
  readDatasetComment,
  readTableComment,
} from "../../formats/pg_dump/comments.ts";
import type { DatasetIdentity } from "../../formats/source.ts";
import type { Control } from "./control.ts";
import { literal, quote } from "./statements.ts";

interface ColumnRow {
  readonly table: string;
  readonly column: string;
  readonly type: string;
  readonly builtin: boolean;
  readonly nullable: boolean;
}

/** What a schema of a live database holds. */
export interface Described {
  /** Which dataset the schema's comment says it is, as archives of ours leave it. */
  readonly identity?: DatasetIdentity;
  readonly tables: readonly TableSchema[];
  /** What is there beside tables: `view public.totals is not a table`. */
  readonly notes: readonly string[];
}

const OTHERS: Readonly<Record<string, string>> = {
  v: "view",
  m: "materialized view",
  f: "foreign table",
};

/**
 * The tables of a schema as the server declares them; a partitioned table is
 * one table. Rows are counted.
 */
export async function describeTables(
  control: Control,
  schema: string,
): Promise<Described> {
  const relations = await control.query<{
    name: string;
    kind: string;
    comment: string | null;
  }>(
    `SELECT relname AS name, relkind AS kind,
       obj_description(oid, 'pg_class') AS comment FROM pg_class
     WHERE relnamespace = ${literal(quote(schema))}::regnamespace
       AND relkind IN ('r', 'p', 'v', 'm', 'f') AND NOT relispartition
     ORDER BY relname COLLATE "C"`,
  );
  const columns = await control.query<ColumnRow>(COLUMNS, [schema]);
  const keys = await control.query<{ table: string; column: string }>(KEYS, [
    schema,
  ]);
  const tables: TableSchema[] = [];
  const notes: string[] = [];
  for (const { name, kind, comment } of relations) {
    if (OTHERS[kind]) {
      notes.push(`${OTHERS[kind]} ${schema}.${name} is not a table`);
      continue;
    }
    const own = columns.filter((c) => c.table === name);
    if (own.length === 0) {
      notes.push(`table ${schema}.${name} has no columns`);
      continue;
    }
    const [{ rows }] = await control.query<{ rows: string }>(
      `SELECT count(*) AS rows FROM ${quote(schema)}.${quote(name)}`,
    );
    const facts = comment === null
      ? undefined
      : readTableComment(comment, own.map((c) => c.column));
    tables.push({
      name,
      entity: facts?.entity ?? name,
      key: keys.filter((k) => k.table === name).map((k) => k.column),
      keyForm: facts?.keyForm ?? { as: "listed" },
      rows: Number(rows),
      columns: own.map((c): ColumnSchema => ({
        name: c.column,
        // A type of the database's own would be unknown elsewhere.
        type: c.builtin ? typeOfDeclared(c.type) : { kind: "text" },
        nullable: c.nullable,
      })),
    });
  }
  const [about] = await control.query<{ comment: string | null }>(
    `SELECT obj_description(${
      literal(quote(schema))
    }::regnamespace, 'pg_namespace') AS comment`,
  );
  return {
    identity: about.comment === null
      ? undefined
      : readDatasetComment(about.comment),
    tables,
    notes,
  };
}

// An array is as well known as what it holds.
const COLUMNS = `
  SELECT c.relname AS table, a.attname AS column,
    format_type(a.atttypid, a.atttypmod) AS type,
    coalesce(e.typnamespace, t.typnamespace) = 'pg_catalog'::regnamespace AS builtin,
    NOT a.attnotnull AS nullable
  FROM pg_attribute a
  JOIN pg_class c ON c.oid = a.attrelid
  JOIN pg_namespace n ON n.oid = c.relnamespace
  JOIN pg_type t ON t.oid = a.atttypid
  LEFT JOIN pg_type e ON e.oid = t.typelem AND t.typelem <> 0
  WHERE n.nspname = $1 AND a.attnum > 0 AND NOT a.attisdropped
    AND c.relkind IN ('r', 'p')
  ORDER BY c.relname, a.attnum`;

const KEYS = `
  SELECT c.relname AS table, a.attname AS column
  FROM pg_index i
  JOIN pg_class c ON c.oid = i.indrelid
  JOIN pg_namespace n ON n.oid = c.relnamespace
  CROSS JOIN LATERAL unnest(i.indkey) WITH ORDINALITY AS k (attnum, place)
  JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.attnum
  WHERE n.nspname = $1 AND i.indisprimary
  ORDER BY c.relname, k.place`;
