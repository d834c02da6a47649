import { composeChart, isNarrow } from "./frame.ts";
import { INVALID_NOTE, seriesMarks } from "./marks.ts";
import { drawPanel, labelRoom } from "./plot.ts";
import { clientsAxis, fittingAxis, thinTicks } from "./scales.ts";
import { type ChartOptions, type ChartSystem, namesOf } from "./series.ts";
import { coloursOf, seriesStyle } from "./theme.ts";

/** One system at one number of clients. */
export interface ThroughputPoint {
  readonly system: string;
  readonly clients: number;
  /** Operations a second; NaN where none was measured. */
  readonly perSecond: number;
  readonly invalid: boolean;
}

export interface ThroughputByClients {
  readonly systems: readonly ChartSystem[];
  readonly points: readonly ThroughputPoint[];
  /** What a reader must know, each a sentence. */
  readonly notes: readonly string[];
}

/** Operations a second against concurrent clients, one line a system; from zero unless the systems lie far apart. */
export function throughputByClients(
  data: ThroughputByClients,
  options: ChartOptions,
): string {
  const scheme = options.scheme ?? "light";
  const colours = coloursOf(scheme);
  const yAxis = fittingAxis(data.points.map((p) => p.perSecond));
  const clients = clientsAxis(data.points.map((p) => p.clients));
  const margins = { top: 14, right: 10, bottom: 24, left: labelRoom(yAxis) };
  const unit = yAxis.type === "log" ? "1/s, logarithmic" : "1/s";
  return composeChart(
    {
      title: "Throughput by number of clients",
      description: `Lines of operations a second against the number of ` +
        `concurrent clients, for ${namesOf(data.systems)}. ` +
        `All figures are in the table of every figure.`,
      systems: data.systems,
      yTitle: `Operations a second (${unit})`,
      xTitle: "Concurrent clients (logarithmic)",
      notes: [
        ...(data.points.some((p) => p.invalid) ? [INVALID_NOTE] : []),
        ...data.notes,
      ],
    },
    options,
    (room) => {
      const height = isNarrow(options) ? 240 : 270;
      return {
        height,
        panels: drawPanel({
          x: room.left,
          y: room.top,
          width: room.width,
          height,
          margins,
          colours,
          xAxis: thinTicks(
            clients,
            room.width - margins.left - margins.right,
            22,
          ),
          yAxis,
          marks: data.systems.flatMap((system, k) =>
            seriesMarks(
              data.points.filter((p) => p.system === system.id)
                .map((p) => ({
                  x: p.clients,
                  y: p.perSecond,
                  invalid: p.invalid,
                }))
                .sort((a, b) => a.x - b.x),
              seriesStyle(scheme, k),
              colours,
            )
          ),
        }),
      };
    },
  );
}
