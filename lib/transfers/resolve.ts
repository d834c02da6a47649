import type { Catalog } from "../catalog/catalog.ts";
import { lookUpVersion } from "../catalog/find_version.ts";
import { isName, isVersion } from "../catalog/layout.ts";
import { versionText } from "../catalog/version_name.ts";
import type { VersionRecord } from "../catalog/versions.ts";
import { type Problem, ServemarkError, throwProblems } from "../core/errors.ts";
import { unknownName } from "../core/names.ts";
import { datasetSpec } from "../datasets/compile.ts";
import { type Domain, listDomains, loadDomain } from "../datasets/domain.ts";
import { isSelection, selectTables } from "../datasets/selection.ts";
import type { DatasetSpec } from "../datasets/spec.ts";
import type { DatasetRequest } from "./dataset_calls.ts";

/** What a request means. */
export interface ResolvedDataset {
  readonly spec: DatasetSpec;
  /** The recorded version that it is, or is some tables of. */
  readonly version?: VersionRecord;
}

/**
 * Finds what a dataset's request means: a version that the catalog has
 * recorded, by its version, tag or branch; else data that was loaded into the
 * catalog; else a dataset of a domain. `tables` and `events` select within a
 * recorded version.
 *
 * @throws {ServemarkError} for unknown names, and where the request says of a
 * recorded version what it is not
 */
export async function resolveDataset(
  request: DatasetRequest,
  catalog: Catalog,
): Promise<ResolvedDataset> {
  const { domain: given, ...options } = splitRef(request);
  const isPath = /[/\\]|\.ya?ml$/.test(given);
  const isDomain = isPath || (await listDomains()).includes(given);
  const domain = isDomain ? await loadDomain(given) : undefined;
  const name = domain?.name ?? given;
  const version = options.version ?? domain?.version ?? "main";
  const record = isName(name) && isVersion(version)
    ? await lookUpVersion(catalog, { name, version })
    : undefined;
  if (record) {
    const own = selectedOr(options, record, domain, isPath);
    return own ?? { spec: datasetSpec(domain!, draftOf(options, version)) };
  }
  if (domain) return { spec: datasetSpec(domain, options) };
  return { spec: await draft(catalog, given, options) };
}

/** `fraud_detection@main` names a branch or a tag; versions that begin with a digit are read before. */
function splitRef(request: DatasetRequest): DatasetRequest {
  const match = /^([^/\\@]+)@([^@]+)$/.exec(request.domain);
  return match && request.version === undefined
    ? { ...request, domain: match[1], version: match[2] }
    : request;
}

type Options = Omit<DatasetRequest, "domain">;

/**
 * The tables of a recorded version that were asked for; `undefined` where no
 * version was named and the settings are others: then a draft is meant.
 */
function selectedOr(
  options: Options,
  record: VersionRecord,
  domain: Domain | undefined,
  isPath: boolean,
): ResolvedDataset | undefined {
  const named = { ...options, version: record.version };
  if (options.version !== undefined || domain === undefined) {
    return selected(named, record, domain, isPath);
  }
  try {
    return selected(named, record, domain, isPath);
  } catch (error) {
    if (error instanceof ServemarkError) return undefined;
    throw error;
  }
}

/** Settings of a dataset that is not the recorded one, and must not bear its name. */
function draftOf(options: Options, version: string): Options {
  return { ...options, version: `${version}-draft` };
}

/** The tables of a recorded version that were asked for. */
function selected(
  options: Options,
  version: VersionRecord,
  domain: Domain | undefined,
  isPath: boolean,
): ResolvedDataset {
  const { tables, events, rows, seed, distribution } = options;
  const says = isPath || rows !== undefined || seed !== undefined ||
    distribution !== undefined;
  if (says && domain) {
    const compiled = attempt(domain, { ...options, version: version.version });
    if (compiled && isSelection(compiled, version.spec)) {
      return { spec: compiled, version };
    }
  }
  conflicts(options, version, isPath);
  return { spec: selectTables(version.spec, { tables, events }), version };
}

function attempt(domain: Domain, options: Options): DatasetSpec | undefined {
  try {
    return datasetSpec(domain, options);
  } catch {
    // What is wrong with them is told by what they conflict with.
    return undefined;
  }
}

/** Refuses settings that a recorded version does not have. */
function conflicts(
  { rows, seed, distribution }: Options,
  { spec, name, version, created }: VersionRecord,
  isPath: boolean,
): void {
  const problems: Problem[] = [];
  const features = spec.tables.filter((table) => !table.events);
  const recorded = features.reduce((sum, table) => sum + table.rows, 0);
  const remedy = "Leave it out, or give the dataset another version";
  const conflict = (place: string, message: string) =>
    problems.push({ place, message, remedy });
  if (rows !== undefined && rows !== recorded) {
    conflict(`.rows(${rows})`, `the version has ${recorded} rows`);
  }
  if (seed !== undefined && seed !== spec.seed) {
    conflict(`.seed(${seed})`, `the version has seed ${spec.seed}`);
  }
  const law = spec.entities.every((e) => e.popularity === 0)
    ? "uniform"
    : "power_law";
  if (distribution !== undefined && distribution !== law) {
    conflict(`.distribution("${distribution}")`, `the version's is ${law}`);
  }
  if (problems.length === 0 && isPath) {
    conflict("the YAML file", "it defines other tables than the version has");
  }
  throwProblems(
    `Cannot change ${versionText({ name, version })}, recorded ${created}`,
    problems,
  );
}

/** Data in the catalog that no domain describes and nobody recorded. */
async function draft(
  catalog: Catalog,
  name: string,
  options: Options,
): Promise<DatasetSpec> {
  const held = isName(name) ? await catalog.manifests(name) : [];
  const found = held.filter((manifest) =>
    options.version === undefined || manifest.version === options.version
  );
  if (found.length === 1) return selectTables(found[0].spec, options);
  const domains = await listDomains();
  const known = held.length > 0
    ? held.map(versionText)
    : [...domains, ...new Set((await catalog.manifests()).map((m) => m.name))];
  const text = options.version === undefined
    ? name
    : versionText({ name, version: options.version });
  throw unknownName("dataset", text, [...new Set(known)], catalog.uri);
}
