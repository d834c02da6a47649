import * as Plot from "@observablehq/plot";
import { composeChart, isNarrow } from "./frame.ts";
import { headingMark } from "./marks.ts";
import { drawPanel } from "./plot.ts";
import { logAxis, zeroAxis } from "./scales.ts";
import { type ChartOptions, type ChartSystem, namesOf } from "./series.ts";
import { coloursOf, seriesStyle } from "./theme.ts";

/** One system in one second of the run. */
export interface SecondPoint {
  readonly system: string;
  /** Points and rounds are apart: lines do not cross from one to another. */
  readonly stretch: string;
  /** Since the run's start, s. */
  readonly second: number;
  /** Response time of the operations planned in this second, ms. */
  readonly median: number;
  readonly maximum: number;
}

export interface LatencyBySecond {
  readonly systems: readonly ChartSystem[];
  readonly seconds: readonly SecondPoint[];
  /** What a reader must know, each a sentence. */
  readonly notes: readonly string[];
}

const PANELS = [
  { name: "maximum", title: "Maximum of each second" },
  { name: "median", title: "Median of each second" },
] as const;

/**
 * Response time over the course of the run, second by second: the median, and
 * the maximum, on the same logarithmic scale.
 */
export function latencyBySecond(
  data: LatencyBySecond,
  options: ChartOptions,
): string {
  const scheme = options.scheme ?? "light";
  const colours = coloursOf(scheme);
  const yAxis = logAxis(data.seconds.flatMap((s) => [s.median, s.maximum]));
  const xAxis = zeroAxis(data.seconds.map((s) => s.second + 1));
  return composeChart(
    {
      title: "Response time second by second",
      description: `The median and the maximum response time of each second ` +
        `of the run, in milliseconds, for ${namesOf(data.systems)}.`,
      systems: data.systems,
      yTitle: "Response time (ms, logarithmic)",
      xTitle: "Time since the start of the run (s)",
      notes: data.notes,
    },
    options,
    (room) => {
      const height = isNarrow(options) ? 150 : 160;
      const panels = PANELS.map(({ name, title }, k) =>
        drawPanel({
          x: room.left,
          y: room.top + k * height,
          width: room.width,
          height,
          margins: { top: 30, right: 10, bottom: 24, left: 48 },
          colours,
          xAxis,
          yAxis,
          marks: [
            headingMark(title, colours),
            ...data.systems.flatMap((system, s) => {
              const { colour, symbol } = seriesStyle(scheme, s);
              const own = data.seconds.filter((p) => p.system === system.id);
              const at = { x: "second", y: name } as const;
              return [
                Plot.line(own, { ...at, z: "stretch", stroke: colour }),
                Plot.dot(own, { ...at, symbol, r: 2.2, fill: colour }),
              ];
            }),
          ],
        })
      );
      return { panels: panels.join(""), height: PANELS.length * height };
    },
  );
}
