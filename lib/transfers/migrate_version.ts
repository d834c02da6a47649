import type { Catalog } from "../catalog/catalog.ts";
import type { Manifest } from "../catalog/manifest.ts";
import { versionText } from "../catalog/version_name.ts";
import { ServemarkError } from "../core/errors.ts";
import { silent, type Watch } from "../core/progress.ts";
import type { Fingerprint } from "../datasets/fingerprint.ts";
import type { TableSpec } from "../datasets/spec.ts";
import { evolverOf } from "../platforms/evolve.ts";
import type { Platform } from "../platforms/platform.ts";
import { catalogSource } from "./catalog_source.ts";
import { checkImport } from "./check_import.ts";
import { importTables } from "./import_tables.ts";
import { planTable } from "./plan_migration.ts";

/** How to migrate. */
export interface MigrateOptions extends Watch {
  /** Loads tables anew whose rows cannot be had by changing columns, instead of refusing. @default false */
  reload?: boolean;
  /** Drops tables that the new version has not. @default false */
  drop?: boolean;
}

/** What a migration did, by table. */
export interface Migrated {
  /** Changed where they stood. */
  readonly evolved: readonly string[];
  readonly kept: readonly string[];
  /** Loaded, as they are new or their rows are others. */
  readonly loaded: readonly string[];
  readonly dropped: readonly string[];
  /** Tables that the new version has not, and that stay. */
  readonly left: readonly string[];
  /** Table name → fingerprint, as computed in the platform. */
  readonly fingerprints: Readonly<Record<string, Fingerprint>>;
}

/**
 * Turns the tables of one version, as a platform holds them, into those of
 * another one: by changing columns, and filling in values, where the keys are
 * the same; nothing is loaded that is there. Fingerprints are compared before
 * and after.
 *
 * @throws {ServemarkError} before anything is changed, where the platform does
 * not hold the old version, or where a table would have to be loaded anew,
 * with the reason; afterwards, where a fingerprint differs
 */
export async function migrateVersion(
  catalog: Catalog,
  platform: Platform,
  from: Manifest,
  to: Manifest,
  options: MigrateOptions = {},
): Promise<Migrated> {
  const { signal, progress = silent } = options;
  await checkImport(to, catalog, platform);
  const plans = to.spec.tables.map((after) =>
    planTable(from.spec, to, after, catalog)
  );
  const evolver = await evolverOf(platform);
  const reloads = plans.flatMap(({ table, evolution, reason }) => {
    if (reason !== undefined) return [{ table, reason }];
    return evolution && !evolver
      ? [{ table, reason: noEvolver(platform) }]
      : [];
  });
  if (reloads.length > 0 && !options.reload) {
    throw refusal(platform, to, reloads);
  }
  const done = await checkHeld(platform, from, to, signal);

  const reloaded = new Set(reloads.map(({ table }) => table));
  const loaded = plans.filter(({ table, isNew }) =>
    (isNew || reloaded.has(table)) && !done.has(table)
  ).map(({ table }) => table);
  const evolved = plans.filter(({ table, evolution }) =>
    evolution && !loaded.includes(table) && !done.has(table)
  );
  const step = `Change ${platform.title}`;
  const total = evolved.length;
  for (const [done, { table, evolution }] of evolved.entries()) {
    signal?.throwIfAborted();
    progress({ step, done, total, unit: "tables", detail: table });
    await evolver!(platform, evolution!, { signal });
  }
  progress({ step, done: total, total, unit: "tables", finished: true });
  if (loaded.length > 0) {
    const source = catalogSource(catalog, to, { tables: loaded });
    await importTables(source, platform, { signal, progress });
  }
  const changed = evolved.map(({ table }) => table);
  await platform.finish(
    to.spec.tables.filter(({ name }) => changed.includes(name)),
    { signal },
  );
  const gone = from.spec.tables.filter(({ name }) =>
    !to.spec.tables.some((table) => table.name === name)
  );
  if (options.drop) await platform.drop(gone);
  const fingerprints: Record<string, Fingerprint> = {};
  for (const table of to.spec.tables) {
    fingerprints[table.name] = await platform.fingerprint(table, { signal });
  }
  const wrong = Object.keys(fingerprints)
    .filter((name) => fingerprints[name] !== to.fingerprints[name]);
  if (wrong.length > 0) throw differs(platform, to, wrong);
  const names = gone.map(({ name }) => name);
  return {
    evolved: changed,
    kept: plans.map(({ table }) => table).filter((name) =>
      !changed.includes(name) && !loaded.includes(name)
    ),
    loaded,
    dropped: options.drop ? names : [],
    left: options.drop ? [] : names,
    fingerprints,
  };
}

function noEvolver({ title }: Platform): string {
  return `${title} has no statement that changes a table's columns: every ` +
    "row would be written anew, as a load does";
}

function refusal(
  platform: Platform,
  to: Manifest,
  reloads: readonly { table: string; reason: string }[],
): ServemarkError {
  return new ServemarkError(
    `Cannot migrate ${platform.title} to ${versionText(to)} without loading ` +
      (reloads.length === 1 ? "a table anew" : `${reloads.length} tables anew`),
    {
      place: reloads.map(({ table, reason }) => `table ${table}: ${reason}`)
        .join("\n         "),
      remedy: "Load these tables anew with --reload, or import the version",
      exitCode: 2,
    },
  );
}

/** Refuses to change what is not the old version; gives the tables that are the new one's already. */
async function checkHeld(
  platform: Platform,
  from: Manifest,
  to: Manifest,
  signal: AbortSignal | undefined,
): Promise<Set<string>> {
  const existing = await platform.existing(to.spec.tables);
  const done = new Set<string>();
  const wrong: string[] = [];
  for (const after of to.spec.tables) {
    const { name } = after;
    const before = from.spec.tables.find((table) => table.name === name);
    if (!existing.includes(name)) {
      if (before) wrong.push(`${name} is missing`);
      continue;
    }
    const is = async (table: TableSpec, { fingerprints }: Manifest) =>
      !await isOther(platform, table, fingerprints[name], signal);
    // What a stopped migration has finished.
    if (before && await is(before, from)) continue;
    if (await is(after, to)) done.add(name);
    else if (before) wrong.push(`${name} has other rows or columns`);
  }
  if (wrong.length === 0) return done;
  throw new ServemarkError(
    `Cannot migrate ${platform.title} from ${versionText(from)}`,
    {
      cause: "it does not hold this version",
      place: wrong.map((text) => `table ${text}`).join("\n         "),
      remedy: `Import the version: dataset import ${versionText(to)}`,
    },
  );
}

async function isOther(
  platform: Platform,
  table: TableSpec,
  wanted: Fingerprint,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  try {
    return await platform.fingerprint(table, { signal }) !== wanted;
  } catch (error) {
    // 42703: a column is not there.
    if (signal?.aborted || !/column .* does not exist/.test(String(error))) {
      throw error;
    }
    return true;
  }
}

function differs(
  platform: Platform,
  to: Manifest,
  tables: readonly string[],
): ServemarkError {
  return new ServemarkError(
    `${platform.title} does not hold ${versionText(to)} after the migration`,
    {
      cause: tables.length === 1
        ? "a fingerprint differs"
        : `${tables.length} fingerprints differ`,
      place: tables.map((name) => `table ${name}`).join(", "),
      remedy:
        "Make sure that nothing else writes to these tables, and import " +
        "the version anew",
    },
  );
}
