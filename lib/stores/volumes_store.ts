import { tmpdir } from "node:os";
import { join } from "node:path";
import { ServemarkError } from "../core/errors.ts";
import { openFileStore } from "./file_store.ts";
import { type FilePlan, openFileSink } from "./file_writer.ts";
import { jobName, type WriterSink } from "./guarded_writer.ts";
import { RemoteStore } from "./remote_store.ts";
import {
  checkKey,
  type Store,
  type StoredObject,
  type StoreOptions,
  type TidyOptions,
  type WriteOptions,
} from "./store.ts";
import { VolumesRequests } from "./volumes_requests.ts";

/** The Files API takes files of up to 5 GiB (https://docs.databricks.com/api/workspace/files/upload). */
const MOST_BYTES = 5 * 1024 ** 3;

/**
 * Opens a folder of a Unity Catalog volume by the Databricks Files API:
 * `/Volumes/catalog/schema/volume/folder`, also as `volumes:/Volumes/…`. See
 * {@link databricksLogin} for host and credentials; `?profile=NAME` names a
 * profile of `~/.databrickscfg`.
 */
export function openVolumesStore(
  uri: string,
  options: StoreOptions = {},
): Store {
  return new VolumesStore(uri, new VolumesRequests(uri, options.onRequest));
}

/**
 * A volume's folder. The Files API writes a file in one request, and shows it
 * when that has ended. It has no parts: what `create` writes is kept in the
 * temporary folder (`TMPDIR`) and sent at the end, up to 5 GiB, and only the
 * same machine can take it up. `putIfAbsent` rests on the API's
 * `overwrite=false`; of several that write the very same bytes, more than one
 * may be told that it did.
 */
class VolumesStore extends RemoteStore<VolumesRequests> {
  async delete(key: string): Promise<boolean> {
    checkKey(key);
    return await this.requests.remove(key);
  }

  async tidy(options: TidyOptions = {}): Promise<void> {
    await openFileStore(await spoolFolder()).tidy(options);
  }

  protected async openSink(
    key: string,
    options: WriteOptions,
  ): Promise<WriterSink> {
    const target = this.locate(key);
    const { resume, signal } = options;
    const place = `${await this.requests.host()}${target}`;
    const name = resume === undefined
      ? `.unfinished-${crypto.randomUUID()}`
      : `.resumable-${await jobName(place)}-${await jobName(resume)}`;
    const data = join(await spoolFolder(), name);
    const plan: FilePlan = {
      key,
      target,
      data,
      journal: resume === undefined ? undefined : `${data}.json`,
      place: async () => {
        const { size } = await Deno.stat(data);
        const open = async () => (await Deno.open(data)).readable;
        const body = { open, length: size };
        await this.requests.put(key, body, signal);
        await Deno.remove(data);
      },
    };
    const sink = await openFileSink(plan, options);
    return new LimitedSink(sink, target);
  }

  protected async *walk(prefix: string): AsyncGenerator<StoredObject> {
    const entries = await this.requests.list(prefix.replace(/\/$/, ""));
    // A folder sorts as its keys do, with the "/" that follows its name.
    const found = entries.map((entry) => ({
      name: entry.is_directory ? `${entry.name}/` : entry.name,
      bytes: entry.file_size ?? 0,
      modified: entry.last_modified,
    })).sort((a, b) => a.name < b.name ? -1 : 1);
    for (const { name, bytes, modified } of found) {
      if (name.startsWith(".")) continue;
      if (name.endsWith("/")) yield* this.walk(prefix + name);
      else yield { key: prefix + name, bytes, modified };
    }
  }
}

/** Stops a write that the service would refuse in the end, when it is known to be so. */
class LimitedSink implements WriterSink {
  readonly #sink: WriterSink;
  readonly #target: string;

  constructor(sink: WriterSink, target: string) {
    this.#sink = sink;
    this.#target = target;
  }

  get position(): number {
    return this.#sink.position;
  }

  get resumed(): unknown {
    return this.#sink.resumed;
  }

  async write(bytes: Uint8Array): Promise<void> {
    if (this.#sink.position + bytes.length > MOST_BYTES) {
      throw new ServemarkError("Cannot write a file of over 5 GiB", {
        cause: "the Databricks Files API takes no larger ones",
        place: this.#target,
        remedy:
          "Write several files, compress them more, or write to the bucket behind an external volume (s3://, gs://)",
      });
    }
    await this.#sink.write(bytes);
  }

  checkpoint(state: unknown): Promise<boolean> {
    return this.#sink.checkpoint(state);
  }

  finish(head: Uint8Array): Promise<void> {
    return this.#sink.finish(head);
  }

  abort(): Promise<void> {
    return this.#sink.abort();
  }

  release(): Promise<void> {
    return this.#sink.release();
  }
}

/** This user's folder for files that wait to be sent; nobody else may read it. */
async function spoolFolder(): Promise<string> {
  const user = Deno.uid() ?? Deno.env.get("USERNAME") ?? "user";
  const folder = join(tmpdir(), `servemark-spool-${user}`);
  await Deno.mkdir(folder, { recursive: true, mode: 0o700 });
  const { isDirectory, uid, mode } = await Deno.lstat(folder);
  const own = Deno.build.os === "windows" ||
    uid === Deno.uid() && ((mode ?? 0) & 0o077) === 0;
  if (isDirectory && own) return folder;
  throw new ServemarkError("Cannot keep files in the temporary folder", {
    cause: "somebody else owns this folder, or may read it",
    place: folder,
    remedy: "Remove it, or set TMPDIR to another folder",
  });
}
