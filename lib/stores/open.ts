import { pick } from "../core/names.ts";
import { schemeOf } from "./split_uri.ts";
import type { Store, StoreOptions } from "./store.ts";

export { type ObjectPlace, splitUri } from "./split_uri.ts";

type Opener = (uri: string, options: StoreOptions) => Store;

const file = async () => (await import("./file_store.ts")).openFileStore;
const volumes = async () =>
  (await import("./volumes_store.ts")).openVolumesStore;

/** Every kind of store by its URI's scheme, imported when it is asked for. */
const STORES: Readonly<Record<string, () => Promise<Opener>>> = {
  file,
  s3: async () => (await import("./s3_store.ts")).openS3Store,
  gs: async () => (await import("./gcs_store.ts")).openGcsStore,
  volumes,
  dbfs: volumes,
};

/**
 * Opens the store that a URI names: `s3://bucket/prefix`, `gs://bucket/prefix`,
 * `volumes:/Volumes/catalog/schema/volume/folder`, `file:///folder`, or a plain
 * path, which is a folder. The plain path `/Volumes/…` is a Unity Catalog
 * volume, unless there is such a folder here, as on a Mac with its disks. An
 * unknown scheme is an error that lists the known ones. Nothing is created
 * before the first write.
 */
export async function openStore(
  uri: string,
  options: StoreOptions = {},
): Promise<Store> {
  const kind = schemeOf(uri) ?? (await isVolume(uri) ? "volumes" : "file");
  const open = await pick("kind of store", kind, STORES)();
  return open(uri, options);
}

/**
 * On Databricks the folder is there, too, but a mount that lacks what the file
 * store needs (links, writing at a place), so the Files API is used there.
 */
async function isVolume(path: string): Promise<boolean> {
  const [mounted] = /^\/Volumes\/[^/]+/.exec(path) ?? [];
  if (mounted === undefined) return false;
  if (Deno.env.get("DATABRICKS_RUNTIME_VERSION")) return true;
  try {
    return !(await Deno.stat(mounted)).isDirectory;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return true;
    throw error;
  }
}
