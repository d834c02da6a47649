/**
 * A real PostgreSQL of our own, started in a temporary folder on a free port
 * of 127.0.0.1, that ends with this process.
 *
 * @module
 */
import { join } from "node:path";
import type { Watch } from "../../core/progress.ts";
import { cacheFolder, fillOnce, isRoot } from "../embedded/cache.ts";
import { temporaryPath } from "../embedded/folders.ts";
import {
  type SupervisedServer,
  superviseServer,
} from "../embedded/supervise.ts";
import {
  type Binaries,
  cannotUnpack,
  copyTree,
  unpackBinaries,
} from "./binaries.ts";
import type { Connection } from "./connection.ts";

/** A running embedded server, and how to reach it as its superuser. */
export interface EmbeddedPostgres {
  readonly connection: Connection;
  readonly server: SupervisedServer;
}

/**
 * What differs from PostgreSQL's defaults. Durability stays on (`fsync`,
 * `synchronous_commit`, `full_page_writes`), as on a server that matters.
 */
export const SETTINGS: Readonly<Record<string, string>> = {
  shared_buffers: "256MB",
  max_connections: "400",
  // A load should not be cut by checkpoints that a larger log avoids.
  max_wal_size: "4GB",
  checkpoint_timeout: "15min",
  maintenance_work_mem: "128MB",
  // Nothing is replicated.
  wal_level: "minimal",
  max_wal_senders: "0",
  log_min_messages: "warning",
  timezone: "UTC",
  log_timezone: "UTC",
};

// PostgreSQL refuses to run as root: then it runs as nobody.
const NOBODY = Deno.build.os === "darwin" ? 4_294_967_294 : 65_534;

/**
 * Starts the server: unpacks its binaries and makes the template of its data
 * folder the first time, and copies the template from then on.
 *
 * @param settings added to {@link SETTINGS}
 */
export async function startEmbeddedPostgres(
  settings: Readonly<Record<string, string>> = {},
  watch: Watch = {},
): Promise<EmbeddedPostgres> {
  const binaries = await unpackBinaries();
  const template = await dataTemplate(binaries, watch);
  const password = randomPassword();
  const folder = temporaryPath("postgres");
  const options = Object.entries({ ...SETTINGS, ...settings })
    .flatMap(([name, value]) => ["-c", `${name}=${value}`]);
  const server = await superviseServer({
    title: "the embedded PostgreSQL",
    folder,
    ...user(),
    // Immediate: the folder is removed anyway, a last checkpoint would be for nothing.
    stopSignal: "QUIT",
    command: (port) => ({
      command: "/bin/sh",
      args: [
        "-c",
        'cp -R "$1" data && shift && exec "$@"',
        "sh",
        template,
        binaries.postgres,
        ...["-D", join(folder, "data"), "-k", folder],
        ...["-h", "127.0.0.1", "-p", String(port)],
        ...options,
      ],
      env: { LC_ALL: "C" },
    }),
    // The Unix socket lies in a folder that only the server's user may enter,
    // and trusts whoever can; the password guards the port.
    ready: (port) => setPassword(folder, port, password),
  }, watch);
  return {
    server,
    connection: {
      host: "127.0.0.1",
      port: server.port,
      user: "postgres",
      password,
      database: "postgres",
      tls: false,
    },
  };
}

/** A data folder fresh from initdb, in the cache. */
async function dataTemplate(
  binaries: Binaries,
  watch: Watch,
): Promise<string> {
  const folder = join(
    await cacheFolder("postgres"),
    `${binaries.release}-data`,
  );
  await fillOnce(folder, async (into) => {
    const work = temporaryPath("initdb");
    const server = await superviseServer({
      title: "initdb",
      folder: work,
      ...user(),
      command: () => ({
        command: "/bin/sh",
        args: [
          "-c",
          '"$@" && : > made && exec sleep 3600',
          "sh",
          binaries.initdb,
          ...["-D", "data", "-U", "postgres", "-E", "UTF8", "--locale=C"],
          ...["--auth-local=trust", "--auth-host=scram-sha-256", "--no-sync"],
        ],
        env: { LC_ALL: "C" },
      }),
      ready: async () => (await Deno.stat(join(work, "made"))).isFile,
    }, watch);
    try {
      await copyTree(join(work, "data"), into);
    } finally {
      await server.close();
    }
  }).catch((error) => {
    throw watch.signal?.aborted ? error : cannotUnpack(folder, error);
  });
  return folder;
}

async function setPassword(
  folder: string,
  port: number,
  password: string,
): Promise<boolean> {
  // Looked for first, because a failed connection attempt is the slower test.
  await Deno.stat(join(folder, `.s.PGSQL.${port}`));
  const { default: pg } = await import("pg");
  const client = new pg.Client({
    host: folder,
    port,
    user: "postgres",
    database: "postgres",
  });
  await client.connect();
  try {
    await client.query(`ALTER ROLE postgres PASSWORD '${password}'`);
    return true;
  } finally {
    await client.end();
  }
}

function randomPassword(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(24));
  return bytes.toHex();
}

function user(): { uid?: number; gid?: number } {
  return isRoot() ? { uid: NOBODY, gid: NOBODY } : {};
}
