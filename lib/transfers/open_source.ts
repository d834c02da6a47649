import { type Catalog, openCatalog } from "../catalog/catalog.ts";
import { lookUpVersion } from "../catalog/find_version.ts";
import { isName, isVersion } from "../catalog/layout.ts";
import type { Manifest } from "../catalog/manifest.ts";
import { readVersionName } from "../catalog/version_name.ts";
import type { VersionRecord } from "../catalog/versions.ts";
import { ServemarkError } from "../core/errors.ts";
import type { Watch } from "../core/progress.ts";
import type { TableSchema } from "../datasets/schema.ts";
import { openFormat } from "../formats/formats.ts";
import type { TableSource } from "../formats/source.ts";
import { schemeOf } from "../stores/split_uri.ts";
import type { StoreOptions } from "../stores/store.ts";
import { catalogSource } from "./catalog_source.ts";
import { dataset } from "./dataset.ts";
import { findFormat, isHere, KNOWN, namesPlace } from "./find_format.ts";
import { incrementSource } from "./increment_source.ts";
import { specSource } from "./spec_source.ts";
import { chosenTables, type TableChoice } from "./table_choice.ts";

/** How a source is opened. */
export interface OpenSourceOptions extends Watch {
  /** The first n tables, or some by name. @default all */
  readonly tables?: TableChoice;
  /** Where datasets are looked up by name. @default the user's own catalog */
  readonly catalog?: string | Catalog;
  /** PostgreSQL's schema. @default the only one that holds tables */
  readonly schema?: string;
  /** The format's name, where the place does not tell it. */
  readonly format?: string;
  /** Schemas that are known already, in place of what would be inferred. */
  readonly schemas?: readonly TableSchema[];
  /** Told of each request to a store. */
  readonly onRequest?: StoreOptions["onRequest"];
}

/**
 * Opens whatever holds tables: a dataset of the catalog by its name (generated
 * on the fly where the catalog does not have it), a file or folder in a known
 * format, a live PostgreSQL or DynamoDB.
 *
 * @throws {ServemarkError} for what is none of these; it lists what is known
 */
export async function openSource(
  where: string,
  options: OpenSourceOptions = {},
): Promise<TableSource> {
  switch (schemeOf(where)) {
    case "postgres":
    case "postgresql": {
      const { openPostgresSource } = await import(
        "../platforms/postgres/source.ts"
      );
      const { schema, schemas: tables, signal } = options;
      return choose(
        await openPostgresSource(where, { schema, tables, signal }),
        options.tables,
      );
    }
    case "dynamodb":
      return choose(
        await platformSource("dynamodb", where, options),
        options.tables,
      );
  }
  if (namesPlace(where) || options.format !== undefined) {
    return await placedSource(where, options);
  }
  return await namedSource(where, options);
}

/** A file or a folder. */
async function placedSource(
  where: string,
  options: OpenSourceOptions,
): Promise<TableSource> {
  const { format, place } = await findFormat(where, options.format, {
    onRequest: options.onRequest,
  });
  if (format === "increment") {
    const catalog = await catalogOf(options.catalog);
    return choose(await incrementSource(place, catalog), options.tables);
  }
  const reader = await openFormat(options.format ?? format);
  const source = await reader.open(place, {
    name: where,
    tables: options.schemas,
    signal: options.signal,
  });
  return choose(source, options.tables);
}

/** A dataset by name: a recorded version, else what is materialised, else from its spec. */
async function namedSource(
  name: string,
  options: OpenSourceOptions,
): Promise<TableSource> {
  const { catalog: where, tables } = options;
  const catalog = await catalogOf(where);
  const recorded = await recordOf(catalog, name);
  const manifest = recorded
    ? await catalog.manifest(recorded)
    : await manifestOf(catalog, name);
  if (manifest) return catalogSource(catalog, manifest, { tables });
  if (recorded) return specSource(recorded.spec, { tables });
  try {
    return specSource(await dataset(name).spec(), { tables });
  } catch (error) {
    if (!(error instanceof ServemarkError)) throw error;
    if (await isHere(name)) return await placedSource(name, options);
    throw new ServemarkError(`Cannot find the dataset "${name}"`, {
      cause: "the catalog does not hold it, and no domain makes it",
      place: catalog.uri,
      remedy: KNOWN,
      exitCode: 2,
      error,
    });
  }
}

/** A version, tag or branch that the catalog has recorded. */
async function recordOf(
  catalog: Catalog,
  text: string,
): Promise<VersionRecord | undefined> {
  const { name, version = "main" } = readVersionName(text);
  return isName(name) && isVersion(version)
    ? await lookUpVersion(catalog, { name, version })
    : undefined;
}

async function catalogOf(
  where: string | Catalog | undefined,
): Promise<Catalog> {
  return where === undefined || typeof where === "string"
    ? await openCatalog(where)
    : where;
}

/** The materialised dataset of a name, with its version; the only one of the name without. */
async function manifestOf(
  catalog: Catalog,
  text: string,
): Promise<Manifest | undefined> {
  const { domain, version } = dataset(text).toJSON();
  const found = (await catalog.manifests(domain))
    .filter((m) => version === undefined || m.version === version);
  if (found.length <= 1) return found[0];
  throw new ServemarkError(`Cannot tell which "${text}" is meant`, {
    cause: `the catalog holds ${found.length}: ${
      found.map((m) => `${m.name}_v${m.version} (${m.digest.slice(0, 12)})`)
        .join(", ")
    }`,
    place: catalog.uri,
    remedy: "Give the version too, or publish the one that is meant",
    exitCode: 2,
  });
}

/** A source on a platform that is opened for it, and closed with it. */
async function platformSource(
  kind: string,
  uri: string,
  options: OpenSourceOptions,
): Promise<TableSource> {
  const { openPlatform } = await import("../platforms/open.ts");
  const platform = await openPlatform(kind, { uri }, options);
  try {
    const source = await platform.source!(options.schemas, options);
    return {
      ...source,
      read: (table, how) => source.read(table, how),
      close: async () => {
        await source.close();
        await platform.close();
      },
    };
  } catch (error) {
    await platform.close();
    throw error;
  }
}

/** A source with some of its tables. */
function choose(
  source: TableSource,
  choice: TableChoice | undefined,
): TableSource {
  if (choice === undefined) return source;
  const tables = chosenTables(source.tables, choice);
  return {
    name: source.name,
    tables,
    identity: source.identity,
    fingerprints: source.fingerprints,
    notes: source.notes,
    read: (table, options) => source.read(table, options),
    close: () => source.close(),
  };
}
