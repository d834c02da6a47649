import type { SampleColumns } from "../frames/sample_columns.ts";
import type { Rounds } from "../metrics/comparison.ts";
import type { Point } from "./result.ts";

/**
 * A point's response times, µs, by round, each round in the order in which its
 * operations were planned: what intervals and verdicts are computed from.
 */
export function roundsOf(samples: SampleColumns, point: Point): Rounds {
  const rows: number[] = [];
  for (let k = 0; k < samples.length; k++) {
    if (samples.point[k] === point.index && samples.part[k] < 0) rows.push(k);
  }
  rows.sort((a, b) => samples.planned[a] - samples.planned[b]);
  return point.rounds.map(({ first, last }) => {
    const own = rows.filter((k) =>
      samples.planned[k] >= first && samples.planned[k] <= last
    );
    return {
      values: Float64Array.from(
        own,
        (k) => samples.done[k] - samples.planned[k],
      ),
      weights: Float32Array.from(own, (k) => samples.weight[k]),
    };
  });
}
