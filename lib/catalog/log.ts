import { unknownName } from "../core/names.ts";
import type { Catalog } from "./catalog.ts";
import { totalBytes, totalRows } from "./manifest.ts";
import { listRefs } from "./refs.ts";
import { listRecords, type VersionRecord } from "./versions.ts";

/** One line of a dataset's history. */
export interface LogEntry {
  readonly record: VersionRecord;
  readonly rows: number;
  /** Names of the branches and tags that point to it. */
  readonly branches: readonly string[];
  readonly tags: readonly string[];
  /** Stored bytes of its parts; `undefined` where it was not materialised. */
  readonly bytes?: number;
}

/**
 * A dataset's recorded versions, the newest first.
 *
 * @throws {ServemarkError} where the catalog has none, listing the datasets it has
 */
export async function versionLog(
  catalog: Catalog,
  name: string,
): Promise<LogEntry[]> {
  const records = await listRecords(catalog, name);
  if (records.length === 0) {
    const known = new Set((await listRecords(catalog)).map((r) => r.name));
    throw unknownName("dataset", name, [...known], catalog.uri);
  }
  const branches = await listRefs(catalog, name, "branches");
  const tags = await listRefs(catalog, name, "tags");
  const entries: LogEntry[] = [];
  for (const record of records) {
    const manifest = await catalog.manifest(record);
    const of = (refs: typeof tags) =>
      refs.filter(({ version }) => version === record.version)
        .map(({ ref }) => ref);
    entries.push({
      record,
      rows: totalRows(record.spec),
      branches: of(branches),
      tags: of(tags),
      ...(manifest ? { bytes: totalBytes(manifest) } : {}),
    });
  }
  return newestFirst(entries);
}

/** Children before their parents, the newest first. Parents that form a circle are left in their order. */
function newestFirst(entries: readonly LogEntry[]): LogEntry[] {
  const left = entries.toReversed();
  const sorted: LogEntry[] = [];
  while (left.length > 0) {
    const parents = new Set(left.map(({ record }) => record.parent));
    const at = left.findIndex(({ record }) => !parents.has(record.version));
    sorted.push(...left.splice(Math.max(0, at), 1));
  }
  return sorted;
}

/**
 * The versions that a version was made of, the nearest first. Versions that are
 * their own ancestors end the line.
 */
export function ancestors(
  records: readonly VersionRecord[],
  version: string,
): VersionRecord[] {
  const byVersion = new Map(records.map((r) => [r.version, r]));
  const found: VersionRecord[] = [];
  const seen = new Set([version]);
  let parent = byVersion.get(version)?.parent;
  while (parent !== undefined && !seen.has(parent)) {
    seen.add(parent);
    const record = byVersion.get(parent);
    if (record === undefined) break;
    found.push(record);
    parent = record.parent;
  }
  return found;
}
