import * as Plot from "@observablehq/plot";
import { composeChart, isNarrow } from "./frame.ts";
import { headingMark, objectiveMark } from "./marks.ts";
import { drawPanel, labelRoom } from "./plot.ts";
import { type Axis, logAxis, thinTicks } from "./scales.ts";
import { type ChartOptions, type ChartSystem, namesOf } from "./series.ts";
import { formatObjective, type Objective } from "../metrics/objective.ts";
import { coloursOf, seriesStyle } from "./theme.ts";

/** One system's response times at one number of clients. */
export interface DistributionCurve {
  readonly system: string;
  readonly clients: number;
  /** Increasing percentiles below 100, with the response time in ms; no further than the samples carry. */
  readonly points: readonly {
    readonly percentile: number;
    readonly milliseconds: number;
  }[];
  /** Drawn thin and crossed at its end. */
  readonly invalid: boolean;
}

export interface Distribution {
  readonly systems: readonly ChartSystem[];
  readonly objective: Objective;
  readonly curves: readonly DistributionCurve[];
  /** What a reader must know, each a sentence. */
  readonly notes: readonly string[];
}

/** A percentile's place on the tail axis: 1 at the minimum, 100 at p99, 1,000 at p99.9. */
export const tail = (percentile: number): number => 100 / (100 - percentile);

const TICKS = [0, 50, 90, 99, 99.9, 99.99, 99.999];

/**
 * The whole distribution as a percentile plot: response time against the
 * percentile, whose axis is logarithmic in what lies beyond it, so that the
 * tail gets the room. One panel a number of clients. The objective is met where
 * a curve passes below the cross.
 */
export function distribution(
  data: Distribution,
  options: ChartOptions,
): string {
  const scheme = options.scheme ?? "light";
  const colours = coloursOf(scheme);
  const counts = [...new Set(data.curves.map((c) => c.clients))]
    .sort((a, b) => a - b);
  const yAxis = logAxis([
    ...data.curves.flatMap((c) => c.points.map((p) => p.milliseconds)),
    data.objective.milliseconds,
  ]);
  const xAxis = tailAxis(data);
  return composeChart(
    {
      title: "Distribution of response times",
      description: `Percentile curves of response time in milliseconds, one ` +
        `panel a number of clients (${counts.join(", ")}), for ` +
        `${namesOf(data.systems)}. The percentile axis is logarithmic ` +
        `towards the tail.`,
      systems: data.systems,
      objective: `Objective: ${formatObjective(data.objective)} ` +
        `(met by a curve that passes under the ringed point)`,
      yTitle: "Response time (ms, logarithmic)",
      xTitle: "Percentile of operations (%, logarithmic towards the tail)",
      notes: [
        ...(data.curves.some((c) => c.invalid)
          ? [
            "Thin curves that end in a cross: the figures are invalid; the table says why.",
          ]
          : []),
        ...data.notes,
      ],
    },
    options,
    (room) => {
      const columns = counts.length === 1 ? 1 : 2;
      const gap = isNarrow(options) ? 10 : 20;
      const width = (room.width - gap * (columns - 1)) / columns;
      const height = isNarrow(options) ? 170 : columns === 1 ? 300 : 176;
      const panels = counts.map((clients, k) =>
        drawPanel({
          x: room.left + (k % columns) * (width + gap),
          y: room.top + Math.floor(k / columns) * height,
          width,
          height,
          margins: { top: 30, right: 14, bottom: 24, left: labelRoom(yAxis) },
          colours,
          xAxis: thinTicks(xAxis, width - 50, 19),
          yAxis,
          marks: [
            headingMark(
              clients === 1 ? "1 client" : `${clients} clients`,
              colours,
            ),
            objectiveMark("y", data.objective.milliseconds, colours),
            ...data.systems.flatMap((system, s) =>
              data.curves
                .filter((c) => c.clients === clients && c.system === system.id)
                .flatMap((curve) => curveMarks(curve, scheme, s))
            ),
            Plot.dot([data.objective], {
              x: (o: Objective) => tail(o.percentile),
              y: "milliseconds",
              r: 4.5,
              stroke: colours.objective,
              strokeWidth: 1.6,
            }),
          ],
        })
      );
      return {
        panels: panels.join(""),
        height: Math.ceil(counts.length / columns) * height,
      };
    },
  );
}

function curveMarks(
  curve: DistributionCurve,
  scheme: NonNullable<ChartOptions["scheme"]>,
  k: number,
): Plot.Markish[] {
  const style = seriesStyle(scheme, k);
  const colours = coloursOf(scheme);
  const points = curve.points.map((p) => ({
    x: tail(p.percentile),
    y: p.milliseconds,
  }));
  const marks: Plot.Markish[] = [
    Plot.line(points, {
      x: "x",
      y: "y",
      stroke: style.colour,
      strokeWidth: curve.invalid ? 1 : 2,
      strokeDasharray: style.dash || undefined,
      strokeLinejoin: "round",
    }),
  ];
  const end = points.slice(-1);
  marks.push(
    curve.invalid
      ? Plot.dot(end, {
        x: "x",
        y: "y",
        symbol: "times",
        r: 4.4,
        stroke: colours.invalid,
        strokeWidth: 1.8,
      })
      : Plot.dot(end, {
        x: "x",
        y: "y",
        symbol: style.symbol,
        r: 3.6,
        fill: style.colour,
        stroke: "none",
      }),
  );
  return marks;
}

/** From the smallest value to just past the furthest percentile that any curve carries. */
function tailAxis(data: Distribution): Axis {
  const last = Math.max(
    tail(data.objective.percentile),
    ...data.curves.map((c) => tail(c.points.at(-1)?.percentile ?? 0)),
  );
  const high = last * 1.25;
  return {
    type: "log",
    domain: [1, high],
    ticks: TICKS.map(tail).filter((t) => t <= high),
    format: (t) => String(Number((100 - 100 / t).toPrecision(6))),
  };
}
