import { ServemarkError } from "../../core/errors.ts";
import type { TableSchema } from "../../datasets/schema.ts";
import type { TableSource } from "../../formats/source.ts";
import { type Connection, placeOf, readConnection } from "./connection.ts";
import { type Control, openControl } from "./control.ts";
import { beginReading, copyOut } from "./copy_out.ts";
import { describeTables } from "./describe_tables.ts";
import { explain } from "./errors.ts";

/** Which tables of a live PostgreSQL to read. */
export interface PostgresSourceOptions {
  /** The tables' schema. @default the only one that holds tables */
  readonly schema?: string;
  /** Schemas that are known already, in place of what the server declares. */
  readonly tables?: readonly TableSchema[];
  readonly signal?: AbortSignal;
}

/**
 * Opens the tables of a live PostgreSQL, as they are at this instant: however
 * many are read at once and however long that takes, what is written meanwhile
 * is not seen.
 *
 * @throws {ServemarkError} for a refused login, or several schemas to choose from
 */
export async function openPostgresSource(
  uri: string,
  options: PostgresSourceOptions = {},
): Promise<TableSource> {
  return await sourceOf(readConnection({ uri }), options);
}

/** The same for a connection that is known. */
export async function sourceOf(
  connection: Connection,
  options: PostgresSourceOptions = {},
): Promise<TableSource> {
  const place = `PostgreSQL at ${placeOf(connection)}`;
  const control = await openControl(connection, options.signal);
  try {
    await control.query(beginReading());
    const [{ snapshot }] = await control.query<{ snapshot: string }>(
      "SELECT pg_export_snapshot() AS snapshot",
    );
    const schema = options.schema ?? await onlySchema(control, connection);
    const described = await describeTables(control, schema);
    const { notes, identity } = described;
    const tables = options.tables ?? described.tables;
    return {
      name: `${placeOf(connection)}, schema ${schema}`,
      tables,
      notes,
      identity,
      async *read(name, { signal } = {}) {
        const table = tables.find((t) => t.name === name)!;
        try {
          yield* copyOut(connection, schema, table, { signal, snapshot });
        } catch (error) {
          if (signal?.aborted) throw error;
          throw explain(`Cannot read table ${name}`, error, place);
        }
      },
      close: () => control.close(),
    };
  } catch (error) {
    await control.close();
    throw explain("Cannot read the tables of PostgreSQL", error, place);
  }
}

async function onlySchema(
  control: Control,
  connection: Connection,
): Promise<string> {
  const rows = await control.query<{ schema: string }>(
    `SELECT DISTINCT n.nspname AS schema
     FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relkind IN ('r', 'p') AND c.relpersistence <> 't'
       AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
     ORDER BY 1`,
  );
  if (rows.length === 1) return rows[0].schema;
  throw new ServemarkError("Cannot tell which tables to read", {
    cause: rows.length === 0
      ? "the database holds no tables"
      : `several schemas hold tables: ${
        rows.map((row) => row.schema).join(", ")
      }`,
    place: placeOf(connection),
    remedy: rows.length === 0
      ? "Correct the database's name in the URI"
      : "Name one with --schema",
    exitCode: 2,
  });
}
