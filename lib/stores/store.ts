/**
 * Bytes by key, wherever they are kept: a folder, and later buckets and
 * volumes.
 *
 * @module
 */
import { ServemarkError } from "../core/errors.ts";

/** One stored object. */
export interface StoredObject {
  readonly key: string;
  readonly bytes: number;
}

/** A half-open range of bytes: `[from, to)`. */
export interface ByteRange {
  readonly from: number;
  readonly to: number;
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
  /** All objects whose key begins with a folder's name, such as `parts/`; all of them for `""`. In the keys' order. */
  list(folder?: string): AsyncIterable<StoredObject>;
  /** Removes an object; says whether there was one. */
  delete(key: string): Promise<boolean>;
  /** Removes what killed writers left behind; leaves writes under way alone. */
  tidy(): Promise<void>;
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
