import type { Catalog } from "../catalog/catalog.ts";
import { openClock } from "../core/clock.ts";
import { messageOf, ServemarkError } from "../core/errors.ts";
import { interruptible } from "../core/interrupt.ts";
import { silent, type Watch } from "../core/progress.ts";
import { concatSamples } from "../frames/sample_columns.ts";
import { measureCeiling } from "../load/ceiling.ts";
import { type Fleet, openFleet } from "../load/fleet.ts";
import type { Platform } from "../platforms/platform.ts";
import { clientsText } from "./clients_text.ts";
import { environment } from "./environment.ts";
import { stopped } from "./stopped.ts";
import { type LoadedSystem, measure, type Measured } from "./measure.ts";
import { mergePoint } from "./merge.ts";
import { prepare, type Prepared } from "./prepare.ts";
import { Results } from "./results.ts";
import type { Ceiling, Plan, Point, RunResult } from "./result.ts";
import { iterationsOfPoint, type RunSpec } from "./run_spec.ts";
import { sharesCores } from "./shared_cores.ts";
import { layOut, type Pass } from "./sweep.ts";

/** How to execute a run. */
export interface ExecuteOptions {
  /** Where datasets are kept: a folder, a store's URI, or an open catalog. @default the user's own */
  catalog?: string | Catalog;
}

/** More workers than this need no machine that runs benchmarks. */
const MOST_WORKERS = 8;

/** Executes a run's plan: see the builder's `execute`. */
export async function execute(
  spec: RunSpec,
  options: ExecuteOptions & Watch,
): Promise<Results> {
  const { catalog, progress = silent } = options;
  const startedAt = new Date();
  const started = performance.now();
  using interrupt = interruptible(stopped, options.signal);
  const { signal } = interrupt;
  const platforms: Platform[] = [];
  const fleets: Fleet[] = [];
  const warnings: string[] = [];
  const workers = spec.workers ??
    Math.min(navigator.hardwareConcurrency, MOST_WORKERS);
  let prepared: Prepared;
  let ceiling: Ceiling;
  let passes: Pass[];
  let measured: Measured;
  try {
    prepared = await prepare(spec, catalog, platforms, { signal, progress });
    ceiling = await engineCeiling(prepared, signal);
    const systems = await openFleets(prepared, workers, fleets, signal);
    passes = layOut(spec, systems.length);
    measured = await measure(passes, systems, spec, signal, progress);
  } catch (error) {
    // What stopped the run is what counts, not what closing then met.
    await closeAll(fleets, platforms);
    if (signal.aborted) throw reasonOf(signal);
    throw error;
  }
  warnings.push(...await closeAll(fleets, platforms));
  const points = pointsOf(spec, prepared, ceiling, passes, measured);
  if (!points.some((p) => p.operations > 0)) {
    throw nothingMeasured(spec, prepared, measured, signal);
  }
  warnings.push(...warningsOf(prepared, measured));
  const samples = concatSamples(
    measured.passes.flatMap((p) => p.records.map((r) => r.samples)),
  );
  const { manifest, systems, loads } = prepared;
  const result: RunResult = {
    schemaVersion: 1,
    name: spec.name,
    startedAt: startedAt.toISOString(),
    seconds: (performance.now() - started) / 1e3,
    dataset: {
      spec: manifest.spec,
      digest: manifest.digest,
      fingerprints: manifest.fingerprints,
    },
    objective: spec.objective,
    plan: planOf(spec, workers),
    systems: systems.map((s) => s.system),
    loads,
    points,
    samples,
    environment: environment(systems.map((s) => s.system.driver)),
    ceiling,
    warnings,
    cutShort: measured.cutShort,
  };
  return new Results(result);
}

/** What the engine itself can do on this workload's shape. */
async function engineCeiling(
  { served, systems }: Prepared,
  signal: AbortSignal,
): Promise<Ceiling> {
  const { workload } = systems[0].system;
  const { spec: dataset } = served.manifest;
  return await measureCeiling({ dataset, workload, signal });
}

