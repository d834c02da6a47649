import * as Plot from "@observablehq/plot";
import { composeChart, isNarrow } from "./frame.ts";
import { INVALID_NOTE, objectiveMark, seriesMarks } from "./marks.ts";
import { placeLabels } from "./labels.ts";
import { drawPanel, labelRoom, place } from "./plot.ts";
import { fittingAxis, logAxis } from "./scales.ts";
import { type ChartOptions, type ChartSystem, namesOf } from "./series.ts";
import { formatObjective, type Objective } from "../metrics/objective.ts";
import { coloursOf, seriesStyle, SIZE } from "./theme.ts";

/** One system at one number of clients. */
export interface CostPoint {
  readonly system: string;
  readonly clients: number;
  /** Response time at the objective's percentile, ms. */
  readonly milliseconds: number;
  readonly usdPerMillion: number;
  readonly invalid: boolean;
}

export interface CostByLatency {
  /** Notes say what is priced, and whether it is assumed. */
  readonly systems: readonly ChartSystem[];
  readonly objective: Objective;
  readonly points: readonly CostPoint[];
  /** What a reader must know, each a sentence. */
  readonly notes: readonly string[];
}

/** Dollars for a million requests against response time; each point bears its number of clients. Better is lower and further left. */
export function costByLatency(
  data: CostByLatency,
  options: ChartOptions,
): string {
  const scheme = options.scheme ?? "light";
  const colours = coloursOf(scheme);
  const points = data.points.filter((p) =>
    Number.isFinite(p.milliseconds) && Number.isFinite(p.usdPerMillion)
  );
  const xAxis = logAxis([
    ...points.map((p) => p.milliseconds),
    data.objective.milliseconds,
  ]);
  const yAxis = fittingAxis(points.map((p) => p.usdPerMillion));
  const margins = { top: 14, right: 14, bottom: 24, left: labelRoom(yAxis) };
  const unit = yAxis.type === "log" ? "USD, logarithmic" : "USD";
  return composeChart(
    {
      title: `Cost by p${data.objective.percentile} response time`,
      description: `Cost of a million requests in US dollars against ` +
        `p${data.objective.percentile} response time in milliseconds, a ` +
        `point for each number of clients, for ${namesOf(data.systems)}.`,
      systems: data.systems,
      objective: `Objective: ${formatObjective(data.objective)} ` +
        `(met to the left of the line)`,
      yTitle: `Cost of a million requests (${unit})`,
      xTitle:
        `p${data.objective.percentile} response time (ms, logarithmic); ` +
        `numbers at the points: concurrent clients`,
      notes: [
        ...(points.some((p) => p.invalid) ? [INVALID_NOTE] : []),
        ...data.notes,
      ],
    },
    options,
    (room) => {
      const height = isNarrow(options) ? 250 : 280;
      const limit = place(
        xAxis,
        data.objective.milliseconds,
        margins.left,
        room.width - margins.right,
      );
      const labels = placeLabels(
        points.map((p) => ({
          x: place(
            xAxis,
            p.milliseconds,
            margins.left,
            room.width - margins.right,
          ),
          y: place(
            yAxis,
            p.usdPerMillion,
            height - margins.bottom,
            margins.top,
          ),
          text: String(p.clients),
        })),
        {
          left: margins.left,
          right: room.width,
          top: 0,
          bottom: height - margins.bottom - 2,
        },
        SIZE.tick,
        [{ x0: limit - 2, x1: limit + 2, y0: 0, y1: height }],
      );
      return {
        height,
        panels: drawPanel({
          x: room.left,
          y: room.top,
          width: room.width,
          height,
          margins,
          colours,
          xAxis,
          yAxis,
          marks: [
            objectiveMark("x", data.objective.milliseconds, colours),
            ...data.systems.flatMap((system, k) =>
              seriesMarks(
                points.filter((p) => p.system === system.id)
                  .sort((a, b) => a.clients - b.clients)
                  .map((p) => ({
                    x: p.milliseconds,
                    y: p.usdPerMillion,
                    invalid: p.invalid,
                  })),
                seriesStyle(scheme, k),
                colours,
              )
            ),
            ...labels.map(({ index, dx, dy }) =>
              Plot.text([points[index]], {
                x: "milliseconds",
                y: "usdPerMillion",
                text: (p: CostPoint) => String(p.clients),
                dx,
                dy,
                fontSize: SIZE.tick,
                fill: colours.text,
                stroke: colours.background,
                strokeWidth: 3,
              })
            ),
          ],
        }),
      };
    },
  );
}
