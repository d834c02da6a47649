import { messageOf, ServemarkError } from "../core/errors.ts";
import { silent, type Watch } from "../core/progress.ts";
import { own } from "../core/records.ts";
import type { Fingerprint } from "../datasets/fingerprint.ts";
import type { TableSchema } from "../datasets/schema.ts";
import type { TableSource } from "../formats/source.ts";
import type { LoadStats, Platform } from "../platforms/platform.ts";
import { isParted } from "./catalog_source.ts";
import { checkImport } from "./check_import.ts";
import { untrue, type Untruth } from "./checked_source.ts";
import type { LoadRecord } from "./load_record.ts";
import { inParallel } from "./parallel.ts";
import { fingerprintSource, watched } from "./watched_rows.ts";

/** How to import. */
export interface ImportOptions extends Watch {
  /** Tables loaded, and then fingerprinted, at a time. @default 4 */
  parallel?: number;
  /**
   * Keeps each table that the platform holds with the source's fingerprint
   * already, instead of loading it again: so a killed import is finished.
   * @default false
   */
  reuse?: boolean;
}

/** An import: what it took, and what it left as it was. */
export interface ImportRecord extends LoadRecord {
  /** Tables that were in the platform already, with the right fingerprints. */
  readonly kept: readonly string[];
}

interface Job {
  readonly source: TableSource;
  readonly platform: Platform;
  readonly signal: AbortSignal | undefined;
  readonly progress: NonNullable<Watch["progress"]>;
  readonly parallel: number;
  /** The source's fingerprints: known before, or found while it is read. */
  readonly wanted: Map<string, Fingerprint>;
}

/**
 * Loads a source's tables into a platform, and proves that they arrived: every
 * table's fingerprint, as computed in the platform, must equal the source's,
 * which is computed on the way where it is not known. A load that fails or is
 * aborted takes away what is not whole; tables that are stay, and importing
 * anew with `reuse` loads only the others.
 *
 * @throws {ServemarkError} naming the tables and both fingerprints, where they
 * differ; those tables stay, to be looked at, unless the source itself has other
 * rows than it says.
 */
export async function importTables(
  source: TableSource,
  platform: Platform,
  options: ImportOptions = {},
): Promise<ImportRecord> {
  const { signal, progress = silent, parallel = 4 } = options;
  signal?.throwIfAborted();
  if (isParted(source) && source.catalog && source.identity) {
    const { name, version } = source.identity;
    const spec = { ...source.spec, tables: source.tables };
    await checkImport({ name, version, spec }, source.catalog, platform);
  }
  const wanted = new Map(Object.entries(source.fingerprints ?? {}));
  const job: Job = { source, platform, signal, progress, parallel, wanted };
  const began = performance.now();
  const kept = options.reuse ? await keptTables(job) : new Map();
  const checked = performance.now();
  const missing = source.tables.filter(({ name }) => !kept.has(name));
  const loads: LoadStats[] = [];
  let loaded = checked;
  let finished = checked;
  if (missing.length > 0) {
    const whole = new Set<string>();
    try {
      loads.push(...await load(job, missing, whole));
      loaded = performance.now();
      await index(job);
      finished = performance.now();
    } catch (error) {
      throw await undone(job, missing.filter((t) => !whole.has(t.name)), error);
    }
    // Whoever was killed between the load and the keys left tables without them.
  } else await platform.finish(source.tables, { signal });
  const found = missing.length > 0
    ? await fingerprintAll(job, missing, `Verify ${platform.title}`)
    : new Map<string, Fingerprint>();
  const verified = performance.now();
  await compare(job, found);
  const sum = (of: (stats: LoadStats) => number) =>
    loads.reduce((total, stats) => total + of(stats), 0);
  const fingerprints = Object.fromEntries(
    source.tables.map(({ name }) => [name, kept.get(name) ?? found.get(name)!]),
  );
  return {
    platform: platform.name,
    rows: rowsOf(Object.values(fingerprints)),
    bytes: sum((s) => s.bytes),
    retried: sum((s) => s.retried),
    loadSeconds: (loaded - checked) / 1e3,
    finishSeconds: (finished - loaded) / 1e3,
    fingerprintSeconds: (checked - began + verified - finished) / 1e3,
    fingerprints,
    kept: [...kept.keys()],
  };
}

/** Rows that fingerprints count. */
export function rowsOf(fingerprints: readonly Fingerprint[]): number {
  return fingerprints.reduce((sum, f) => sum + Number(f.split(":")[0]), 0);
}

async function load(
  job: Job,
  tables: readonly TableSchema[],
  whole: Set<string>,
): Promise<LoadStats[]> {
  const { source, platform, signal, progress, parallel, wanted } = job;
  const step = `Load ${platform.title}`;
  const total = expectedRows(tables);
  let done = 0;
  progress({ step, done, total, unit: "rows" });
  await platform.create(tables, { signal });
  const stats = await inParallel(
    longestFirst(tables),
    parallel,
    async (table, signal) => {
      const onRows = (rows: number) => {
        done += rows;
        progress({
          step,
          done,
          total: Math.max(total, done),
          unit: "rows",
          detail: table.name,
        });
      };
      const rows = watched(source, table, wanted.get(table.name), { signal });
      const stats = await platform.load(table, rows.batches(), {
        signal,
        onRows,
      });
      if (stats.rows !== rows.count()) {
        throw new ServemarkError(`Cannot load ${platform.title}`, {
          cause: `it took ${stats.rows} of ${rows.count()} rows`,
          place: `table ${table.name}`,
        });
      }
      wanted.set(table.name, rows.fingerprint());
      whole.add(table.name);
      return stats;
    },
    signal,
  );
  progress({ step, done, total: done, unit: "rows", finished: true });
  return stats;
}

