import { ServemarkError } from "../../../core/errors.ts";
import { silent, type Watch } from "../../../core/progress.ts";
import type { Place } from "../../../formats/source.ts";
import { placeOf, readConnection } from "../connection.ts";
import {
  checkServer,
  findTool,
  toolEnvironment,
  watchMessages,
} from "./tools.ts";

/** How pg_dump is asked. */
export interface NativeDumpOptions extends Watch {
  /** gzip's level; 0 is no compression. @default 6 */
  readonly level?: number;
  readonly tables?: readonly string[];
  readonly schema?: string;
  /** The folder of PostgreSQL's programs. @default that of SERVEMARK_PG_BIN, else the PATH's */
  readonly bin?: string;
}

/** What pg_dump wrote. */
export interface NativeDump {
  /** `pg_dump 18.4` */
  readonly tool: string;
  readonly bytes: number;
  readonly seconds: number;
}

/**
 * Has pg_dump write a custom archive of a live PostgreSQL, straight into a
 * store; nothing is visible before it is whole.
 */
export async function nativeDump(
  uri: string,
  { store, key }: Place,
  options: NativeDumpOptions = {},
): Promise<NativeDump> {
  const { signal, progress = silent } = options;
  const started = performance.now();
  const connection = readConnection({ uri });
  const tool = await findTool("pg_dump", options.bin);
  await checkServer(tool, "pg_dump", connection);
  await using writer = await store.create(key, { signal });
  const child = new Deno.Command(tool.path, {
    args: [
      "--format=custom",
      "--verbose",
      "--no-password",
      `--compress=${options.level ?? 6}`,
      ...(options.schema === undefined ? [] : [`--schema=${options.schema}`]),
      ...(options.tables ?? []).map((table) => `--table=${table}`),
    ],
    env: toolEnvironment(connection),
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
    signal,
  }).spawn();
  const step = `pg_dump ${placeOf(connection)}`;
  const messages = watchMessages(child.stderr, (line) => {
    const table = /dumping contents of table "?(.+?)"?$/.exec(line)?.[1];
    progress({
      step,
      done: writer.position,
      unit: "bytes",
      detail: table,
    });
  });
  for await (const bytes of child.stdout) await writer.write(bytes);
  const [{ code }, errors] = await Promise.all([child.status, messages]);
  signal?.throwIfAborted();
  if (code !== 0) {
    throw new ServemarkError("pg_dump failed", {
      cause: errors.join("; ") || `it ended with code ${code}`,
      place: placeOf(connection),
      remedy: "Look into its message, or use --engine=builtin",
    });
  }
  const bytes = writer.position;
  await writer.finish();
  progress({ step, done: bytes, unit: "bytes", finished: true });
  return {
    tool: `pg_dump ${tool.version}`,
    bytes,
    seconds: (performance.now() - started) / 1e3,
  };
}
