import type { Catalog } from "../catalog/catalog.ts";
import { type Manifest, totalRows } from "../catalog/manifest.ts";
import { readTable } from "../catalog/read_table.ts";
import { messageOf, ServemarkError } from "../core/errors.ts";
import { silent, type Watch } from "../core/progress.ts";
import type { Fingerprint } from "../datasets/fingerprint.ts";
import type { TableSchema } from "../datasets/schema.ts";
import type { LoadStats, Platform } from "../platforms/platform.ts";
import type { LoadRecord } from "./load_record.ts";
import { inParallel } from "./parallel.ts";

/** How to import. */
export interface ImportOptions extends Watch {
  /** Tables loaded, and then fingerprinted, at a time. @default 4 */
  parallel?: number;
  /**
   * Keeps what the platform holds where its fingerprints are the dataset's
   * already, instead of loading again.
   * @default false
   */
  reuse?: boolean;
}

/**
 * Loads a materialised dataset into a platform, and proves that it arrived:
 * every table's fingerprint, as computed in the platform, must equal the
 * manifest's. A load that fails or is aborted takes its tables away again;
 * importing anew replaces whatever an earlier one left.
 *
 * @throws {ServemarkError} naming the tables and both fingerprints, where they
 * differ; those tables stay, to be looked at.
 */
export async function importDataset(
  manifest: Manifest,
  catalog: Catalog,
  platform: Platform,
  options: ImportOptions = {},
): Promise<LoadRecord> {
  const { signal, progress = silent, parallel = 4 } = options;
  signal?.throwIfAborted();
  const job: Job = { manifest, catalog, platform, signal, progress, parallel };
  if (options.reuse) {
    const record = await reusable(job);
    if (record) return record;
  }
  const started = performance.now();
  let loads: LoadStats[];
  let loaded: number;
  let finished: number;
  try {
    loads = await load(job);
    loaded = performance.now();
    await index(job);
    finished = performance.now();
  } catch (error) {
    throw await undone(job, error);
  }
  const fingerprints = await fingerprintAll(job, `Verify ${platform.title}`);
  const verified = performance.now();
  compare(job, fingerprints);
  const sum = (of: (stats: LoadStats) => number) =>
    loads.reduce((total, stats) => total + of(stats), 0);
  return {
    platform: platform.name,
    rows: sum((s) => s.rows),
    bytes: sum((s) => s.bytes),
    retried: sum((s) => s.retried),
    loadSeconds: (loaded - started) / 1e3,
    finishSeconds: (finished - loaded) / 1e3,
    fingerprintSeconds: (verified - finished) / 1e3,
    fingerprints,
  };
}

interface Job {
  readonly manifest: Manifest;
  readonly catalog: Catalog;
  readonly platform: Platform;
  readonly signal: AbortSignal | undefined;
  readonly progress: NonNullable<Watch["progress"]>;
  readonly parallel: number;
}

async function load(job: Job): Promise<LoadStats[]> {
  const { manifest, catalog, platform, signal, progress, parallel } = job;
  const { tables } = manifest.spec;
  const step = `Load ${platform.title}`;
  const total = totalRows(manifest.spec);
  let done = 0;
  progress({ step, done, total, unit: "rows" });
  await platform.create(tables, { signal });
  const stats = await inParallel(
    longestFirst(tables),
    parallel,
    async (table, signal) => {
      const onRows = (rows: number) => {
        done += rows;
        progress({ step, done, total, unit: "rows", detail: table.name });
      };
      const batches = readTable(catalog, manifest, table.name);
      const stats = await platform.load(table, batches, { signal, onRows });
      if (stats.rows === table.rows) return stats;
      throw new ServemarkError(`Cannot load ${platform.title}`, {
        cause: `it took ${stats.rows} of ${table.rows} rows`,
        place: `table ${table.name}`,
      });
    },
    signal,
  );
  progress({ step, done: total, total, unit: "rows", finished: true });
  return stats;
}

async function index(job: Job): Promise<void> {
  const { manifest, platform, signal, progress } = job;
  const { tables } = manifest.spec;
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

/** Fingerprints of all tables as they stand in the platform. */
async function fingerprintAll(
  job: Job,
  step: string,
): Promise<Record<string, Fingerprint>> {
  const { manifest, platform, signal, progress, parallel } = job;
  const { tables } = manifest.spec;
  const total = totalRows(manifest.spec);
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
  return Object.fromEntries(
    tables.map(({ name }) => [name, found.get(name)!]),
  );
}

/** A record of the identical tables that the platform holds already, if it does. */
async function reusable(job: Job): Promise<LoadRecord | undefined> {
  const { manifest, platform } = job;
  const { tables } = manifest.spec;
  const existing = await platform.existing(tables);
  if (tables.some(({ name }) => !existing.includes(name))) return undefined;
  const started = performance.now();
  const fingerprints = await fingerprintAll(job, `Check ${platform.title}`);
  if (differences(manifest, fingerprints).length > 0) return undefined;
  return {
    platform: platform.name,
    rows: totalRows(manifest.spec),
    bytes: 0,
    retried: 0,
    loadSeconds: 0,
    finishSeconds: 0,
    fingerprintSeconds: (performance.now() - started) / 1e3,
    fingerprints,
  };
}

function differences(
  { fingerprints: wanted }: Manifest,
  found: Readonly<Record<string, Fingerprint>>,
): string[] {
  return Object.keys(wanted).filter((name) => found[name] !== wanted[name]);
}

function compare(
  { manifest, platform }: Job,
  found: Readonly<Record<string, Fingerprint>>,
): void {
  const different = differences(manifest, found);
  if (different.length === 0) return;
  const lines = different.map((name) =>
    `table ${name}: ${found[name]} in ${platform.title}, ` +
    `${manifest.fingerprints[name]} in the dataset`
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

/** Takes half-loaded tables away; the error to throw for the one that stopped the load. */
async function undone(job: Job, error: unknown): Promise<unknown> {
  const { manifest, platform } = job;
  try {
    await platform.drop(manifest.spec.tables);
    return error;
  } catch (second) {
    if (job.signal?.aborted) return error;
    return new ServemarkError(
      `${messageOf(error)}\n  Also: the half-loaded tables could not be ` +
        "removed; importing again replaces them",
      { error: new AggregateError([error, second]) },
    );
  }
}

function longestFirst(tables: readonly TableSchema[]): TableSchema[] {
  return [...tables].sort((a, b) => b.rows - a.rows);
}
