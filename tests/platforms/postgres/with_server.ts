import type { Connection } from "../../../lib/platforms/postgres/connection.ts";
import {
  type Control,
  openControl,
} from "../../../lib/platforms/postgres/control.ts";
import { startEmbeddedPostgres } from "../../../lib/platforms/postgres/embedded.ts";
import { openPostgres } from "../../../lib/platforms/postgres/platform.ts";
import type { Platform } from "../../../lib/platforms/platform.ts";

/** A server of the test's own, with its superuser's rights. */
export interface TestServer {
  readonly connection: Connection;
  readonly pid: number;
  readonly folder: string;
  /** A platform on this server; closing it leaves the server running. */
  readonly platform: Platform;
  readonly control: Control;
}

/** The URI of a connection, with changes. */
export function uriOf(
  connection: Connection,
  changes: Partial<Connection> = {},
  query = "",
): string {
  const { user, password, host, port, database } = {
    ...connection,
    ...changes,
  };
  return `postgres://${user}:${password}@${host}:${port}/${database}${query}`;
}

/** Runs a test against an embedded server, and ends the server. */
export async function withServer(
  body: (server: TestServer) => Promise<void>,
  settings: Readonly<Record<string, string>> = {},
): Promise<void> {
  const { connection, server } = await startEmbeddedPostgres(settings);
  try {
    const platform = await openPostgres({ uri: uriOf(connection) });
    const control = await openControl(connection);
    try {
      await body({
        connection,
        platform,
        control,
        pid: server.pid,
        folder: server.folder,
      });
    } finally {
      await control.close().catch(() => undefined);
      await platform.close();
    }
  } finally {
    await server.close();
  }
}
