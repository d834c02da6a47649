import { type Connection, placeOf, toPg } from "./connection.ts";
import { explain } from "./errors.ts";

/** A connection for statements about tables, over npm:pg. */
export interface Control {
  /** Runs one statement (or several without parameters) and returns the last one's rows. */
  query<Row extends object>(
    sql: string,
    parameters?: readonly unknown[],
  ): Promise<Row[]>;
  close(): Promise<void>;
}

interface Client {
  connect(): Promise<void>;
  query(
    sql: string,
    parameters?: readonly unknown[],
  ): Promise<{ rows: object[] } | { rows: object[] }[]>;
  end(): Promise<void>;
  on(event: "error", listener: (error: Error) => void): void;
  readonly processID: number;
}

/**
 * Logs in. An abort of the signal cancels the statement that runs, on the
 * server too, and its query rejects with the signal's reason.
 *
 * @throws {ServemarkError} for a refused login, an unknown database, a host
 * that does not answer
 */
export async function openControl(
  connection: Connection,
  signal?: AbortSignal,
): Promise<Control> {
  signal?.throwIfAborted();
  const { default: pg } = await import("pg");
  const client: Client = new pg.Client(await toPg(connection));
  // A connection that breaks while nobody asks would otherwise end the
  // process; the next query fails with this as its reason.
  let broken: Error | undefined;
  client.on("error", (error) => broken ??= error);
  try {
    await client.connect();
  } catch (error) {
    await client.end().catch(() => undefined);
    throw explain("Cannot log in to PostgreSQL", error, placeOf(connection));
  }
  let cancelling: Promise<void> | undefined;
  const abort = () => {
    cancelling = cancel(connection, client.processID);
    // Told by the query, which then ends by itself and no sooner.
    cancelling.catch(() => undefined);
  };
  signal?.addEventListener("abort", abort, { once: true });
  let closing: Promise<void> | undefined;
  const close = async () => {
    signal?.removeEventListener("abort", abort);
    await cancelling?.catch(() => undefined);
    await client.end();
  };
  return {
    query: async <Row extends object>(
      sql: string,
      parameters?: readonly unknown[],
    ) => {
      signal?.throwIfAborted();
      try {
        const result = await client.query(sql, parameters);
        return (Array.isArray(result) ? result.at(-1)! : result).rows as Row[];
      } catch (error) {
        signal?.throwIfAborted();
        throw broken ?? error;
      }
    },
    close: () => closing ??= close(),
  };
}

async function cancel(connection: Connection, pid: number): Promise<void> {
  const control = await openControl(connection);
  try {
    await control.query("SELECT pg_cancel_backend($1)", [pid]);
  } finally {
    await control.close();
  }
}
