import type { Catalog } from "../catalog/catalog.ts";
import { lookUpVersion, needVersion } from "../catalog/find_version.ts";
import type { Manifest } from "../catalog/manifest.ts";
import { validateManifest, type Validation } from "../catalog/validate.ts";
import { readVersionName } from "../catalog/version_name.ts";
import { ServemarkError } from "../core/errors.ts";
import { silent, type Watch } from "../core/progress.ts";
import type { Platform } from "../platforms/platform.ts";
import { needManifest } from "./copy_version.ts";

/**
 * Validates a materialised version, or the one draft of that name, by reading
 * all its parts. See {@link validateManifest}.
 *
 * @throws {ServemarkError} where there is nothing of that name
 */
export async function validateVersion(
  catalog: Catalog,
  version: string,
  watch: Watch = {},
): Promise<Validation> {
  const manifest = await findManifest(catalog, version);
  return await validateManifest(catalog, manifest, watch);
}

/** The manifest of a recorded version, or of the only draft of that name. */
export async function findManifest(
  catalog: Catalog,
  text: string,
): Promise<Manifest> {
  const { name, version } = readVersionName(text);
  if (version !== undefined) {
    const record = await lookUpVersion(catalog, { name, version });
    if (record) return await needManifest(catalog, record);
  }
  const drafts = (await catalog.manifests(name)).filter((manifest) =>
    version === undefined || manifest.version === version
  );
  if (drafts.length === 1) return drafts[0];
  if (drafts.length === 0) {
    return await needManifest(catalog, await needVersion(catalog, text));
  }
  throw new ServemarkError(`Cannot tell which ${text} is meant`, {
    cause: `the catalog has ${drafts.length} drafts of this name: ${
      drafts.map((d) => d.digest.slice(0, 12)).join(", ")
    }`,
    place: catalog.uri,
    remedy: `Record one of them: dataset version ${text} --digest ${
      drafts[0].digest.slice(0, 12)
    }`,
    exitCode: 2,
  });
}

/** One table as it stands in a platform. */
export interface PlatformTable {
  readonly table: string;
  readonly expected: string;
  /** `undefined` where the table is missing. */
  readonly found: string | undefined;
}

/** Compares the fingerprints of a version's tables with those that a platform computes of its own. */
export async function validatePlatform(
  manifest: Manifest,
  platform: Platform,
  { signal, progress = silent }: Watch = {},
): Promise<PlatformTable[]> {
  const { tables } = manifest.spec;
  const existing = await platform.existing(tables);
  const step = `Validate ${platform.title}`;
  const found: PlatformTable[] = [];
  for (const [done, table] of tables.entries()) {
    signal?.throwIfAborted();
    const { name } = table;
    const total = tables.length;
    progress({ step, done, total, unit: "tables", detail: name });
    found.push({
      table: name,
      expected: manifest.fingerprints[name],
      found: existing.includes(name)
        ? await platform.fingerprint(table, { signal })
        : undefined,
    });
  }
  const done = tables.length;
  progress({ step, done, total: done, unit: "tables", finished: true });
  return found;
}
