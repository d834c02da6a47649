import { pick } from "../core/names.ts";
import type { Store } from "./store.ts";

type Opener = (uri: string) => Store;

/** Every kind of store by its URI's scheme, imported when it is asked for. */
const STORES: Readonly<Record<string, () => Promise<Opener>>> = {
  file: async () => (await import("./file_store.ts")).openFileStore,
};

/**
 * Opens the store that a URI names; a plain path is a folder. An unknown
 * scheme is an error that lists the known ones. Nothing is created before the
 * first write.
 */
export async function openStore(uri: string): Promise<Store> {
  // One letter before the colon is a drive, not a scheme.
  const scheme = /^([a-z][a-z0-9+.-]+):/i.exec(uri)?.[1].toLowerCase();
  const open = await pick("kind of store", scheme ?? "file", STORES)();
  return open(uri);
}
