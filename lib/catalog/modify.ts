import type { NamedChange } from "../datasets/changes/change.ts";
import { applyChanges } from "../datasets/changes/changes.ts";
import { scaleSpec } from "../datasets/changes/scale.ts";
import { schemaEvolution } from "../datasets/evolution.ts";
import type { DatasetSpec } from "../datasets/spec.ts";
import { ServemarkError } from "../core/errors.ts";
import type { Catalog } from "./catalog.ts";
import { needVersion } from "./find_version.ts";
import { readVersionName } from "./version_name.ts";
import { recordVersion, type VersionRecord } from "./versions.ts";

/** What is told of a new version. */
export interface DeriveOptions {
  readonly message?: string;
}

/**
 * Records a version that is another one with named changes applied. Nothing is
 * generated: tables that did not change share their parts once it is.
 *
 * @param from a recorded version: `fraud_detection_v1.0`, or a branch or tag
 * @param to the new version's name: `fraud_detection_v1.1`
 * @throws {ServemarkError} for unknown changes, tables and columns, for
 * parameters out of range, and where `to` is recorded already as another
 */
export async function modifyVersion(
  catalog: Catalog,
  from: string,
  to: string,
  changes: readonly NamedChange[],
  options: DeriveOptions = {},
): Promise<VersionRecord> {
  const parent = await needVersion(catalog, from);
  const version = newVersion(parent, to);
  const made = await applyChanges(parent.spec, version, changes);
  return await derived(catalog, parent, made.spec, made.changes, {
    message: options.message ??
      made.changes.map(({ change }) => change).join(", "),
  });
}

/**
 * Records a version that has `factor` times the keys and rows of another one,
 * whose rows come first wherever the laws allow. Nothing is generated.
 *
 * @throws {ServemarkError} for a factor that cannot be, and where `to` is
 * recorded already as another
 */
export async function scaleVersion(
  catalog: Catalog,
  from: string,
  to: string,
  factor: number,
  options: DeriveOptions = {},
): Promise<VersionRecord> {
  const parent = await needVersion(catalog, from);
  const spec = scaleSpec(parent.spec, newVersion(parent, to), factor);
  const changes = [{ change: "scale", factor }];
  const { message = `scaled by ${factor}` } = options;
  return await derived(catalog, parent, spec, changes, { message });
}

function derived(
  catalog: Catalog,
  parent: VersionRecord,
  spec: DatasetSpec,
  changes: readonly NamedChange[],
  { message }: { message: string },
): Promise<VersionRecord> {
  return recordVersion(catalog, spec, {
    parent: parent.version,
    message,
    changes,
    evolution: schemaEvolution(parent.spec, spec),
  });
}

/** The version in a new version's name, which must be of the same dataset. */
function newVersion(parent: VersionRecord, to: string): string {
  const { name, version } = readVersionName(to);
  if (name === parent.name && version !== undefined) {
    if (version !== parent.version) return version;
  }
  throw new ServemarkError(`Cannot make ${to} of ${parent.name}`, {
    cause: name !== parent.name
      ? `a version of ${name} is none of ${parent.name}`
      : version === undefined
      ? "it names no version"
      : "it is the version itself",
    remedy: `Name another version: ${parent.name}_v1.1`,
    exitCode: 2,
  });
}
