import { ServemarkError } from "../core/errors.ts";
import { concatSamples, type SampleColumns } from "../frames/sample_columns.ts";
import type { Point, RunResult, System } from "../runs/result.ts";
import { listed } from "./words.ts";

/**
 * Several runs on the same data as one, so that one report covers them. Systems
 * of the same name are numbered by run. The first run's objective holds.
 *
 * @throws {ServemarkError} when there is none, or the runs read different data
 */
export function joinResults(results: readonly RunResult[]): RunResult {
  const [first, ...others] = results;
  if (!first) {
    throw new ServemarkError("Cannot report on nothing", {
      remedy: "Give the results of a run: .of(results)",
      exitCode: 2,
    });
  }
  if (others.length === 0) return first;
  for (const other of others) sameData(first, other);
  const ids = results.flatMap((r) => r.systems.map((s) => s.id));
  const clash = (id: string) => ids.indexOf(id) !== ids.lastIndexOf(id);
  const systems: System[] = [];
  const points: Point[] = [];
  const samples: SampleColumns[] = [];
  results.forEach((result, run) => {
    const rename = (id: string) => clash(id) ? `${id} (run ${run + 1})` : id;
    const offset = points.length;
    for (const system of result.systems) {
      systems.push({
        ...system,
        id: rename(system.id),
        title: clash(system.id)
          ? `${system.title}, run ${run + 1}`
          : system.title,
      });
    }
    const indexes = new Map<number, number>();
    result.points.forEach((point, k) => {
      indexes.set(point.index, offset + k);
      points.push({
        ...point,
        index: offset + k,
        system: rename(point.system),
      });
    });
    samples.push(reindexed(result.samples, indexes));
  });
  return {
    ...first,
    name: listed([...new Set(results.map((r) => r.name))]),
    seconds: results.reduce((sum, r) => sum + r.seconds, 0),
    systems,
    points,
    loads: results.flatMap((r) => r.loads),
    samples: concatSamples(samples),
    warnings: [
      ...new Set([
        ...results.flatMap((r) => r.warnings),
        `${results.length} runs are shown together: their systems were not ` +
        `run in turn, so a drift between the runs counts as a difference`,
        ...machines(results),
      ]),
    ],
    cutShort: results.some((r) => r.cutShort),
  };
}

/** Identical data is what a comparison rests on. */
function sameData(a: RunResult, b: RunResult): void {
  const differing = Object.keys(a.dataset.fingerprints).filter((table) =>
    a.dataset.fingerprints[table] !== b.dataset.fingerprints[table]
  );
  if (differing.length === 0 && a.dataset.digest === b.dataset.digest) return;
  throw new ServemarkError("Cannot compare runs on different data", {
    cause: differing.length > 0
      ? `the fingerprints of ${listed(differing.slice(0, 3))}` +
        `${differing.length > 3 ? " and others" : ""} differ`
      : "the datasets' specs differ",
    place: `"${a.name}" (${a.startedAt}) and "${b.name}" (${b.startedAt})`,
    remedy: "Run both on one version of the dataset, or report on each alone",
  });
}

function machines(results: readonly RunResult[]): string[] {
  const all = new Set(
    results.map(({ environment: e }) => `${e.cpu}, ${e.cores} cores, ${e.os}`),
  );
  return all.size > 1
    ? [`The runs were made on different machines: ${listed([...all])}`]
    : [];
}

function reindexed(
  samples: SampleColumns,
  indexes: ReadonlyMap<number, number>,
): SampleColumns {
  return {
    ...samples,
    point: samples.point.slice(0, samples.length)
      .map((index) => indexes.get(index) ?? index),
  };
}
