import { messageOf, ServemarkError } from "../core/errors.ts";
import type { Store } from "../stores/store.ts";

/** The largest entry that is read: a manifest of 16.6 billion rows takes a third of it. */
export const MAX_DOCUMENT = 128 * 2 ** 20;

/** Tells what is wrong with an entry's content. */
export class Damage extends Error {}

/**
 * Reads a JSON entry, which `check` believes or not: entries may come from
 * anywhere. What it throws is told with the entry's place.
 */
export async function readDocument<T>(
  store: Store,
  key: string,
  check: (value: unknown) => T,
): Promise<T | undefined> {
  const found = await store.stat(key);
  if (found === undefined) return undefined;
  if (found.bytes > MAX_DOCUMENT) {
    throw damaged(store, key, `it has ${found.bytes} bytes`);
  }
  const bytes = await store.get(key);
  if (bytes === undefined) return undefined;
  try {
    return check(JSON.parse(new TextDecoder().decode(bytes)));
  } catch (error) {
    throw damaged(store, key, messageOf(error), error);
  }
}

function damaged(
  store: Store,
  key: string,
  why: string,
  error?: unknown,
): ServemarkError {
  return new ServemarkError("Cannot read the catalog", {
    cause: `an entry is damaged (${why})`,
    place: store.locate(key),
    remedy: key.startsWith("manifests/") || key.startsWith("ranges/")
      ? "Delete this file, and materialise the dataset again"
      : "Fetch this file again from another catalog, or delete it",
    error,
  });
}

/** An entry's bytes. */
export function documentBytes(value: unknown): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(value, null, 1) + "\n");
}
