import { checkWriteOptions, GuardedWriter } from "./guarded_writer.ts";
import { openPartSink } from "./part_writer.ts";
import { S3Parts } from "./s3_parts.ts";
import { S3Requests } from "./s3_requests.ts";
import { readS3Uri } from "./s3_settings.ts";
import { unfinishedUploads } from "./s3_uploads.ts";
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
 * Opens a bucket's folder in S3, or in a service that speaks its language:
 * `s3://bucket/prefix`, `s3://bucket/prefix?endpoint=http://127.0.0.1:9000`.
 * Further parameters: `region`, `pathStyle`, `profile`, `anonymous`.
 */
export function openS3Store(uri: string, options: StoreOptions = {}): Store {
  const requests = new S3Requests(readS3Uri(uri), options.onRequest);
  return new S3Store(uri, requests);
}

/**
 * A bucket's folder. S3 itself makes single writes atomic. A large object is a
 * multipart upload: nothing of it is visible before it is complete.
 */
class S3Store implements Store {
  readonly uri: string;
  readonly #requests: S3Requests;

  constructor(uri: string, requests: S3Requests) {
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
    const found = await this.#requests.head(key);
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
    const parts = new S3Parts(this.#requests, key, beside, options.signal);
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
    if (!await this.exists(key)) return false;
    await this.#requests.remove(key);
    return true;
  }

  async tidy(options: TidyOptions = {}): Promise<void> {
    const before = Date.now() - (options.abandonedMs ?? ABANDONED_MS);
    const jobs = await gatherJobs(this.#requests.list(UNFINISHED));
    const live = new Set(
      jobs.filter(({ newest }) => newest >= before).map(({ key }) => key),
    );
    for await (const upload of unfinishedUploads(this.#requests)) {
      if (upload.started.getTime() < before && !live.has(upload.key)) {
        await new S3Parts(this.#requests, upload.key, "").cancel(upload.id);
      }
    }
    for (const { objects, newest } of jobs) {
      if (newest >= before) continue;
      for (const key of objects) await this.#requests.remove(key);
    }
  }
}
