import { GcsParts } from "./gcs_parts.ts";
import { GcsRequests } from "./gcs_requests.ts";
import { checkWriteOptions, GuardedWriter } from "./guarded_writer.ts";
import { openPartSink } from "./part_writer.ts";
import {
  ABANDONED_MS,
  type ByteRange,
  checkKey,
  folderPrefix,
  isHidden,
  type ObjectWriter,
  type Store,
  type StoredObject,
  type StoreOptions,
  type TidyOptions,
  type WriteOptions,
} from "./store.ts";
import { gatherJobs, jobFolder, UNFINISHED } from "./unfinished.ts";

/**
 * Opens a bucket's folder in Google Cloud Storage: `gs://bucket/prefix`.
 * Credentials are Google's application default; where there are none, requests
 * bear none, as public buckets allow. `STORAGE_EMULATOR_HOST` names an
 * emulator. Parameters: `anonymous=true`, `userProject=…` (who pays).
 */
export function openGcsStore(uri: string, options: StoreOptions = {}): Store {
  return new GcsStore(uri, new GcsRequests(uri, options.onRequest));
}

/** A bucket's folder. The service itself makes single writes atomic. */
class GcsStore implements Store {
  readonly uri: string;
  readonly #requests: GcsRequests;

  constructor(uri: string, requests: GcsRequests) {
    this.uri = uri;
    this.#requests = requests;
  }

  locate(key: string): string {
    checkKey(key);
    return this.#requests.locate(key);
  }

  async get(key: string, range?: ByteRange): Promise<Uint8Array | undefined> {
    checkKey(key);
    return await this.#requests.get(key, range);
  }

  async stat(key: string): Promise<StoredObject | undefined> {
    checkKey(key);
    const found = await this.#requests.stat(key);
    return found && { key, bytes: found.bytes };
  }

  async exists(key: string): Promise<boolean> {
    return await this.stat(key) !== undefined;
  }

  async put(key: string, bytes: Uint8Array): Promise<void> {
    checkKey(key);
    await this.#requests.put(key, bytes);
  }

  async putIfAbsent(key: string, bytes: Uint8Array): Promise<boolean> {
    checkKey(key);
    return await this.#requests.putIfAbsent(key, bytes);
  }

  async create(
    key: string,
    options: WriteOptions = {},
  ): Promise<ObjectWriter> {
    checkKey(key);
    checkWriteOptions(options);
    options.signal?.throwIfAborted();
    const beside = await jobFolder(key, options.resume);
    const parts = new GcsParts(this.#requests, key, beside, options.signal);
    return new GuardedWriter(await openPartSink(parts, options), options);
  }

  async *list(folder = ""): AsyncIterable<StoredObject> {
    for await (
      const { key, bytes, modified } of this.#requests.list(
        folderPrefix(folder),
      )
    ) {
      // Consoles mark an empty folder with an object of its name.
      if (!isHidden(key) && !key.endsWith("/") && key !== "") {
        yield { key, bytes, modified: modified.getTime() };
      }
    }
  }

  async delete(key: string): Promise<boolean> {
    checkKey(key);
    return await this.#requests.remove(key);
  }

  async tidy(options: TidyOptions = {}): Promise<void> {
    const before = Date.now() - (options.abandonedMs ?? ABANDONED_MS);
    for (const job of await gatherJobs(this.#requests.list(UNFINISHED))) {
      if (job.newest < before) await this.#requests.removeAll(job.objects);
    }
  }
}
