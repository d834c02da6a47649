import { pick } from "../core/names.ts";
import { schemeOf } from "./split_uri.ts";
import type { Store, StoreOptions } from "./store.ts";

export { type ObjectPlace, splitUri } from "./split_uri.ts";

type Opener = (uri: string, options: StoreOptions) => Store;

/** Every kind of store by its URI's scheme, imported when it is asked for. */
const STORES: Readonly<Record<string, () => Promise<Opener>>> = {
  file: async () => (await import("./file_store.ts")).openFileStore,
  gs: async () => (await import("./gcs_store.ts")).openGcsStore,
  s3: async () => (await import("./s3_store.ts")).openS3Store,
};

/**
 * Opens the store that a URI names; a plain path is a folder. An unknown
 * scheme is an error that lists the known ones. Nothing is created before the
 * first write.
 */
export async function openStore(
  uri: string,
  options: StoreOptions = {},
): Promise<Store> {
  const open = await pick("kind of store", schemeOf(uri) ?? "file", STORES)();
  return open(uri, options);
}
