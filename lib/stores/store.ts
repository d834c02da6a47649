/**
 * Bytes by key, wherever they are kept: a folder, a bucket, a volume.
 *
 * @module
 */
import { ServemarkError } from "../core/errors.ts";

/** One stored object. */
export interface StoredObject {
  readonly key: string;
  readonly bytes: number;
  /** When it was written, ms since 1970; told by `list`, where the place keeps it. */
  readonly modified?: number;
}

/** A half-open range of bytes: `[from, to)`. */
export interface ByteRange {
  readonly from: number;
  readonly to: number;
}

/** How a large object is written. */
export interface WriteOptions {
  /**
   * Bytes at the object's start that are given only at the end, to
   * `finish(head)`: an archive's table of contents. @default 0
   */
  readonly head?: number;
  /**
   * The job's identity: a digest of everything that decides the bytes. With it,
   * an unfinished write of the same job is taken up at its last checkpoint.
   */
  readonly resume?: string;
  readonly signal?: AbortSignal;
}

/**
 * Writes one object of any size as its bytes come. Nothing is visible before
 * `finish`. Calls follow one another: each is awaited before the next. An
 * `await using` of a writer closes it.
 */
export interface ObjectWriter extends AsyncDisposable {
  /** Bytes so far, the head included. */
  readonly position: number;
  /**
   * What the last checkpoint kept of the unfinished write that is taken up;
   * `undefined` for a new one. Its bytes up to `position` are durable.
   */
  readonly resumed: unknown;
  /** Adds bytes; the array may be reused once this resolves. */
  write(bytes: Uint8Array): Promise<void>;
  /**
   * Makes all bytes so far durable where that is worth its price, together
   * with a state (anything JSON holds); says whether it did. Never without
   * `resume`, since nobody could take the write up. Worth calling every 2 MB or
   * so: it keeps every 5 to 8 MB at most (more in objects of over 10 GB), and
   * no more often than a tenth of the time allows.
   */
  checkpoint(state: unknown): Promise<boolean>;
  /** Completes the object at once; `head` has exactly the declared length. */
  finish(head?: Uint8Array): Promise<void>;
  /** Takes everything back: what was written, and what checkpoints kept. */
  abort(): Promise<void>;
  /**
   * Lets go of an unfinished write. With `resume`, what the last checkpoint
   * kept stays, to be taken up later; without, this is `abort`. Does nothing
   * once the write is finished or aborted.
   */
  close(): Promise<void>;
}

/** What counts as left behind. */
export interface TidyOptions {
  /** Milliseconds after which nobody will take an unfinished write up any more. @default 7 days */
  readonly abandonedMs?: number;
}

/** Whoever wants to take a write up does so within a week. */
export const ABANDONED_MS = 7 * 86_400_000;

/** A request to a service, when it has been answered. */
export interface StoreRequest {
  /** `GET`. */
  readonly method: string;
  /** Path and query of its URL. */
  readonly path: string;
  /** The bytes asked for: `bytes=0-99`. */
  readonly range?: string;
  /** The answer's HTTP status; 0 where none came. */
  readonly status: number;
  /** Bytes of the bodies. */
  readonly sent: number;
  readonly received: number;
}

/** How a store is opened. */
export interface StoreOptions {
  /** Told of every request to a service, repeated ones included. */
  readonly onRequest?: (request: StoreRequest) => void;
}

/**
 * A place that keeps bytes by key. Keys are `/`-separated and relative:
 * `parts/3f/3f20….parquet`. Whoever reads a key sees a whole object or none:
 * writes are atomic, and a failed or killed write leaves nothing visible.
 */
export interface Store {
  /** Where it is, without credentials: what {@link openStore} opens again. */
  readonly uri: string;
  /** The object's bytes, or `undefined` where there is none. */
  get(key: string, range?: ByteRange): Promise<Uint8Array | undefined>;
  /** The object's size, or `undefined` where there is none. */
  stat(key: string): Promise<StoredObject | undefined>;
  /** Whether there is an object. */
  exists(key: string): Promise<boolean>;
  /** Writes an object, replacing what was there. */
  put(key: string, bytes: Uint8Array): Promise<void>;
  /** Writes an object unless there is one; of several at once, one wins. Says whether it wrote. */
  putIfAbsent(key: string, bytes: Uint8Array): Promise<boolean>;
  /** Starts an object that is too large for `put`, replacing what was there once it is finished. */
  create(key: string, options?: WriteOptions): Promise<ObjectWriter>;
  /** All objects whose key begins with a folder's name, such as `parts/`; all of them for `""`. In the keys' order. */
  list(folder?: string): AsyncIterable<StoredObject>;
  /** Removes an object; says whether there was one. */
  delete(key: string): Promise<boolean>;
  /** Removes what killed writers left behind; leaves writes under way alone. */
  tidy(options?: TidyOptions): Promise<void>;
  /** For people: where this key is. */
  locate(key: string): string;
}

/** Refuses keys that could leave the store, or that it keeps for itself. */
export function checkKey(key: string): void {
  const bad = key.split("/").some((part) =>
    part === "" || part.startsWith(".") || /[\\:\0]/.test(part)
  );
  if (bad) {
    throw new ServemarkError(`Cannot use "${key}" as a key`, {
      cause:
        'a key is names joined by "/", none of them empty, beginning with "." or holding "\\" or ":"',
    });
  }
}

/** True for keys that stores keep for themselves: unfinished writes. */
export function isHidden(key: string): boolean {
  return key.startsWith(".") || key.includes("/.");
}

/** A folder's name as the beginning of its keys: `""`, or ending in "/". */
export function folderPrefix(folder: string): string {
  if (folder === "") return "";
  checkKey(folder.replace(/\/$/, ""));
  return folder.endsWith("/") ? folder : `${folder}/`;
}
