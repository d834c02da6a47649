import { type Catalog, openCatalog } from "../catalog/catalog.ts";
import { needVersion } from "../catalog/find_version.ts";
import { type MetadataOptions, versionMetadata } from "../catalog/metadata.ts";
import { catalogPlace } from "../catalog/named.ts";
import { addTag } from "../catalog/refs.ts";
import { findRecord, type VersionRecord } from "../catalog/versions.ts";
import {
  type CopyOptions,
  type CopyRecord,
  copyVersion,
  needManifest,
} from "./copy_version.ts";

/** How a version is published. */
export interface PublishOptions extends CopyOptions, MetadataOptions {
  /** A tag that it gets there. */
  readonly tag?: string;
}

/** A published version. */
export interface Published extends CopyRecord {
  readonly record: VersionRecord;
  /** The catalog's URI. */
  readonly to: string;
  /** The parent's version, where it is there too: what this one could share parts with. */
  readonly parent?: string;
}

/**
 * Publishes a recorded, materialised version: uploads the parts that the other
 * catalog lacks, and records the version there with its metadata. Publishing
 * the same version again finishes what was interrupted, and changes nothing
 * else. Of two who publish different datasets under one name, one wins.
 *
 * @param target `public`, `internal`, or a catalog's path or URI
 * @throws {ServemarkError} for a version that is not recorded or not
 * materialised, and where another dataset has its name there
 */
export async function publishVersion(
  catalog: Catalog,
  version: string,
  target: string | Catalog,
  options: PublishOptions = {},
): Promise<Published> {
  const to = typeof target === "string"
    ? await openCatalog(catalogPlace(target))
    : target;
  const own = await needVersion(catalog, version);
  const manifest = await needManifest(catalog, own);
  const metadata = await versionMetadata(catalog, manifest, options);
  const record = { ...own, metadata };
  const copied = await copyVersion(catalog, to, record, manifest, options);
  const { name } = record;
  if (options.tag) await addTag(to, name, options.tag, record.version);
  const parent = own.parent !== undefined &&
      await findRecord(to, name, own.parent)
    ? { parent: own.parent }
    : {};
  const kept = await findRecord(to, name, record.version);
  return { record: kept ?? record, to: to.uri, ...parent, ...copied };
}
