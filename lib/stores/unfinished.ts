/**
 * Where buckets keep what belongs to unfinished writes: a hidden folder of the
 * store, with a folder in it for each key and job.
 *
 * @module
 */
import { jobName } from "./guarded_writer.ts";
import { isHidden, type StoredObject } from "./store.ts";

/** Keys of users do not begin with a dot. */
export const UNFINISHED = ".unfinished/";

/** The folder of one job's write of a key; without an identity, one that nobody else has. */
export async function jobFolder(key: string, resume?: string): Promise<string> {
  const job = resume === undefined
    ? crypto.randomUUID().slice(0, 8)
    : await jobName(resume);
  return `${UNFINISHED}${key}/${job}/`;
}

/** One job's write. */
export interface Job {
  /** The key that it writes. */
  readonly key: string;
  readonly objects: readonly string[];
  /** When the last of them was written, ms since 1970. */
  readonly newest: number;
}

/** Gathers the jobs that a listing of {@link UNFINISHED} shows. */
export async function gatherJobs(
  listing: AsyncIterable<{ key: string; modified: Date }>,
): Promise<Job[]> {
  const jobs = new Map<string, Job>();
  for await (const { key, modified } of listing) {
    const folder = key.slice(0, key.lastIndexOf("/"));
    const known = jobs.get(folder);
    jobs.set(folder, {
      key: folder.slice(UNFINISHED.length, folder.lastIndexOf("/")),
      objects: [...known?.objects ?? [], key],
      newest: Math.max(known?.newest ?? 0, modified.getTime()),
    });
  }
  return [...jobs.values()];
}

/** The objects that a bucket's listing shows, without what belongs to unfinished writes. */
export async function* usersObjects(
  listing: AsyncIterable<{ key: string; bytes: number; modified: Date }>,
): AsyncGenerator<StoredObject> {
  for await (const { key, bytes, modified } of listing) {
    // Consoles mark an empty folder with an object of its name.
    if (!isHidden(key) && !key.endsWith("/") && key !== "") {
      yield { key, bytes, modified: modified.getTime() };
    }
  }
}
