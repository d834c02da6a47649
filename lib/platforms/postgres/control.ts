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
}

/**
 * Logs in.
 *
 * @throws {ServemarkError} for a refused login, an unknown database, a host
 * that does not answer
 */
export async function openControl(connection: Connection): Promise<Control> {
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
  let closing: Promise<void> | undefined;
  return {
    query: async <Row extends object>(
      sql: string,
      parameters?: readonly unknown[],
    ) => {
      try {
        const result = await client.query(sql, parameters);
        return (Array.isArray(result) ? result.at(-1)! : result).rows as Row[];
      } catch (error) {
        throw broken ?? error;
      }
    },
    close: () => closing ??= client.end(),
  };
}
