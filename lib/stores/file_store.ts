import { basename, dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { ServemarkError } from "../core/errors.ts";
import { codeOf, fileError } from "./file_errors.ts";
import {
  isMissing,
  makeFolder,
  readRange,
  removeIfThere,
  syncFolder,
  writeSynced,
} from "./file_io.ts";
import { isBeingWritten, openFileSink } from "./file_writer.ts";
import { checkWriteOptions, GuardedWriter, jobName } from "./guarded_writer.ts";
import {
  ABANDONED_MS,
  type ByteRange,
  checkKey,
  folderPrefix,
  type ObjectWriter,
  type Store,
  type StoredObject,
  type TidyOptions,
  type WriteOptions,
} from "./store.ts";

/** Unfinished writes that nobody can take up bear this prefix; no key does. */
const UNFINISHED = ".unfinished-";

/** Unfinished writes that can be taken up. */
const RESUMABLE = ".resumable-";

/** Unlocked and this old, an unfinished write belongs to a process that was killed: a `put` takes seconds. */
const STALE_MS = 10 * 60_000;

/** Opens a folder as a store, from a path or a `file:` URI. */
export function openFileStore(uri: string): Store {
  return new FileStore(resolve(toPath(uri)));
}

function toPath(uri: string): string {
  if (!/^file:/i.test(uri)) return uri;
  try {
    return fileURLToPath(uri);
  } catch (error) {
    throw new ServemarkError(`Cannot read "${uri}" as a folder`, {
      remedy: "Write a path, or file:///path/to/folder",
      exitCode: 2,
      error,
    });
  }
}

/**
 * A folder. A write goes to a temporary file beside its target, which is
 * synced to disk and then renamed, so that readers, and a crash, find the old
 * object, the new one, or none.
 */
class FileStore implements Store {
  readonly #root: string;

  constructor(root: string) {
    this.#root = root;
  }

  get uri(): string {
    return this.#root;
  }

  locate(key: string): string {
    checkKey(key);
    return join(this.#root, key);
  }

  async get(key: string, range?: ByteRange): Promise<Uint8Array | undefined> {
    const path = this.locate(key);
    try {
      return range
        ? await readRange(path, range.from, range.to)
        : await Deno.readFile(path);
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw fileError(`Cannot read ${key}`, path, error);
    }
  }

  async stat(key: string): Promise<StoredObject | undefined> {
    const found = await this.#look(key);
    return found && { key, bytes: found.bytes };
  }

  async #look(key: string): Promise<StoredObject | undefined> {
    const path = this.locate(key);
    try {
      const info = await Deno.stat(path);
      if (!info.isFile) return undefined;
      return { key, bytes: info.size, modified: info.mtime?.getTime() };
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw fileError(`Cannot look up ${key}`, path, error);
    }
  }

  async exists(key: string): Promise<boolean> {
    return await this.stat(key) !== undefined;
  }

  async put(key: string, bytes: Uint8Array): Promise<void> {
    await this.#write(key, bytes, (from, to) => Deno.rename(from, to));
  }

  async putIfAbsent(key: string, bytes: Uint8Array): Promise<boolean> {
    if (await this.exists(key)) return false;
    let wrote = true;
    await this.#write(key, bytes, async (from, to) => {
      try {
        // A link fails where the name is taken; a rename would replace it.
        await Deno.link(from, to);
      } catch (error) {
        if (codeOf(error) !== "EEXIST") throw error;
        wrote = false;
      }
      await Deno.remove(from);
    });
    return wrote;
  }

  async create(
    key: string,
    options: WriteOptions = {},
  ): Promise<ObjectWriter> {
    checkWriteOptions(options);
    options.signal?.throwIfAborted();
    const target = this.locate(key);
    const { resume } = options;
    const name = resume === undefined
      ? UNFINISHED + crypto.randomUUID()
      : `${RESUMABLE}${basename(target)}-${await jobName(resume)}`;
    const data = join(dirname(target), name);
    const sink = await openFileSink({
      key,
      target,
      data,
      journal: resume === undefined ? undefined : `${data}.json`,
      place: async () => {
        await Deno.rename(data, target);
        await syncFolder(dirname(target));
      },
    }, options);
    return new GuardedWriter(sink, options);
  }

  async *list(folder = ""): AsyncIterable<StoredObject> {
    yield* this.#walk(folderPrefix(folder));
  }

  async delete(key: string): Promise<boolean> {
    const path = this.locate(key);
    try {
      await Deno.remove(path);
      return true;
    } catch (error) {
      if (isMissing(error)) return false;
      throw fileError(`Cannot delete ${key}`, path, error);
    }
  }

  async tidy(options: TidyOptions = {}): Promise<void> {
    const { abandonedMs = ABANDONED_MS } = options;
    for await (const path of unfinishedIn(this.#root)) {
      try {
        const { mtime } = await Deno.stat(path);
        const age = Date.now() - (mtime?.getTime() ?? Date.now());
        const limit = basename(path).startsWith(RESUMABLE)
          ? abandonedMs
          : STALE_MS;
        if (age > limit && !await isBeingWritten(path)) {
          await Deno.remove(path);
        }
      } catch (error) {
        // Its writer finished it, or another process tidied first.
        if (!isMissing(error)) throw fileError("Cannot tidy up", path, error);
      }
    }
  }

  async *#walk(prefix: string): AsyncIterable<StoredObject> {
    const path = join(this.#root, prefix);
    const entries: Deno.DirEntry[] = [];
    try {
      for await (const entry of Deno.readDir(path)) entries.push(entry);
    } catch (error) {
      if (isMissing(error)) return;
      throw fileError("Cannot list the store", path, error);
    }
    // A folder sorts as its keys do, with the "/" that follows its name.
    const sortName = (e: Deno.DirEntry) =>
      e.isDirectory ? `${e.name}/` : e.name;
    entries.sort((a, b) => sortName(a) < sortName(b) ? -1 : 1);
    for (const entry of entries) {
      if (entry.name.startsWith(".")) continue;
      if (entry.isDirectory) yield* this.#walk(`${prefix}${entry.name}/`);
      else {
        const found = await this.#look(prefix + entry.name);
        if (found) yield found;
      }
    }
  }

  async #write(
    key: string,
    bytes: Uint8Array,
    place: (from: string, to: string) => Promise<void>,
  ): Promise<void> {
    const path = this.locate(key);
    const folder = dirname(path);
    const unfinished = join(folder, UNFINISHED + crypto.randomUUID());
    try {
      await makeFolder(folder);
      await writeSynced(unfinished, bytes);
      await place(unfinished, path);
      await syncFolder(folder);
    } catch (error) {
      await removeIfThere(unfinished);
      throw fileError(`Cannot write ${key}`, path, error);
    }
  }
}

async function* unfinishedIn(folder: string): AsyncGenerator<string> {
  try {
    for await (const entry of Deno.readDir(folder)) {
      const path = join(folder, entry.name);
      if (entry.isDirectory) yield* unfinishedIn(path);
      else if (
        entry.name.startsWith(UNFINISHED) || entry.name.startsWith(RESUMABLE)
      ) yield path;
    }
  } catch (error) {
    if (!isMissing(error)) {
      throw fileError("Cannot list the store", folder, error);
    }
  }
}
