import { GcsParts } from "./gcs_parts.ts";
import { GcsRequests } from "./gcs_requests.ts";
import type { WriterSink } from "./guarded_writer.ts";
import { openPartSink } from "./part_writer.ts";
import { RemoteStore } from "./remote_store.ts";
import {
  ABANDONED_MS,
  checkKey,
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
 * Opens a bucket's folder in Google Cloud Storage: `gs://bucket/prefix`.
 * Credentials are Google's application default; where there are none, requests
 * bear none, as public buckets allow. `STORAGE_EMULATOR_HOST` names an
 * emulator. Parameters: `anonymous=true`, `userProject=…` (who pays).
 */
export function openGcsStore(uri: string, options: StoreOptions = {}): Store {
  return new GcsStore(uri, new GcsRequests(uri, options.onRequest));
}

/** A bucket's folder. The service itself makes single writes atomic. */
class GcsStore extends RemoteStore<GcsRequests> {
  async delete(key: string): Promise<boolean> {
    checkKey(key);
    return await this.requests.remove(key);
  }

  async tidy(options: TidyOptions = {}): Promise<void> {
    const before = Date.now() - (options.abandonedMs ?? ABANDONED_MS);
    for (const job of await gatherJobs(this.requests.list(UNFINISHED))) {
      if (job.newest < before) await this.requests.removeAll(job.objects);
    }
  }

  protected async openSink(
    key: string,
    options: WriteOptions,
  ): Promise<WriterSink> {
    const beside = await jobFolder(key, options.resume);
    const parts = new GcsParts(this.requests, key, beside, options.signal);
    return await openPartSink(parts, options);
  }

  protected walk(prefix: string): AsyncIterable<StoredObject> {
    return usersObjects(this.requests.list(prefix));
  }
}
