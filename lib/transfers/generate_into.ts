import { ServemarkError } from "../core/errors.ts";
import { silent, type Watch } from "../core/progress.ts";
import { type Fingerprint, Fingerprinter } from "../datasets/fingerprint.ts";
import type { DatasetSpec } from "../datasets/spec.ts";
import type { Platform, PlatformSettings } from "../platforms/platform.ts";
import type { GenerateJob, GenerateReport } from "./generate_worker.ts";
import { importTables } from "./import_tables.ts";
import type { LoadRecord } from "./load_record.ts";
import { defaultWorkers } from "./materialize.ts";
import { inOrder } from "./ordered_workers.ts";
import { specSource } from "./spec_source.ts";

/** Rows that one load carries: its COPY, say. */
const JOB_ROWS = 1_048_576;

/** How to generate into a platform. */
export interface GenerateIntoOptions extends Watch {
  /** Web Workers that generate and load. @default one for each core, up to 8 */
  workers?: number;
  /**
   * Proves afterwards, by fingerprints, that the platform holds what was
   * generated, and builds keys.
   *
   * @default true
   */
  verify?: boolean;
}

/**
 * Generates a dataset straight into a platform, without storing it in between:
 * each worker makes rows and loads them on a connection of its own. Platforms
 * that workers cannot open are loaded from this thread.
 *
 * @throws {ServemarkError} where a load fails, which takes the tables away
 * again, or where fingerprints differ
 */
export async function generateInto(
  spec: DatasetSpec,
  platform: Platform,
  options: GenerateIntoOptions = {},
): Promise<LoadRecord> {
  const { signal, verify = true } = options;
  const settings = platform.workerSettings?.();
  const source = specSource(spec);
  if (!settings) return await importTables(source, platform, options);
  const began = performance.now();
  await platform.create(spec.tables, { signal });
  let loaded: Loaded;
  try {
    loaded = await loadInWorkers(spec, platform, settings, verify, options);
  } catch (error) {
    await platform.drop(spec.tables);
    throw error;
  }
  const loadSeconds = (performance.now() - began) / 1e3;
  const { rows, bytes, retried, fingerprints } = loaded;
  if (!verify) {
    return {
      platform: platform.name,
      rows,
      bytes,
      retried,
      loadSeconds,
      finishSeconds: 0,
      fingerprintSeconds: 0,
      fingerprints,
    };
  }
  // What is in the platform already, whole, is only checked, and gets its keys.
  const { kept: _, ...record } = await importTables(
    { ...source, fingerprints },
    platform,
    { ...options, reuse: true },
  );
  return {
    ...record,
    bytes: record.bytes + bytes,
    retried: record.retried + retried,
    loadSeconds: record.loadSeconds + loadSeconds,
  };
}

interface Loaded {
  rows: number;
  bytes: number;
  retried: number;
  readonly fingerprints: Record<string, Fingerprint>;
}

async function loadInWorkers(
  spec: DatasetSpec,
  { kind, title }: Platform,
  settings: PlatformSettings,
  fingerprint: boolean,
  { signal, progress = silent, workers = defaultWorkers() }:
    GenerateIntoOptions,
): Promise<Loaded> {
  if (!Number.isSafeInteger(workers) || workers < 1) {
    throw new ServemarkError(`Cannot generate with ${workers} workers`, {
      remedy: "Give a whole number from 1, or none for one for each core",
      exitCode: 2,
    });
  }
  const step = `Generate into ${title}`;
  const total = spec.tables.reduce((sum, table) => sum + table.rows, 0);
  const sums = new Map(spec.tables.map((t) => [t.name, new Fingerprinter()]));
  const loaded: Loaded = { rows: 0, bytes: 0, retried: 0, fingerprints: {} };
  progress({ step, done: 0, total, unit: "rows" });
  const reports = inOrder<unknown, GenerateJob, GenerateReport>(
    () =>
      new Worker(new URL("./generate_worker.ts", import.meta.url), {
        type: "module",
        name: "generate",
      }),
    { spec, kind, settings, fingerprint },
    jobsOf(spec, workers),
    { workers, ahead: 2 * workers, signal },
  );
  for await (const { table, stats, sum } of reports) {
    loaded.rows += stats.rows;
    loaded.bytes += stats.bytes;
    loaded.retried += stats.retried;
    if (sum !== undefined) sums.get(table)!.merge(sum);
    progress({ step, done: loaded.rows, total, unit: "rows", detail: table });
  }
  if (fingerprint) {
    for (const [name, sum] of sums) loaded.fingerprints[name] = sum.digest();
  }
  progress({ step, done: total, total, unit: "rows", finished: true });
  return loaded;
}

/** Equal shares of each table, so that all workers end at about the same time. */
function* jobsOf(spec: DatasetSpec, workers: number): Iterable<GenerateJob> {
  for (const { name, rows } of spec.tables) {
    const jobs = workers * Math.ceil(rows / workers / JOB_ROWS);
    for (let k = 0; k < jobs; k++) {
      const from = Math.floor(rows * k / jobs);
      const to = Math.floor(rows * (k + 1) / jobs);
      if (to > from) yield { table: name, from, rows: to - from };
    }
  }
}
