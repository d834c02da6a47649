import {
  checkWriteOptions,
  GuardedWriter,
  type WriterSink,
} from "./guarded_writer.ts";
import {
  type ByteRange,
  checkKey,
  folderPrefix,
  type ObjectWriter,
  type Store,
  type StoredObject,
  type TidyOptions,
  type WriteOptions,
} from "./store.ts";

/** What every service is asked for; keys are checked already. */
export interface RemoteRequests {
  /** For people: where a key is. */
  locate(key: string): string;
  /** The object's bytes; none for a range that begins at or behind its end. */
  get(key: string, range?: ByteRange): Promise<Uint8Array | undefined>;
  stat(key: string): Promise<{ readonly bytes: number } | undefined>;
  /** Writes an object, replacing what was there. */
  put(
    key: string,
    bytes: Uint8Array,
    signal?: AbortSignal,
  ): Promise<unknown>;
  /** Writes an object unless there is one; says whether it did. */
  putIfAbsent(key: string, bytes: Uint8Array): Promise<boolean>;
  /** Removes an object, if there is one. */
  remove(key: string): Promise<unknown>;
}

/**
 * A folder kept by a service that itself makes single writes atomic. Keys and
 * options are checked before anything is asked of it.
 */
export abstract class RemoteStore<R extends RemoteRequests> implements Store {
  readonly uri: string;
  protected readonly requests: R;

  constructor(uri: string, requests: R) {
    this.uri = uri;
    this.requests = requests;
  }

  locate(key: string): string {
    checkKey(key);
    return this.requests.locate(key);
  }

  async get(key: string, range?: ByteRange): Promise<Uint8Array | undefined> {
    checkKey(key);
    return await this.requests.get(key, range);
  }

  async stat(key: string): Promise<StoredObject | undefined> {
    checkKey(key);
    const found = await this.requests.stat(key);
    return found && { key, bytes: found.bytes };
  }

  async exists(key: string): Promise<boolean> {
    return await this.stat(key) !== undefined;
  }

  async put(key: string, bytes: Uint8Array): Promise<void> {
    checkKey(key);
    await this.requests.put(key, bytes);
  }

  async putIfAbsent(key: string, bytes: Uint8Array): Promise<boolean> {
    checkKey(key);
    return await this.requests.putIfAbsent(key, bytes);
  }

  async create(
    key: string,
    options: WriteOptions = {},
  ): Promise<ObjectWriter> {
    checkKey(key);
    checkWriteOptions(options);
    options.signal?.throwIfAborted();
    return new GuardedWriter(await this.openSink(key, options), options);
  }

  async *list(folder = ""): AsyncIterable<StoredObject> {
    yield* this.walk(folderPrefix(folder));
  }

  abstract delete(key: string): Promise<boolean>;

  abstract tidy(options?: TidyOptions): Promise<void>;

  /** Starts a large object, or takes an unfinished one up. */
  protected abstract openSink(
    key: string,
    options: WriteOptions,
  ): Promise<WriterSink>;

  /** The objects whose key begins with a folder's, without what the store keeps for itself. */
  protected abstract walk(prefix: string): AsyncIterable<StoredObject>;
}
