import { messageOf } from "../../../core/errors.ts";
import { exchange, logIn } from "../channel.ts";
import type { Connection } from "../connection.ts";
import { beginCopy, giveUpCopy } from "../copy.ts";
import { readRow } from "../reply.ts";
import { closeQuietly, isClosed, openTcp } from "../tcp.ts";
import { COPY_DONE, message, query } from "../wire.ts";

const DATA_ROW = 0x44;

/**
 * What pg_dump's statements expect of the session that runs them. A restore is
 * repeated after a crash, so that it need not wait for the disk at each commit.
 */
const SETTINGS = [
  "statement_timeout = 0",
  "lock_timeout = 0",
  "idle_in_transaction_session_timeout = 0",
  "client_encoding = 'UTF8'",
  "standard_conforming_strings = on",
  "check_function_bodies = false",
  "xmloption = content",
  "client_min_messages = warning",
  "row_security = off",
  "synchronous_commit = off",
].map((setting) => `SET ${setting}`).join("; ") +
  "; SELECT pg_catalog.set_config('search_path', '', false)";

/** One connection of a restore. */
export interface RestoreSession {
  /** Runs statements, all or none of them; gives the rows as texts. */
  run(sql: string): Promise<(string | null)[][]>;
  /** Sends COPY text as it comes, within the transaction that is open. */
  copy(
    statement: string,
    pieces: AsyncIterable<Uint8Array>,
    onBytes: (bytes: number) => void,
  ): Promise<void>;
  close(): Promise<void>;
}

/** Opens a session; an abort closes it, and ends what runs on the server. */
export async function openSession(
  connection: Connection,
  signal?: AbortSignal,
): Promise<RestoreSession> {
  signal?.throwIfAborted();
  const channel = await openTcp(connection);
  const abort = () => closeQuietly(channel.stream);
  signal?.addEventListener("abort", abort);
  const close = async () => {
    signal?.removeEventListener("abort", abort);
    await channel.close();
  };
  const run = async (sql: string) => {
    const rows: (string | null)[][] = [];
    try {
      await exchange(channel, query(sql), (type, body) => {
        if (type === DATA_ROW) rows.push(readRow(body));
      });
    } catch (error) {
      signal?.throwIfAborted();
      throw error;
    }
    return rows;
  };
  try {
    await logIn(channel, connection, {});
    await run(SETTINGS);
  } catch (error) {
    await close();
    throw error;
  }
  return {
    run,
    close,
    async copy(statement, pieces, onBytes) {
      try {
        const copying = await beginCopy(channel, statement);
        try {
          for await (const piece of pieces) {
            signal?.throwIfAborted();
            if (copying.failure) throw copying.failure;
            await channel.send(message("d", piece));
            onBytes(piece.length);
          }
          await channel.send(COPY_DONE);
        } catch (error) {
          // What the server said explains why it no longer listens.
          if (copying.failure || isClosed(error)) await copying.end;
          await giveUpCopy(channel, copying.end, messageOf(error));
          throw error;
        }
        await copying.end;
      } catch (error) {
        signal?.throwIfAborted();
        throw error;
      }
    },
  };
}