async function index(job: Job): Promise<void> {
  const { source: { tables }, platform, signal, progress } = job;
  const step = `Index ${platform.title}`;
  const total = tables.length;
  progress({ step, done: 0, total, unit: "tables" });
  await platform.finish(tables, {
    signal,
    // The platform tells of its own steps; here they are one.
    progress: ({ done, total: own, detail }) => {
      const share = own ? Math.min(1, done / own) : 0;
      const tablesDone = Math.floor(share * total);
      progress({ step, done: tablesDone, total, unit: "tables", detail });
    },
  });
  signal?.throwIfAborted();
  progress({ step, done: total, total, unit: "tables", finished: true });
}

/** Fingerprints of tables as they stand in the platform. */
async function fingerprintAll(
  job: Job,
  tables: readonly TableSchema[],
  step: string,
): Promise<Map<string, Fingerprint>> {
  const { platform, signal, progress, parallel } = job;
  const total = expectedRows(tables);
  let done = 0;
  progress({ step, done, total, unit: "rows" });
  const found = new Map<string, Fingerprint>();
  await inParallel(
    longestFirst(tables),
    parallel,
    async (table, signal) => {
      found.set(table.name, await platform.fingerprint(table, { signal }));
      done += table.rows;
      progress({ step, done, total, unit: "rows", detail: table.name });
    },
    signal,
  );
  progress({ step, done: total, total, unit: "rows", finished: true });
  return found;
}

/** The identical tables that the platform holds already, with their fingerprints. */
async function keptTables(job: Job): Promise<Map<string, Fingerprint>> {
  const { source, platform, wanted, signal } = job;
  const kept = new Map<string, Fingerprint>();
  const existing = new Set(await platform.existing(source.tables));
  const there = source.tables.filter(({ name }) => existing.has(name));
  if (there.length === 0) return kept;
  const found = await fingerprintAll(job, there, `Check ${platform.title}`);
  for (const table of there) {
    const { name } = table;
    const held = found.get(name)!;
    // An empty table says nothing that is worth reading the source for.
    if (!wanted.has(name) && held.startsWith("0:")) continue;
    if (!wanted.has(name)) {
      wanted.set(name, await fingerprintSource(source, table, { signal }));
    }
    if (held === wanted.get(name)) kept.set(name, held);
  }
  return kept;
}

async function compare(
  job: Job,
  found: ReadonlyMap<string, Fingerprint>,
): Promise<void> {
  const { source, platform, wanted } = job;
  const different = [...found].filter(([name, f]) => f !== wanted.get(name));
  if (different.length === 0) return;
  const lies = await untruths(job, different.map(([name]) => name));
  if (lies.length > 0) {
    const loaded = source.tables.filter(({ name }) => found.has(name));
    throw await undone(job, loaded, untrue(source, lies));
  }
  const lines = different.map(([name, fingerprint]) =>
    `table ${name}: ${fingerprint} in ${platform.title}, ` +
    `${wanted.get(name)} in the dataset`
  );
  throw new ServemarkError(
    `The data in ${platform.title} is not the data that was loaded`,
    {
      cause: different.length === 1
        ? "a fingerprint differs"
        : `${different.length} fingerprints differ`,
      place: lines.join("\n         "),
      remedy:
        "Make sure that nothing else writes to these tables, and import again",
    },
  );
}

/** The tables whose rows are not what a file says of them; a catalog's are checked as they are read. */
async function untruths(
  { source, signal }: Job,
  names: readonly string[],
): Promise<Untruth[]> {
  const lies: Untruth[] = [];
  if (isParted(source)) return lies;
  for (const table of source.tables) {
    const said = own(source.fingerprints, table.name);
    if (said === undefined || !names.includes(table.name)) continue;
    const read = await fingerprintSource(source, table, { signal });
    if (read !== said) lies.push({ table: table.name, found: read, said });
  }
  return lies;
}

/** Takes half-loaded tables away; the error to throw for the one that stopped the load. */
async function undone(
  { platform, signal }: Job,
  half: readonly TableSchema[],
  error: unknown,
): Promise<unknown> {
  try {
    await platform.drop(half);
    return error;
  } catch (second) {
    if (signal?.aborted) return error;
    return new ServemarkError(
      `${messageOf(error)}\n  Also: the half-loaded tables could not be ` +
        "removed; importing again replaces them",
      { error: new AggregateError([error, second]) },
    );
  }
}

function expectedRows(tables: readonly TableSchema[]): number {
  return tables.reduce((sum, table) => sum + table.rows, 0);
}

function longestFirst(tables: readonly TableSchema[]): TableSchema[] {
  return [...tables].sort((a, b) => b.rows - a.rows);
}
