/**
 * A worker that generates ranges of rows into a platform, one a message, until
 * it is terminated.
 *
 * @module
 */
/// <reference lib="deno.worker" />
import { messageOf } from "../core/errors.ts";
import type { Batch } from "../datasets/batch.ts";
import { type Fingerprint, Fingerprinter } from "../datasets/fingerprint.ts";
import { type TableGenerator, tableGenerator } from "../datasets/generator.ts";
import type { DatasetSpec } from "../datasets/spec.ts";
import { openPlatform } from "../platforms/open.ts";
import type {
  LoadStats,
  Platform,
  PlatformSettings,
} from "../platforms/platform.ts";
import type { WorkerReport } from "./ordered_workers.ts";

/** The first message. */
interface Setup {
  readonly spec: DatasetSpec;
  readonly kind: string;
  readonly settings: PlatformSettings;
  /** Whether the rows are to be fingerprinted. */
  readonly fingerprint: boolean;
}

/** Rows to be generated and loaded. */
export interface GenerateJob {
  readonly table: string;
  readonly from: number;
  readonly rows: number;
}

/** What a job came to. */
export interface GenerateReport {
  readonly table: string;
  readonly stats: LoadStats;
  readonly sum?: Fingerprint;
}

/** Rows generated at a time. */
const BATCH_ROWS = 8192;

const scope = self as unknown as DedicatedWorkerGlobalScope;
const generators = new Map<string, TableGenerator>();
let setup: Setup;
let platform: Promise<Platform>;

async function load(job: GenerateJob): Promise<GenerateReport> {
  let generator = generators.get(job.table);
  if (!generator) {
    generators.set(
      job.table,
      generator = tableGenerator(setup.spec, job.table),
    );
  }
  const sum = setup.fingerprint ? new Fingerprinter() : undefined;
  const { table, batch } = generator;
  async function* batches(): AsyncGenerator<Batch> {
    for (let done = 0; done < job.rows; done += BATCH_ROWS) {
      const made = batch(
        job.from + done,
        Math.min(BATCH_ROWS, job.rows - done),
      );
      sum?.add(made);
      yield made;
    }
  }
  const stats = await (await platform).load(table, batches());
  return { table: job.table, stats, sum: sum?.digest() };
}

scope.onmessage = async ({ data }: MessageEvent<Setup | GenerateJob>) => {
  if ("spec" in data) {
    setup = data;
    platform = openPlatform(data.kind, data.settings);
    // Reported by the first job that needs it.
    platform.catch(() => undefined);
    return;
  }
  let report: WorkerReport<GenerateReport>;
  try {
    report = { kind: "done", result: await load(data) };
  } catch (error) {
    report = { kind: "error", message: messageOf(error) };
  }
  scope.postMessage(report);
};
