import { composeChart, isNarrow } from "./frame.ts";
import {
  headingMark,
  INVALID_NOTE,
  type LinePoint,
  objectiveMark,
  seriesMarks,
} from "./marks.ts";
import { drawPanel, labelRoom } from "./plot.ts";
import { clientsAxis, logAxis, thinTicks } from "./scales.ts";
import { type ChartOptions, type ChartSystem, namesOf } from "./series.ts";
import { formatObjective, type Objective } from "../metrics/objective.ts";
import { coloursOf, seriesStyle } from "./theme.ts";

/** One system at one number of clients. */
export interface LatencyPoint {
  readonly system: string;
  readonly clients: number;
  /** Response time by percentile, ms: `{ p50: 1.2, max: 20 }`; NaN where the samples cannot carry it. */
  readonly milliseconds: Readonly<Record<string, number>>;
  /** By percentile; one that is missing is valid. */
  readonly invalid: Readonly<Record<string, boolean>>;
}

export interface LatencyByClients {
  readonly systems: readonly ChartSystem[];
  readonly objective: Objective;
  /** In the order of the panels: `p50`, `p95`, `p99`, `max`. */
  readonly percentiles: readonly string[];
  readonly points: readonly LatencyPoint[];
  /** What had to be left out, each a sentence. */
  readonly notes: readonly string[];
}

/**
 * Response time against concurrent clients: one panel a percentile, one line a
 * system, both axes logarithmic, the same vertical scale in all panels. The
 * objective stands in the panel of its own percentile.
 */
export function latencyByClients(
  data: LatencyByClients,
  options: ChartOptions,
): string {
  const scheme = options.scheme ?? "light";
  const colours = coloursOf(scheme);
  const all = data.points.flatMap((p) =>
    data.percentiles.map((name) => p.milliseconds[name] ?? NaN)
  );
  const yAxis = logAxis([...all, data.objective.milliseconds]);
  const clients = clientsAxis(data.points.map((p) => p.clients));
  const anyInvalid = data.points.some((p) =>
    data.percentiles.some((name) =>
      p.invalid[name] && Number.isFinite(p.milliseconds[name])
    )
  );
  return composeChart(
    {
      title: "Response time by number of clients",
      description: describe(data),
      systems: data.systems,
      objective: `Objective: ${formatObjective(data.objective)}`,
      yTitle: "Response time (ms, logarithmic)",
      xTitle: "Concurrent clients (logarithmic)",
      notes: [...(anyInvalid ? [INVALID_NOTE] : []), ...data.notes],
    },
    options,
    (room) => {
      const columns = 2;
      const gap = isNarrow(options) ? 10 : 20;
      const width = (room.width - gap) / columns;
      const height = isNarrow(options) ? 170 : 176;
      const panels = data.percentiles.map((name, k) => {
        const column = k % columns;
        const margins = {
          top: 30,
          right: 10,
          bottom: 24,
          left: labelRoom(yAxis),
        };
        const inner = width - margins.left - margins.right;
        return drawPanel({
          x: room.left + column * (width + gap),
          y: room.top + Math.floor(k / columns) * height,
          width,
          height,
          margins,
          colours,
          xAxis: thinTicks(clients, inner, 19),
          yAxis,
          marks: [
            headingMark(name === "max" ? "Maximum" : name, colours),
            ...(name === `p${data.objective.percentile}`
              ? [objectiveMark("y", data.objective.milliseconds, colours)]
              : []),
            ...data.systems.flatMap((system, s) =>
              seriesMarks(
                lineOf(data, system.id, name),
                seriesStyle(scheme, s),
                colours,
              )
            ),
          ],
        });
      });
      return {
        panels: panels.join(""),
        height: Math.ceil(data.percentiles.length / columns) * height,
      };
    },
  );
}

function lineOf(
  data: LatencyByClients,
  system: string,
  name: string,
): LinePoint[] {
  return data.points.filter((p) => p.system === system)
    .map((p) => ({
      x: p.clients,
      y: p.milliseconds[name] ?? NaN,
      invalid: p.invalid[name] === true,
    }))
    .sort((a, b) => a.x - b.x);
}

function describe(data: LatencyByClients): string {
  return `Lines of ${data.percentiles.join(", ")} response time in ` +
    `milliseconds against the number of concurrent clients, for ` +
    `${namesOf(data.systems)}. The objective is ${
      formatObjective(data.objective)
    }. ` +
    `All figures are in the table of every figure.`;
}
