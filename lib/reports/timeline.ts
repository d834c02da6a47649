import type { SecondPoint } from "../charts/latency_by_second.ts";
import { valueAt } from "../metrics/percentiles.ts";
import { spoiling } from "../metrics/validity.ts";
import type { RunResult } from "../runs/result.ts";

/** Every second of a run in which a system answered: what its timeline is drawn from. */
export function secondsOf(result: RunResult): SecondPoint[] {
  return result.points.flatMap((point) => {
    const invalid = spoiling(point.reasons, "latency").length > 0;
    let stretch = 0;
    let last = -Infinity;
    return [...point.seconds].sort((a, b) => a.second - b.second)
      .map(({ second, response }): SecondPoint => {
        // Rounds of one point are apart by at least another point's turn.
        if (second > last + 1) stretch++;
        last = second;
        return {
          system: point.system,
          stretch: `${point.index}/${stretch}`,
          second,
          median: valueAt(response, 50) / 1e3,
          maximum: response.max / 1e3,
          invalid,
        };
      });
  });
}
