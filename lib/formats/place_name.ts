import type { Store } from "../stores/store.ts";

/** What an object, a folder or a whole store is called in errors. */
export function placeName(store: Store, key: string): string {
  const own = key.replace(/\/$/, "");
  return own === "" ? store.uri : store.locate(own);
}
