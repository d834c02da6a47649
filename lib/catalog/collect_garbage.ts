import type { Watch } from "../core/progress.ts";
import { silent } from "../core/progress.ts";
import { tableDigest } from "../datasets/table_digest.ts";
import type { DatasetSpec } from "../datasets/spec.ts";
import type { StoredObject } from "../stores/store.ts";
import { checkPart } from "./check_manifest.ts";
import type { Catalog } from "./catalog.ts";
import { readDocument } from "./documents.ts";
import { manifestFolder } from "./layout.ts";
import { findRecord, listRecords } from "./versions.ts";

/** What counts as garbage. */
export interface GarbageOptions extends Watch {
  /** Nothing younger is touched: it may belong to work under way. @default a day */
  readonly olderThanMs?: number;
  /** Also removes datasets of this age that were materialised and never recorded. @default false */
  readonly drafts?: boolean;
  /** Only says what would be removed. @default false */
  readonly dryRun?: boolean;
}

/** What was removed, or would be. */
export interface Garbage {
  readonly parts: number;
  readonly bytes: number;
  readonly ranges: number;
  readonly drafts: number;
  /** Parts that stay. */
  readonly partsKept: number;
  readonly bytesKept: number;
  /** Parts that nothing refers to, and that are too young to be removed, or of unknown age. */
  readonly partsYoung: number;
}

const DAY_MS = 86_400_000;

/**
 * Removes parts that nothing refers to: no manifest, and no finished range of a
 * table that a recorded version or a manifest has. What is younger than an age
 * stays in any case, and so does everything whose age the store does not tell.
 */
export async function collectGarbage(
  catalog: Catalog,
  options: GarbageOptions = {},
): Promise<Garbage> {
  const { olderThanMs = DAY_MS, dryRun = false, progress = silent } = options;
  const { store } = catalog;
  const before = Date.now() - olderThanMs;
  const isOld = ({ modified }: StoredObject) =>
    modified !== undefined && modified < before;
  // Looked at before what refers to them: what is named meanwhile is younger.
  const parts = await Array.fromAsync(store.list("parts/"));
  const ranges = await Array.fromAsync(store.list("ranges/"));
  const roots = await rootsOf(catalog, isOld, options.drafts ?? false);
  const doomed = [...roots.drafts];
  const step = dryRun ? "Look for garbage" : "Collect garbage";
  const total = ranges.length + parts.length;
  let done = 0;
  const tick = () => {
    options.signal?.throwIfAborted();
    if (++done % 100 === 0) progress({ step, done, total, unit: "objects" });
  };
  let deadRanges = 0;
  for (const range of ranges) {
    tick();
    const [, digest] = /^ranges\/([^/]+)\//.exec(range.key) ?? [];
    const kept = roots.tables.has(digest) || !isOld(range);
    if (!kept) {
      doomed.push(range.key);
      deadRanges++;
      continue;
    }
    const part = await readDocument(store, range.key, (v) => checkPart(v));
    if (part) roots.parts.add(part.digest);
  }
  const found = {
    parts: 0,
    bytes: 0,
    ranges: deadRanges,
    drafts: roots.drafts.length,
    partsKept: 0,
    bytesKept: 0,
    partsYoung: 0,
  };
  for (const part of parts) {
    tick();
    const digest = /([^/]+)\.parquet$/.exec(part.key)?.[1];
    const isNamed = digest !== undefined && roots.parts.has(digest);
    if (isNamed || !isOld(part)) {
      found.partsKept++;
      found.bytesKept += part.bytes;
      if (!isNamed) found.partsYoung++;
      continue;
    }
    doomed.push(part.key);
    found.parts++;
    found.bytes += part.bytes;
  }
  if (!dryRun) {
    // References first: none is left that names a part that is gone.
    for (const key of doomed) {
      options.signal?.throwIfAborted();
      await store.delete(key);
    }
    await catalog.tidy();
  }
  progress({ step, done: total, total, unit: "objects", finished: true });
  return found;
}

/** What everything that stays is reachable from. */
async function rootsOf(
  catalog: Catalog,
  isOld: (object: StoredObject) => boolean,
  dropDrafts: boolean,
): Promise<{ tables: Set<string>; parts: Set<string>; drafts: string[] }> {
  const tables = new Set<string>();
  const parts = new Set<string>();
  const drafts: string[] = [];
  const keep = (spec: DatasetSpec) => {
    for (const table of spec.tables) tables.add(tableDigest(spec, table));
  };
  for (const record of await listRecords(catalog)) keep(record.spec);
  for await (const object of catalog.store.list(manifestFolder())) {
    const [, name, version, digest] =
      /^manifests\/([^/]+)\/([^/]+)\/([0-9a-f]{64})\.json$/.exec(object.key) ??
        [];
    if (!digest) continue;
    const isRecorded =
      (await findRecord(catalog, name, version))?.digest === digest;
    if (dropDrafts && !isRecorded && isOld(object)) {
      drafts.push(object.key);
      continue;
    }
    const manifest = await catalog.manifest({ name, version, digest });
    if (!manifest) continue;
    keep(manifest.spec);
    for (const part of Object.values(manifest.parts).flat()) {
      parts.add(part.digest);
    }
  }
  return { tables, parts, drafts };
}
