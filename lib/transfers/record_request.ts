import type { Catalog } from "../catalog/catalog.ts";
import { lookUpVersion } from "../catalog/find_version.ts";
import { isName, isVersion } from "../catalog/layout.ts";
import { readVersionName, versionText } from "../catalog/version_name.ts";
import {
  type RecordOptions,
  recordVersion,
  type VersionRecord,
} from "../catalog/versions.ts";
import { ServemarkError } from "../core/errors.ts";
import { formatCount } from "../core/sizes.ts";
import type { DatasetSpec } from "../datasets/spec.ts";
import { type DatasetRequest, readName } from "./dataset_calls.ts";
import { resolveDataset } from "./resolve.ts";

/** Which of several drafts is recorded, and with what. */
export interface RecordRequestOptions extends RecordOptions {
  /** The beginning of a draft's digest. */
  readonly digest?: string;
}

/**
 * Records what a request means as a version: what the catalog holds under its
 * name already, if it is one thing; else the domain's dataset. What is recorded
 * already is given as it is.
 *
 * @throws {ServemarkError} where several datasets were materialised under the
 * name and none was chosen, and where another one is recorded
 */
export async function recordRequest(
  catalog: Catalog,
  request: DatasetRequest,
  options: RecordRequestOptions = {},
): Promise<VersionRecord> {
  const { digest, ...record } = options;
  const { domain: _, version: _v, ...settings } = request;
  const resolved = await resolveDataset(request, catalog);
  if (resolved.version) return resolved.version;
  const says = Object.values(settings).some((value) => value !== undefined);
  const spec = says && digest === undefined
    ? resolved.spec
    : await drafted(catalog, resolved.spec, digest);
  return await recordVersion(catalog, spec, record);
}

/** A version by its name, recorded now where it was not. */
export async function ensureRecorded(
  catalog: Catalog,
  text: string,
): Promise<VersionRecord> {
  const { name, version } = readVersionName(text);
  if (version !== undefined && isName(name) && isVersion(version)) {
    const record = await lookUpVersion(catalog, { name, version });
    if (record) return record;
  }
  return await recordRequest(catalog, readName(text));
}

/** The one dataset that was materialised under a name; the one given where there is none. */
async function drafted(
  catalog: Catalog,
  spec: DatasetSpec,
  digest: string | undefined,
): Promise<DatasetSpec> {
  const drafts = await catalog.manifests(spec.name, spec.version);
  const chosen = digest === undefined
    ? drafts
    : drafts.filter((draft) => draft.digest.startsWith(digest));
  if (chosen.length === 1) return chosen[0].spec;
  const what = `Cannot tell which dataset is to be ${versionText(spec)}`;
  const lines = drafts.map((draft) => {
    const rows = draft.spec.tables.reduce((sum, table) => sum + table.rows, 0);
    return `${draft.digest.slice(0, 12)}  ${formatCount(rows)} rows, ` +
      `${draft.spec.tables.length} tables`;
  });
  if (drafts.length === 0 && digest === undefined) return spec;
  throw new ServemarkError(what, {
    cause: drafts.length === 0
      ? "none was materialised under this name"
      : `${drafts.length} were materialised under this name`,
    place: lines.join("\n         ") || catalog.uri,
    remedy: "Choose one by the beginning of its digest: --digest " +
      (drafts[0]?.digest.slice(0, 12) ?? "…"),
    exitCode: 2,
  });
}
