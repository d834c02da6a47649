import type { Batch } from "../../datasets/batch.ts";
import type { ColumnSchema, TableSchema } from "../../datasets/schema.ts";
import { exchange, logIn } from "./channel.ts";
import type { Connection } from "./connection.ts";
import { CopyValues } from "./copy_values.ts";
import { ServerRefusal } from "./errors.ts";
import { ReplyReader } from "./reply.ts";
import { literal, quote, tableName, textSql } from "./statements.ts";
import { closeQuietly, openTcp } from "./tcp.ts";
import { query } from "./wire.ts";

const COPY_DATA = 0x64;
/** A batch is given out with so many rows, or bytes as the server sends them. */
const BATCH_ROWS = 8192, BATCH_BYTES = 4 * 1024 * 1024;
const RECEIVE_BYTES = 256 * 1024;

/** What reading a table out needs. */
export interface CopyOutOptions {
  readonly signal?: AbortSignal;
  /** An exported snapshot: several readers then see the same instant. */
  readonly snapshot?: string;
}

/**
 * Reads a table by one binary COPY on a connection of its own, in constant
 * memory: the server waits while nobody takes the batches.
 *
 * @throws the signal's reason when aborted, or what the server said
 */
export async function* copyOut(
  connection: Connection,
  schema: string,
  table: TableSchema,
  { signal, snapshot }: CopyOutOptions = {},
): AsyncGenerator<Batch> {
  signal?.throwIfAborted();
  const channel = await openTcp(connection, RECEIVE_BYTES);
  const abort = () => closeQuietly(channel.stream);
  signal?.addEventListener("abort", abort);
  try {
    await logIn(channel, connection, {});
    await exchange(channel, query(beginReading(snapshot)));
    const rows = new CopyValues(table);
    const reader = new ReplyReader();
    let failure: { error: unknown } | undefined;
    reader.collect = (type, body) => {
      if (type !== COPY_DATA || failure) return;
      try {
        rows.add(body);
      } catch (error) {
        failure = { error };
      }
    };
    await channel.send(query(statement(schema, table)));
    for (let ready = false; !ready;) {
      const bytes = await channel.receive();
      if (bytes === null) {
        throw new Deno.errors.ConnectionReset(
          "the server closed the connection",
        );
      }
      ready = reader.next(bytes, 0, bytes.length) >= 0;
      if (reader.error) throw new ServerRefusal(reader.error);
      if (failure) throw failure.error;
      if (rows.rows >= BATCH_ROWS || rows.bytes >= BATCH_BYTES) {
        yield rows.take();
        signal?.throwIfAborted();
      }
    }
    if (rows.rows > 0) yield rows.take();
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  } finally {
    signal?.removeEventListener("abort", abort);
    await channel.close();
  }
}

/** Begins a transaction that sees one instant: its own, or a snapshot's. */
export function beginReading(snapshot?: string): string {
  const begin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; " +
    "SET LOCAL timezone = 'UTC'; SET LOCAL intervalstyle = 'postgres'";
  return snapshot === undefined
    ? begin
    : `BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET TRANSACTION SNAPSHOT ${
      literal(snapshot)
    }; SET LOCAL timezone = 'UTC'; SET LOCAL intervalstyle = 'postgres'`;
}

function statement(schema: string, table: TableSchema): string {
  const columns = table.columns.map(field).join(", ");
  return `COPY (SELECT ${columns} FROM ${
    tableName(schema, table)
  }) TO STDOUT (FORMAT binary)`;
}

function field(column: ColumnSchema): string {
  return column.type.kind === "text" ? textSql(column) : quote(column.name);
}
