import { unknownName } from "../core/names.ts";
import type { Catalog } from "./catalog.ts";
import { findRef, listRefs } from "./refs.ts";
import { readVersionName, type VersionName } from "./version_name.ts";
import { findRecord, listRecords, type VersionRecord } from "./versions.ts";

/** The recorded version that a name means: a version, else a tag, else a branch. */
export async function lookUpVersion(
  catalog: Catalog,
  { name, version }: Required<VersionName>,
): Promise<VersionRecord | undefined> {
  const record = await findRecord(catalog, name, version);
  if (record) return record;
  const ref = await findRef(catalog, name, "tags", version) ??
    await findRef(catalog, name, "branches", version);
  return ref && await findRecord(catalog, name, ref.version);
}

/**
 * The recorded version that a text names; a name alone means the one version
 * there is, or the branch `main`.
 *
 * @throws {ServemarkError} listing the recorded versions, branches and tags
 */
export async function needVersion(
  catalog: Catalog,
  text: string,
): Promise<VersionRecord> {
  const { name, version = "main" } = readVersionName(text);
  const record = await lookUpVersion(catalog, { name, version });
  if (record) return record;
  const records = await listRecords(catalog, name);
  if (version === "main" && records.length === 1) return records[0];
  const refs = [
    ...await listRefs(catalog, name, "tags"),
    ...await listRefs(catalog, name, "branches"),
  ];
  const known = [
    ...records.map((r) => `${name}_v${r.version}`),
    ...refs.map(({ ref }) => `${name}@${ref}`),
  ];
  if (known.length > 0) throw unknownName("version", text, known, catalog.uri);
  const names = new Set((await listRecords(catalog)).map((r) => r.name));
  throw unknownName(
    "version",
    text,
    [...names],
    catalog.uri,
  );
}
