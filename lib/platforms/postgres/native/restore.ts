import { ServemarkError } from "../../../core/errors.ts";
import { silent } from "../../../core/progress.ts";
import { openArchive } from "../../../formats/pg_dump/archive.ts";
import type { Place } from "../../../formats/source.ts";
import { placeOf, readConnection } from "../connection.ts";
import type { RestoreOptions, RestoreRecord } from "../restore/restore.ts";
import { findTool, toolEnvironment, watchMessages } from "./tools.ts";

/** How pg_restore is asked. */
export interface NativeRestoreOptions extends RestoreOptions {
  /** The folder of PostgreSQL's programs. @default that of SERVEMARK_PG_BIN, else the PATH's */
  readonly bin?: string;
}

/**
 * Has pg_restore restore an archive, with several connections. One that is not
 * on this machine is fetched first, since pg_restore must be able to seek.
 */
export async function nativeRestore(
  place: Place,
  uri: string,
  options: NativeRestoreOptions = {},
): Promise<RestoreRecord> {
  const { signal, progress = silent, parallel = 4 } = options;
  const started = performance.now();
  const connection = readConnection({ uri });
  const tool = await findTool("pg_restore", options.bin);
  const archive = await openArchive(place, { name: options.name, signal });
  await using file = await localFile(place, signal);
  const child = new Deno.Command(tool.path, {
    args: [
      "--verbose",
      "--no-password",
      "--exit-on-error",
      `--dbname=${connection.database}`,
      `--jobs=${parallel}`,
      ...(options.owner ? [] : ["--no-owner"]),
      ...(options.acl ? [] : ["--no-privileges"]),
      ...(options.clean ? ["--clean", "--if-exists"] : []),
      ...(options.schema === undefined ? [] : [`--schema=${options.schema}`]),
      ...(options.tables ?? []).map((table) => `--table=${table}`),
      file.path,
    ],
    env: toolEnvironment(connection),
    stdin: "null",
    stdout: "null",
    stderr: "piped",
    signal,
  }).spawn();
  const step = `pg_restore ${placeOf(connection)}`;
  const total = archive.entries.length;
  let done = 0;
  const messages = watchMessages(child.stderr, (line) => {
    const item = /^(?:creating|processing data for|finished item \d+) (.+)$/
      .exec(line)?.[1];
    if (item === undefined) return;
    done = Math.min(done + 1, total);
    progress({ step, done, total, unit: "objects", detail: item });
  });
  const [{ code }, errors] = await Promise.all([child.status, messages]);
  signal?.throwIfAborted();
  if (code !== 0) {
    throw new ServemarkError("pg_restore failed", {
      cause: errors.join("; ") || `it ended with code ${code}`,
      place: placeOf(connection),
      remedy: /unsupported version/.test(errors.join())
        ? "Use pg_restore of the version that made the archive, or --engine=builtin"
        : "Look into its message, or use --engine=builtin",
    });
  }
  progress({ step, done: total, total, unit: "objects", finished: true });
  const count = (...descs: string[]) =>
    archive.entries.filter(({ desc }) => descs.includes(desc)).length;
  return {
    archive: archive.name,
    target: placeOf(connection),
    tables: options.tables?.length ?? count("TABLE"),
    bytes: 0,
    indexes: count("INDEX"),
    constraints: count("CONSTRAINT", "FK CONSTRAINT", "CHECK CONSTRAINT"),
    largeObjects: 0,
    takenUp: 0,
    seconds: (performance.now() - started) / 1e3,
    notes: [`restored by pg_restore ${tool.version}`],
  };
}

/** Bytes fetched at a time. */
const WINDOW = 8 * 1024 * 1024;

/** An archive's file on this machine; a fetched one is removed at the end. */
async function localFile(
  { store, key }: Place,
  signal?: AbortSignal,
): Promise<AsyncDisposable & { readonly path: string }> {
  const path = store.locate(key);
  if (!/^[a-z][a-z0-9+.-]+:/i.test(path)) {
    return { path, [Symbol.asyncDispose]: () => Promise.resolve() };
  }
  const fetched = await Deno.makeTempFile({ suffix: ".dump" });
  const remove = () => Deno.remove(fetched);
  try {
    const size = (await store.stat(key))?.bytes ?? 0;
    using file = await Deno.open(fetched, { write: true });
    for (let from = 0; from < size; from += WINDOW) {
      signal?.throwIfAborted();
      const to = Math.min(size, from + WINDOW);
      const bytes = await store.get(key, { from, to });
      for (let at = 0; at < bytes!.length;) {
        at += await file.write(bytes!.subarray(at));
      }
    }
  } catch (error) {
    await remove();
    throw error;
  }
  return { path: fetched, [Symbol.asyncDispose]: remove };
}
