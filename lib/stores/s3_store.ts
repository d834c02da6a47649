import type { WriterSink } from "./guarded_writer.ts";
import { openPartSink } from "./part_writer.ts";
import { RemoteStore } from "./remote_store.ts";
import { S3Parts } from "./s3_parts.ts";
import { S3Requests } from "./s3_requests.ts";
import { readS3Uri } from "./s3_settings.ts";
import { unfinishedUploads } from "./s3_uploads.ts";
import {
  ABANDONED_MS,
  type Store,
  type StoredObject,
  type StoreOptions,
  type TidyOptions,
  type WriteOptions,
} from "./store.ts";
import {
  gatherJobs,
  jobFolder,
  UNFINISHED,
  usersObjects,
} from "./unfinished.ts";

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
class S3Store extends RemoteStore<S3Requests> {
  async delete(key: string): Promise<boolean> {
    if (!await this.exists(key)) return false;
    await this.requests.remove(key);
    return true;
  }

  async tidy(options: TidyOptions = {}): Promise<void> {
    const before = Date.now() - (options.abandonedMs ?? ABANDONED_MS);
    const jobs = await gatherJobs(this.requests.list(UNFINISHED));
    const live = new Set(
      jobs.filter(({ newest }) => newest >= before).map(({ key }) => key),
    );
    for await (const upload of unfinishedUploads(this.requests)) {
      if (upload.started.getTime() < before && !live.has(upload.key)) {
        await new S3Parts(this.requests, upload.key, "").cancel(upload.id);
      }
    }
    for (const { objects, newest } of jobs) {
      if (newest >= before) continue;
      for (const key of objects) await this.requests.remove(key);
    }
  }

  protected async openSink(
    key: string,
    options: WriteOptions,
  ): Promise<WriterSink> {
    const beside = await jobFolder(key, options.resume);
    const parts = new S3Parts(this.requests, key, beside, options.signal);
    return await openPartSink(parts, options);
  }

  protected walk(prefix: string): AsyncIterable<StoredObject> {
    return usersObjects(this.requests.list(prefix));
  }
}