/** Starts the workers of every system, all at the same time. */
async function openFleets(
  { served, systems }: Prepared,
  workers: number,
  fleets: Fleet[],
  signal: AbortSignal,
): Promise<LoadedSystem[]> {
  const epoch = openClock()();
  const opened = await Promise.allSettled(
    systems.map(async ({ system, driver }): Promise<LoadedSystem> => {
      const fleet = await openFleet({
        workers,
        signal,
        setup: {
          dataset: served.manifest.spec,
          rows: served.rows,
          driver: driver(),
          workload: system.workload,
          epoch,
        },
      });
      fleets.push(fleet);
      return { system, fleet };
    }),
  );
  return opened.map((one) => {
    if (one.status === "rejected") throw one.reason;
    return one.value;
  });
}

/** Ends workers, then platforms; gives what went wrong in that as sentences. */
async function closeAll(
  fleets: readonly Fleet[],
  platforms: readonly Platform[],
): Promise<string[]> {
  const ends = [
    ...await Promise.allSettled(fleets.map((f) => f.close())),
    ...await Promise.allSettled(platforms.map((p) => p.close())),
  ];
  return ends.flatMap((end) =>
    end.status === "rejected"
      ? [`Closing after the run failed: ${messageOf(end.reason)}`]
      : []
  );
}

/** All points that ran, and those at which a system was lost. */
function pointsOf(
  spec: RunSpec,
  { systems }: Prepared,
  ceiling: Ceiling,
  passes: readonly Pass[],
  { passes: done, lost }: Measured,
): Point[] {
  const first = passes.filter((p) => p.round === 0)
    .sort((a, b) => a.point - b.point);
  return first.flatMap(({ point, system, clients }) => {
    const own = done.filter((d) => d.pass.point === point);
    const loss = lost.get(system);
    const why = loss?.pass.point === point ? loss.why : undefined;
    const operations = own.flatMap((d) => d.records)
      .reduce((n, r) => n + r.operations, 0);
    if (operations === 0 && why === undefined) return [];
    return [mergePoint({
      index: point,
      system: systems[system].system.id,
      clients,
      planned: clients * iterationsOfPoint(spec, clients),
      ceiling: ceiling.operationsPerSecond,
      sharedCores: sharesCores(systems[system].system.facts),
      ...(why === undefined ? {} : { lost: why }),
    }, own)];
  });
}

function warningsOf(
  { systems }: Prepared,
  { lost, cutShort }: Measured,
): string[] {
  const warnings = [...lost].map(([system, { pass, why }]) =>
    `${systems[system].system.title} could not be measured from ` +
    `${clientsText(pass.clients)} on: ${why}`
  );
  if (cutShort) {
    warnings.unshift(
      "The run was cut short: points that are missing were not measured",
    );
  }
  if (systems.some(({ system }) => sharesCores(system.facts))) {
    warnings.push(
      `Client and engines shared this machine's ${navigator.hardwareConcurrency} ` +
        "cores, so each took CPU time from the other",
    );
  }
  return warnings;
}

function nothingMeasured(
  spec: RunSpec,
  { systems }: Prepared,
  { lost }: Measured,
  signal: AbortSignal,
): unknown {
  if (lost.size === 0) return reasonOf(signal);
  const lines = [...lost].map(([system, { why }]) =>
    `${systems[system].system.title}: ${why}`
  );
  return new ServemarkError(`Nothing could be measured by "${spec.name}"`, {
    cause: lines.join("; "),
    remedy: "Correct what the platforms report, and run it again",
  });
}

/** The reason of an abort, as an error with a message. */
function reasonOf(signal: AbortSignal): unknown {
  return signal.reason instanceof ServemarkError ? signal.reason : stopped();
}

function planOf(spec: RunSpec, workers: number): Plan {
  const { clients, iterations, minimum, warmup, rounds, think } = spec;
  return {
    clients,
    iterations,
    minimum,
    warmup,
    rounds,
    think,
    workers,
    loop: "closed",
  };
}
