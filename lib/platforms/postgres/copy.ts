import { messageOf } from "../../core/errors.ts";
import type { Batch } from "../../datasets/batch.ts";
import type { TableSchema } from "../../datasets/schema.ts";
import type { LoadOptions, LoadStats } from "../platform.ts";
import { type Channel, logIn, settle } from "./channel.ts";
import type { Connection } from "./connection.ts";
import { CopyRows } from "./copy_rows.ts";
import { CopyTextRows } from "./copy_text_rows.ts";
import { ServerRefusal } from "./errors.ts";
import { quote, tableName } from "./statements.ts";
import { closeQuietly, isClosed, openTcp } from "./tcp.ts";
import { COPY_DONE, copyFail, query } from "./wire.ts";

const COPY_IN = 0x47;
/** Rows encoded at a time: few enough that wide ones do not fill the memory. */
const BLOCK = 64;

/**
 * Loads batches into a table by one COPY on a connection of its own: binary, but
 * text for columns of PostgreSQL's further types. The
 * COPY is one transaction: when it fails or is aborted, no row of it stays.
 *
 * @throws the signal's reason when aborted, or what the server said
 */
export async function copyInto(
  connection: Connection,
  schema: string,
  table: TableSchema,
  batches: AsyncIterable<Batch>,
  options: LoadOptions = {},
): Promise<LoadStats> {
  const { signal, onRows } = options;
  signal?.throwIfAborted();
  const channel = await openTcp(connection);
  // A closed connection ends the COPY on the server too, even one that waits for a lock.
  const abort = () => closeQuietly(channel.stream);
  signal?.addEventListener("abort", abort);
  try {
    await logIn(channel, connection, {});
    const copying = await beginCopy(channel, copyStatement(schema, table));
    let rows = 0;
    let bytes = 0;
    const send = async (packet: Uint8Array) => {
      if (copying.failure) throw copying.failure;
      await channel.send(packet);
      bytes += packet.length;
    };
    try {
      const encoded = hasOwnTypes(table)
        ? new CopyTextRows(table)
        : new CopyRows();
      for await (const batch of batches) {
        signal?.throwIfAborted();
        for (let r = 0; r < batch.rows; r += BLOCK) {
          encoded.add(batch, r, Math.min(r + BLOCK, batch.rows));
          if (encoded.full) await send(encoded.take());
        }
        rows += batch.rows;
        onRows?.(batch.rows);
      }
      encoded.end();
      await send(encoded.take());
      await send(COPY_DONE);
    } catch (error) {
      // What the server said explains why it no longer listens.
      if (copying.failure || isClosed(error)) await copying.end;
      await giveUpCopy(channel, copying.end, messageOf(error));
      throw error;
    }
    await copying.end;
    return { rows, bytes, retried: 0 };
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  } finally {
    signal?.removeEventListener("abort", abort);
    await channel.close();
  }
}

/** A COPY that the server has agreed to. */
export interface Copying {
  /** Settles with the server's verdict. */
  readonly end: Promise<void>;
  /** The verdict, once it is a refusal: it may come long before the last row. */
  failure: unknown;
}

/** Starts a COPY FROM STDIN. */
export async function beginCopy(
  channel: Channel,
  sql: string,
): Promise<Copying> {
  const { promise: agreed, resolve: agree } = Promise.withResolvers<void>();
  await channel.send(query(sql));
  const end = settle(channel, (type) => type === COPY_IN && agree());
  const copying: Copying = { end, failure: undefined };
  end.catch((error) => copying.failure = error);
  await Promise.race([agreed, end]);
  return copying;
}

/** Takes the COPY back; the server then says that it failed, which is what was asked for. */
export async function giveUpCopy(
  channel: Channel,
  end: Promise<void>,
  reason: string,
): Promise<void> {
  try {
    await channel.send(copyFail(reason));
    await end;
  } catch (error) {
    if (!(error instanceof ServerRefusal) && !isClosed(error)) throw error;
  }
}

function copyStatement(schema: string, table: TableSchema): string {
  const columns = table.columns.map((column) => quote(column.name)).join(", ");
  const form = hasOwnTypes(table) ? "text" : "binary";
  return `COPY ${
    tableName(schema, table)
  } (${columns}) FROM STDIN (FORMAT ${form})`;
}

/** The binary form of a type that is not its kind's own is that type's secret; every type has a text. */
function hasOwnTypes(table: TableSchema): boolean {
  return table.columns.some(({ type }) => type.native !== undefined);
}
