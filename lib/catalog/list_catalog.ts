import type { Catalog } from "./catalog.ts";
import { type Manifest, totalBytes, totalRows } from "./manifest.ts";
import { listRecords, type VersionRecord } from "./versions.ts";

/** One dataset that a catalog has. */
export interface Listed {
  readonly name: string;
  readonly version: string;
  readonly digest: string;
  readonly rows: number;
  readonly tables: number;
  /** Stored bytes; `undefined` where it was not materialised. */
  readonly bytes?: number;
  /** Undefined for drafts, which were materialised and not recorded. */
  readonly record?: VersionRecord;
  readonly manifest?: Manifest;
}

/** All versions and drafts of a catalog, by name and version. */
export async function listCatalog(
  catalog: Catalog,
  name?: string,
): Promise<Listed[]> {
  const manifests = await catalog.manifests(name);
  const records = await listRecords(catalog, name);
  const listed = records.map((record) =>
    entry(record.spec, record.digest, {
      record,
      manifest: manifests.find(({ digest }) => digest === record.digest),
    })
  );
  const known = new Set(records.map(({ digest }) => digest));
  for (const manifest of manifests) {
    if (known.has(manifest.digest)) continue;
    listed.push(entry(manifest.spec, manifest.digest, { manifest }));
  }
  const sortName = ({ name, version }: Listed) => `${name} ${version}`;
  return listed.sort((a, b) =>
    sortName(a).localeCompare(sortName(b), "en", { numeric: true }) ||
    a.rows - b.rows
  );
}

function entry(
  spec: VersionRecord["spec"],
  digest: string,
  of: Pick<Listed, "record" | "manifest">,
): Listed {
  const { record, manifest } = of;
  return {
    name: spec.name,
    version: spec.version,
    digest,
    rows: totalRows(spec),
    tables: spec.tables.length,
    ...(manifest ? { bytes: totalBytes(manifest), manifest } : {}),
    ...(record ? { record } : {}),
  };
}
