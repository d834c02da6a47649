import type { Catalog } from "../catalog/catalog.ts";
import type { Manifest, Part } from "../catalog/manifest.ts";
import { versionText } from "../catalog/version_name.ts";
import {
  addRecord,
  checkNotTaken,
  type VersionRecord,
} from "../catalog/versions.ts";
import { ServemarkError } from "../core/errors.ts";
import { silent, type Watch } from "../core/progress.ts";
import { tableDigest } from "../datasets/table_digest.ts";
import { inParallel } from "./parallel.ts";

/** How parts are copied. */
export interface CopyOptions extends Watch {
  /** Parts copied at a time. @default 4 */
  parallel?: number;
  /** Reads every part that is there already, and copies damaged ones anew. @default false */
  verify?: boolean;
}

/** What a copy took. */
export interface CopyRecord {
  /** Parts that were copied, and their bytes. */
  readonly partsCopied: number;
  readonly bytesCopied: number;
  /** Parts that were there already. */
  readonly partsThere: number;
  readonly bytesThere: number;
  /** Tables of which a part was copied. */
  readonly tablesCopied: readonly string[];
}

/**
 * Copies a version to another catalog: the parts that it lacks, each verified
 * by its digest, then the manifest, and the record last. Killed at any moment,
 * it is finished by doing it again; parts that arrived are not copied again.
 *
 * @throws {ServemarkError} where the other catalog has another dataset under
 * the version's name, before any part is copied, and also where someone
 * records one meanwhile
 */
export async function copyVersion(
  from: Catalog,
  to: Catalog,
  record: VersionRecord,
  manifest: Manifest | undefined,
  options: CopyOptions = {},
): Promise<CopyRecord> {
  await checkNotTaken(to, record.spec);
  const copied = manifest
    ? await copyManifest(from, to, manifest, options)
    : NOTHING;
  try {
    await addRecord(to, record);
  } catch (error) {
    if (manifest) await withdraw(to, manifest);
    throw error;
  }
  return copied;
}

const NOTHING: CopyRecord = {
  partsCopied: 0,
  bytesCopied: 0,
  partsThere: 0,
  bytesThere: 0,
  tablesCopied: [],
};

/** Copies a finished dataset, as yet without a record. */
export async function copyManifest(
  from: Catalog,
  to: Catalog,
  manifest: Manifest,
  options: CopyOptions = {},
): Promise<CopyRecord> {
  const { signal, progress = silent, parallel = 4, verify = false } = options;
  const parts = new Map<string, Part>();
  for (const part of Object.values(manifest.parts).flat()) {
    parts.set(part.digest, part);
  }
  const digests = new Map(
    manifest.spec.tables.map((t) => [t.name, tableDigest(manifest.spec, t)]),
  );
  const step = `Copy ${versionText(manifest)}`;
  const total = [...parts.values()].reduce((sum, part) => sum + part.bytes, 0);
  let [partsCopied, bytesCopied, done] = [0, 0, 0];
  const tables = new Set<string>();
  progress({ step, done, total, unit: "bytes" });
  await inParallel([...parts.values()], parallel, async (part) => {
    if (!await to.holds(part, verify)) {
      await to.addBytes(part, await from.readPart(part));
      await to.addRange(digests.get(part.table)!, part);
      partsCopied++;
      bytesCopied += part.bytes;
      tables.add(part.table);
    }
    done += part.bytes;
    progress({ step, done, total, unit: "bytes", detail: part.table });
  }, signal);
  await to.addManifest(manifest);
  await to.tidy();
  progress({ step, done: total, total, unit: "bytes", finished: true });
  return {
    partsCopied,
    bytesCopied,
    partsThere: parts.size - partsCopied,
    bytesThere: total - bytesCopied,
    tablesCopied: [...tables].sort(),
  };
}

/** Takes back a manifest that lost its name to another; its parts may be shared, and stay. */
async function withdraw(to: Catalog, manifest: Manifest): Promise<void> {
  await to.removeManifest(manifest);
}

/** The manifest of a version that must be materialised. */
export async function needManifest(
  catalog: Catalog,
  record: VersionRecord,
): Promise<Manifest> {
  const manifest = await catalog.manifest(record);
  if (manifest) return manifest;
  throw new ServemarkError(`Cannot copy ${versionText(record)}`, {
    cause: "it is not materialised: its rows are in no part yet",
    place: catalog.uri,
    remedy: `Materialise it first: dataset create ${versionText(record)}`,
  });
}
