import type { Catalog } from "../catalog/catalog.ts";
import { lookUpVersion, needVersion } from "../catalog/find_version.ts";
import { refKey, type RefKind } from "../catalog/layout.ts";
import { listRefs, refHistory } from "../catalog/refs.ts";
import { readVersionName, versionText } from "../catalog/version_name.ts";
import { listRecords, type VersionRecord } from "../catalog/versions.ts";
import {
  type CopyOptions,
  type CopyRecord,
  copyVersion,
} from "./copy_version.ts";

/** What a replication took. */
export interface Replicated extends Omit<CopyRecord, "tablesCopied"> {
  /** The versions that the other catalog has now. */
  readonly versions: readonly string[];
  /** Branches and tags that got new entries there. */
  readonly refs: readonly string[];
  /** What could not be copied, as the other catalog has something else there. */
  readonly conflicts: readonly string[];
}

/**
 * Copies recorded versions to a catalog elsewhere: only what it lacks, each
 * part verified by its digest, with their history, branches and tags. Killed,
 * it is finished by doing it again. What conflicts is told, and left as it is.
 *
 * @param selection versions (`fraud_detection_v1.0`) and datasets
 * (`fraud_detection`); everything where there is none
 */
export async function replicate(
  from: Catalog,
  to: Catalog,
  selection: readonly string[] = [],
  options: CopyOptions = {},
): Promise<Replicated> {
  const records = await chosen(from, selection);
  const total = {
    partsCopied: 0,
    bytesCopied: 0,
    partsThere: 0,
    bytesThere: 0,
  };
  const versions: string[] = [];
  const conflicts: string[] = [];
  for (const record of records) {
    options.signal?.throwIfAborted();
    const there = await lookUpVersion(to, record);
    if (there && there.digest !== record.digest) {
      conflicts.push(
        `${versionText(record)} has digest ${
          there.digest.slice(0, 12)
        } there, ` +
          `and ${record.digest.slice(0, 12)} here`,
      );
      continue;
    }
    const manifest = await from.manifest(record);
    const copied = await copyVersion(from, to, record, manifest, options);
    for (const key of Object.keys(total) as (keyof typeof total)[]) {
      total[key] += copied[key];
    }
    versions.push(versionText(record));
  }
  const refs: string[] = [];
  for (const name of new Set(records.map((record) => record.name))) {
    for (const kind of ["branches", "tags"] as const) {
      refs.push(...await copyRefs(from, to, name, kind, versions, conflicts));
    }
  }
  return { ...total, versions, refs, conflicts };
}

async function chosen(
  from: Catalog,
  selection: readonly string[],
): Promise<VersionRecord[]> {
  if (selection.length === 0) return await listRecords(from);
  const found = new Map<string, VersionRecord>();
  for (const text of selection) {
    const { name, version } = readVersionName(text);
    const records = version === undefined ? await listRecords(from, name) : [];
    if (records.length === 0) records.push(await needVersion(from, text));
    for (const record of records) found.set(versionText(record), record);
  }
  return [...found.values()];
}

/** Copies the entries that a dataset's branches or tags lack there. */
async function copyRefs(
  from: Catalog,
  to: Catalog,
  name: string,
  kind: RefKind,
  versions: readonly string[],
  conflicts: string[],
): Promise<string[]> {
  const moved: string[] = [];
  for (const { ref, version } of await listRefs(from, name, kind)) {
    // A branch whose version was left out would point to nothing.
    if (!versions.includes(versionText({ name, version }))) continue;
    const theirs = await refHistory(to, name, kind, ref);
    const ours = await refHistory(from, name, kind, ref);
    const apart = theirs.find((entry, k) =>
      k < ours.length && ours[k].version !== entry.version
    );
    if (apart) {
      conflicts.push(
        `${name}@${ref} points to ${apart.version} there, by entry ${apart.number}`,
      );
      continue;
    }
    let added = 0;
    for (const entry of ours.slice(theirs.length)) {
      const key = refKey(name, kind, ref, entry.number);
      if (!await to.putIfAbsent(key, entry)) {
        conflicts.push(`${name}@${ref} was moved there meanwhile`);
        break;
      }
      added++;
    }
    if (added > 0) moved.push(`${name}@${ref}`);
  }
  return moved;
}
