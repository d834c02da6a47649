/**
 * PostgreSQL's own programs, where they are installed.
 *
 * @module
 */
import { join } from "node:path";
import { ServemarkError } from "../../../core/errors.ts";
import { type Connection, placeOf } from "../connection.ts";
import { openControl } from "../control.ts";

/** The programs that are used. */
export type ToolName = "pg_dump" | "pg_restore";

/** A program of PostgreSQL. */
export interface Tool {
  readonly path: string;
  /** `18.4` */
  readonly version: string;
  readonly major: number;
}

/** The setting that names the folder of PostgreSQL's programs. */
export const BIN_SETTING = "SERVEMARK_PG_BIN";

/**
 * Finds a program: in the folder given, else in that of `SERVEMARK_PG_BIN`, else
 * on the PATH.
 *
 * @throws {ServemarkError} saying what to install
 */
export async function findTool(name: ToolName, bin?: string): Promise<Tool> {
  const folder = bin ?? Deno.env.get(BIN_SETTING);
  const path = folder === undefined ? name : join(folder, name);
  try {
    const { stdout, success } = await new Deno.Command(path, {
      args: ["--version"],
      stderr: "null",
    }).output();
    const version = /\) (\d+(?:\.\d+)*)/.exec(new TextDecoder().decode(stdout));
    if (success && version) {
      return { path, version: version[1], major: parseInt(version[1]) };
    }
    throw new ServemarkError(`Cannot run ${name}`, {
      cause: "it does not tell its version",
      place: path,
      remedy: INSTALL,
    });
  } catch (error) {
    if (error instanceof ServemarkError) throw error;
    const absent = error instanceof Deno.errors.NotFound;
    throw new ServemarkError(`Cannot find ${name}`, {
      cause: folder === undefined
        ? "it is not on the PATH"
        : absent
        ? "it is not in the folder that was named"
        : "it cannot be run",
      place: folder === undefined ? undefined : path,
      remedy: INSTALL,
      error,
    });
  }
}

const INSTALL =
  "Install PostgreSQL's client programs (Debian: apt-get install postgresql-client; " +
  `macOS: brew install libpq), name their folder in ${BIN_SETTING}, or use --engine=builtin`;

/** Refuses a server that is newer than the program: pg_dump would, after it had connected. */
export async function checkServer(
  tool: Tool,
  name: ToolName,
  connection: Connection,
): Promise<void> {
  const control = await openControl(connection);
  let server: string;
  try {
    const [row] = await control.query<{ server_version: string }>(
      "SHOW server_version",
    );
    server = row.server_version.split(" ")[0];
  } finally {
    await control.close();
  }
  if (parseInt(server) <= tool.major) return;
  throw new ServemarkError(`Cannot use ${name} ${tool.version} here`, {
    cause:
      `the server is of version ${server}, and it reads none that is newer than itself`,
    place: placeOf(connection),
    remedy: `Install the client programs of PostgreSQL ${
      parseInt(server)
    }, name their folder in ${BIN_SETTING}, or use --engine=builtin`,
  });
}

/** How a program reaches the server: by its environment, which other users cannot see. */
export function toolEnvironment(
  connection: Connection,
): Record<string, string> {
  const { host, port, user, password, database, tls } = connection;
  return {
    PGHOST: host,
    PGPORT: String(port),
    PGUSER: user,
    PGPASSWORD: password,
    PGDATABASE: database,
    PGSSLMODE: tls ? "verify-full" : "disable",
    PGAPPNAME: "servemark",
    // Without a file of its own libpq looks into the user's home.
    ...(tls ? { PGSSLROOTCERT: connection.rootCertificates ?? "system" } : {}),
    // Messages are read.
    LC_ALL: "C",
  };
}

/** Lines of a program's messages, as they come. */
export async function* linesOf(
  stream: ReadableStream<Uint8Array>,
): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const bytes of stream) {
    const lines = (rest + decoder.decode(bytes, { stream: true })).split("\n");
    rest = lines.pop()!;
    yield* lines;
  }
  if (rest !== "") yield rest;
}

/** Watches a program's messages: tells of each, and keeps those that are errors. */
export async function watchMessages(
  stream: ReadableStream<Uint8Array>,
  tell: (line: string) => void,
): Promise<string[]> {
  const errors: string[] = [];
  for await (const line of linesOf(stream)) {
    const said = line.replace(/^pg_\w+: /, "");
    if (/^(error|fatal|detail|hint):/i.test(said)) errors.push(said);
    else tell(said);
  }
  return errors;
}
