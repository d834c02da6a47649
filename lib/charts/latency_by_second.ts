import * as Plot from "@observablehq/plot";
import { composeChart, isNarrow } from "./frame.ts";
import { headingMark, INVALID_NOTE } from "./marks.ts";
import { drawPanel } from "./plot.ts";
import { logAxis, zeroAxis } from "./scales.ts";
import { type ChartOptions, type ChartSystem, namesOf } from "./series.ts";
import {
  type Colours,
  coloursOf,
  type SeriesStyle,
  seriesStyle,
} from "./theme.ts";

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
  /** True where the point's latency may not be believed. */
  readonly invalid: boolean;
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
      notes: [
        ...(data.seconds.some((p) => p.invalid) ? [INVALID_NOTE] : []),
        ...data.notes,
      ],
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
              const own = data.seconds.filter((p) => p.system === system.id);
              return secondMarks(own, name, seriesStyle(scheme, s), colours);
            }),
          ],
        })
      );
      return { panels: panels.join(""), height: PANELS.length * height };
    },
  );
}

/** Smaller symbols than elsewhere: there are as many as seconds. */
function secondMarks(
  seconds: readonly SecondPoint[],
  y: "median" | "maximum",
  { colour, symbol }: SeriesStyle,
  colours: Colours,
): Plot.Markish[] {
  const at = { x: "second", y } as const;
  const unsound = seconds.filter((p) => p.invalid);
  return [
    Plot.line(seconds, { ...at, z: "stretch", stroke: colour }),
    Plot.dot(seconds.filter((p) => !p.invalid), {
      ...at,
      symbol,
      r: 2.2,
      fill: colour,
      stroke: "none",
    }),
    Plot.dot(unsound, {
      ...at,
      symbol,
      r: 2.4,
      fill: colours.background,
      stroke: colour,
    }),
    Plot.dot(unsound, {
      ...at,
      symbol: "times",
      r: 3,
      stroke: colours.invalid,
      strokeWidth: 1.4,
    }),
  ];
}
