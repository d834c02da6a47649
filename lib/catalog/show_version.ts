import type { Fingerprint } from "../datasets/fingerprint.ts";
import type { Catalog } from "./catalog.ts";
import { lookUpVersion } from "./find_version.ts";
import { ancestors } from "./log.ts";
import { listRefs } from "./refs.ts";
import { readVersionName } from "./version_name.ts";
import { listRecords, type VersionRecord } from "./versions.ts";

/** All that a catalog knows of a version. */
export interface ShownVersion {
  readonly record: VersionRecord;
  readonly branches: readonly string[];
  readonly tags: readonly string[];
  /** Versions that it was made of, the nearest first. */
  readonly ancestors: readonly string[];
  /** Absent where it was not materialised. */
  readonly stored?: readonly {
    readonly table: string;
    readonly parts: number;
    readonly bytes: number;
    readonly fingerprint: Fingerprint;
  }[];
}

/** A recorded version, with its names, ancestors and parts; `undefined` where there is none. */
export async function showVersion(
  catalog: Catalog,
  text: string,
): Promise<ShownVersion | undefined> {
  if (/[/\\]|\.ya?ml$/.test(text)) return undefined;
  const { name, version } = readVersionName(text);
  const record = version === undefined
    ? undefined
    : await lookUpVersion(catalog, { name, version });
  if (!record) return undefined;
  const refs = async (kind: "branches" | "tags") =>
    (await listRefs(catalog, name, kind))
      .filter((ref) => ref.version === record.version)
      .map(({ ref }) => ref);
  const records = await listRecords(catalog, name);
  const manifest = await catalog.manifest(record);
  return {
    record,
    branches: await refs("branches"),
    tags: await refs("tags"),
    ancestors: ancestors(records, record.version).map((r) => r.version),
    ...(manifest
      ? {
        stored: Object.entries(manifest.parts).map(([table, parts]) => ({
          table,
          parts: parts.length,
          bytes: parts.reduce((sum, part) => sum + part.bytes, 0),
          fingerprint: manifest.fingerprints[table],
        })),
      }
      : {}),
  };
}
