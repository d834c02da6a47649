import { ServemarkError } from "../core/errors.ts";
import { checkSpec } from "../datasets/check_spec.ts";
import { specDigest } from "../datasets/digest.ts";
import type { NamedChange } from "../datasets/changes/change.ts";
import type { SchemaChange } from "../datasets/evolution.ts";
import { isSelection } from "../datasets/selection.ts";
import type { DatasetSpec } from "../datasets/spec.ts";
import type { Catalog } from "./catalog.ts";
import { readDocument } from "./documents.ts";
import { isName, isVersion, versionFolder, versionKey } from "./layout.ts";

/** What a published version tells those who think of importing it. */
export interface VersionMetadata {
  readonly rows: number;
  readonly tables: number;
  /** Of all parts, as stored. */
  readonly compressedBytes: number;
  /** Of all rows, as PostgreSQL's COPY text: an estimate from a sample. */
  readonly uncompressedBytes: number;
  readonly restore: {
    readonly seconds: number;
    /** What the estimate assumes. */
    readonly rowsPerSecond: number;
    readonly assumption: string;
  };
  /** Platforms, by type, that can hold every column. */
  readonly platforms: readonly string[];
  /** What the publisher adds: an owner, a licence. */
  readonly notes?: Readonly<Record<string, string>>;
}

/** One version of a dataset: written once, never changed. */
export interface VersionRecord {
  readonly schemaVersion: 1;
  readonly name: string;
  readonly version: string;
  /** Of the spec. */
  readonly digest: string;
  readonly spec: DatasetSpec;
  /** The version that this one was made of. */
  readonly parent?: string;
  /** When it was recorded, ISO 8601. */
  readonly created: string;
  readonly message: string;
  /** The named changes that made it of its parent. */
  readonly changes: readonly NamedChange[];
  /** How its schema differs from its parent's. */
  readonly evolution: readonly SchemaChange[];
  readonly metadata?: VersionMetadata;
}

/** What {@link recordVersion} records beside the spec. */
export interface RecordOptions {
  readonly parent?: string;
  readonly message?: string;
  readonly changes?: readonly NamedChange[];
  readonly evolution?: readonly SchemaChange[];
  readonly metadata?: VersionMetadata;
}

/**
 * Records a version, once and for all: of several at once, one wins. Recording
 * the same spec again changes nothing, and gives the first record.
 *
 * @throws {ServemarkError} when another spec has the version's name already,
 * or when the parent is not recorded
 */
export async function recordVersion(
  catalog: Catalog,
  spec: DatasetSpec,
  options: RecordOptions = {},
): Promise<VersionRecord> {
  const { parent, message = "", changes = [], evolution = [] } = options;
  if (
    parent !== undefined &&
    await findRecord(catalog, spec.name, parent) === undefined
  ) {
    throw new ServemarkError(`Cannot record ${spec.name}_v${spec.version}`, {
      cause: `its parent ${spec.name}_v${parent} is not recorded`,
      place: catalog.uri,
      remedy: `Record it first: dataset version ${spec.name}_v${parent}`,
      exitCode: 2,
    });
  }
  return await addRecord(catalog, {
    schemaVersion: 1,
    name: spec.name,
    version: spec.version,
    digest: specDigest(spec),
    spec,
    ...(parent === undefined ? {} : { parent }),
    created: new Date().toISOString(),
    message,
    changes,
    evolution,
    ...(options.metadata ? { metadata: options.metadata } : {}),
  });
}

/** Writes a record as it is, unless its name is taken; {@link recordVersion} makes one. */
export async function addRecord(
  catalog: Catalog,
  record: VersionRecord,
): Promise<VersionRecord> {
  const { name, version } = record;
  checkRecord(record);
  if (await catalog.putIfAbsent(versionKey(name, version), record)) {
    return record;
  }
  const first = await findRecord(catalog, name, version);
  if (first?.digest === record.digest) return first;
  throw taken(catalog, record, first);
}

/** A recorded version, or `undefined`. */
export async function findRecord(
  catalog: Catalog,
  name: string,
  version: string,
): Promise<VersionRecord | undefined> {
  if (!isName(name) || !isVersion(version)) return undefined;
  const key = versionKey(name, version);
  return await readDocument(catalog.store, key, (value) => {
    const record = checkRecord(value);
    if (record.name === name && record.version === version) return record;
    throw new Error(`it is of ${record.name}_v${record.version}`);
  });
}

/** All recorded versions, the oldest first; only those of a name where one is given. */
export async function listRecords(
  catalog: Catalog,
  name?: string,
): Promise<VersionRecord[]> {
  const found: VersionRecord[] = [];
  for await (const { key } of catalog.store.list(versionFolder(name))) {
    const [, of, version] = /^versions\/([^/]+)\/([^/]+)\.json$/.exec(key) ??
      [];
    const record = of && await findRecord(catalog, of, version);
    if (record) found.push(record);
  }
  return found.sort((a, b) =>
    a.created < b.created ? -1 : a.created > b.created ? 1 : 0
  );
}

/** Refuses to keep a dataset under the name of a recorded version that is another. */
export async function checkNotTaken(
  catalog: Catalog,
  spec: DatasetSpec,
): Promise<VersionRecord | undefined> {
  const { name, version } = spec;
  const first = await findRecord(catalog, name, version);
  if (first === undefined || isSelection(spec, first.spec)) return first;
  throw taken(catalog, { name, version, digest: specDigest(spec) }, first);
}

function taken(
  catalog: Catalog,
  late: { name: string; version: string; digest: string },
  first: VersionRecord | undefined,
): ServemarkError {
  const id = `${late.name}_v${late.version}`;
  return new ServemarkError(`Cannot keep another dataset as ${id}`, {
    cause: first
      ? `${id} was recorded ${first.created} with digest ` +
        `${first.digest.slice(0, 12)}, and this one has ${
          late.digest.slice(0, 12)
        }`
      : "it was recorded and removed at the same time",
    place: catalog.uri,
    remedy: "Give this one another version: a version never changes",
  });
}

function checkRecord(value: unknown): VersionRecord {
  const record = value as VersionRecord;
  if (!record || typeof record !== "object" || record.schemaVersion !== 1) {
    throw new Error("its schemaVersion is not 1");
  }
  const spec = checkSpec(record.spec);
  if (record.name !== spec.name || record.version !== spec.version) {
    throw new Error("its name and version are not its spec's");
  }
  if (!isName(record.name)) throw new Error("its name cannot be used");
  if (!isVersion(record.version)) throw new Error("its version cannot be used");
  if (record.digest !== specDigest(spec)) {
    throw new Error("its digest is not its spec's");
  }
  if (record.parent !== undefined && !isVersion(record.parent)) {
    throw new Error("its parent cannot be used");
  }
  if (!/^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(record.created)) {
    throw new Error("it does not say when it was recorded");
  }
  if (
    typeof record.message !== "string" || !Array.isArray(record.changes) ||
    !Array.isArray(record.evolution)
  ) throw new Error("its message or its changes are missing");
  return record;
}
