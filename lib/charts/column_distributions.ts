import * as Plot from "@observablehq/plot";
import type {
  ColumnProfile,
  ProfileBin,
  TableProfile,
} from "../datasets/profile.ts";
import { composeChart, isNarrow } from "./frame.ts";
import { headingMark } from "./marks.ts";
import { drawPanel, labelRoom } from "./plot.ts";
import { type Axis, thinTicks, zeroAxis } from "./scales.ts";
import { type ChartOptions, formatTick } from "./series.ts";
import { textWidth } from "./svg_text.ts";
import { type Colours, coloursOf, SIZE } from "./theme.ts";

/** Names of both series, as the legend has them. */
export const LEGEND = [
  { id: "rows", title: "Sampled rows", note: "share of drawn values" },
  { id: "law", title: "The column's law", note: "by its formula" },
] as const;

/** How a table's columns are spread, one panel a column, beside what their laws say. */
export function columnDistributions(
  profile: TableProfile,
  options: ChartOptions,
): string {
  const colours = coloursOf(options.scheme ?? "light");
  const shown = profile.columns;
  return composeChart(
    {
      title: `Distribution of ${profile.table}'s columns`,
      description: `Histograms of ${profile.sampled.toLocaleString("en-US")} ` +
        `sampled rows of table ${profile.table}, one panel a column: ` +
        shown.map((c) => `${c.column.name} (${c.law})`).join("; ") + ".",
      systems: LEGEND,
      yTitle: "Share of values in each bar (%)",
      xTitle: "Value, in the column's unit",
      notes: [
        `${profile.sampled.toLocaleString("en-US")} rows, evenly spaced. ` +
        "NULLs and idle rows are stated over each panel, and left out of it.",
      ],
    },
    options,
    (room) => {
      const columns = isNarrow(options) ? 1 : shown.length > 4 ? 3 : 2;
      const gap = 14;
      const width = (room.width - gap * (columns - 1)) / columns;
      const height = 172;
      const panels = shown.map((column, k) =>
        drawColumn(column, colours, {
          x: room.left + (k % columns) * (width + gap),
          y: room.top + Math.floor(k / columns) * height,
          width,
          height,
        })
      );
      return {
        panels: panels.join(""),
        height: Math.ceil(shown.length / columns) * height,
      };
    },
  );
}

interface Place {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

function drawColumn(
  profile: ColumnProfile,
  colours: Colours,
  place: Place,
): string {
  const { bins } = profile;
  const yAxis = zeroAxis(
    bins.flatMap((b) => [100 * b.share, 100 * (b.expected ?? 0)]),
  );
  const margins = { top: 48, right: 18, bottom: 24, left: labelRoom(yAxis) };
  const inner = place.width - margins.left - margins.right;
  const xAxis = valueAxis(profile, inner);
  const position = positions(profile);
  const bars = bins.map((bin) => ({
    ...position(bin),
    share: 100 * bin.share,
    expected: bin.expected === undefined ? NaN : 100 * bin.expected,
  }));
  return drawPanel({
    ...place,
    margins,
    colours,
    xAxis,
    yAxis,
    marks: [
      headingMark(
        fitted(profile.column.name, inner + 8, SIZE.text),
        colours,
        -32,
      ),
      subheading(fitted(facts(profile), inner + 8, SIZE.tick), colours),
      Plot.rect(bars, {
        x1: "from",
        x2: "to",
        y1: () => 0,
        y2: "share",
        fill: colours.series[0],
        fillOpacity: 0.75,
        inset: 0.5,
      }),
      Plot.dot(bars.filter((b) => Number.isFinite(b.expected)), {
        x: "middle",
        y: "expected",
        r: 2.4,
        fill: colours.series[1],
        stroke: colours.background,
        strokeWidth: 0.8,
      }),
    ],
  });
}

/** Where a bin stands along the axis. */
function positions(
  { scale }: ColumnProfile,
): (bin: ProfileBin) => { from: number; to: number; middle: number } {
  if (scale === "words") {
    return ({ from }) => ({ from: from - 0.4, to: from + 0.4, middle: from });
  }
  if (scale !== "log") {
    return ({ from, to }) => ({ from, to, middle: (from + to) / 2 });
  }
  return ({ from, to }) => {
    const [a, b] = [from > 0 ? from : tiny(to), to];
    return { from: a, to: b, middle: Math.sqrt(a * b) };
  };
}

/** Where a bar that begins at 0 begins on a logarithmic axis. */
function tiny(to: number): number {
  return to / 2;
}

function valueAxis(profile: ColumnProfile, pixels: number): Axis {
  const { bins, scale } = profile;
  const at = positions(profile);
  const domain = [at(bins[0]).from, at(bins.at(-1)!).to] as const;
  switch (scale) {
    case "words":
      return {
        type: "linear",
        domain: [-0.6, bins.length - 0.4],
        ticks: wordTicks(bins, pixels),
        format: (n) => bins[n]?.word ?? "",
      };
    case "time": {
      const span = domain[1] - domain[0];
      const ticks = [0.08, 0.5, 0.92].map((f) => domain[0] + f * span);
      return { type: "linear", domain, ticks, format: instant(profile, span) };
    }
    case "log": {
      const ticks: number[] = [];
      const [low, high] = domain;
      for (let e = -6; e <= 16; e++) {
        const tick = Number(`1e${e}`);
        if (tick >= low && tick <= high) ticks.push(tick);
      }
      const axis = { type: "log", domain, ticks, format: short } as const;
      return thinTicks(
        ticks.length > 1 ? axis : {
          ...axis,
          ticks: [low, high],
        },
        pixels,
        34,
      );
    }
    default: {
      const [low, high] = domain;
      const ticks = [0, 0.25, 0.5, 0.75, 1].map((f) =>
        Number((low + f * (high - low)).toPrecision(3))
      ).filter((t) => t >= low && t <= high);
      return thinTicks(
        { type: "linear", domain, ticks: [...new Set(ticks)], format: short },
        pixels,
        40,
      );
    }
  }
}

/** Words that find room under their bars. */
function wordTicks(bins: readonly ProfileBin[], pixels: number): number[] {
  const each = pixels / bins.length;
  const ticks: number[] = [];
  let free = -Infinity;
  bins.forEach(({ word }, k) => {
    const half = textWidth(word ?? "", SIZE.tick) / 2;
    const middle = (k + 0.6) * each;
    if (middle - half < free + 4 || middle + half > pixels + 8) return;
    ticks.push(k);
    free = middle + half;
  });
  return ticks;
}

function instant(
  { column }: ColumnProfile,
  span: number,
): (value: number) => string {
  const days = column.type.kind === "date";
  const long = days ? span > 2 : span > 2 * 86_400e6;
  return (value) => {
    const iso = new Date(days ? value * 86_400e3 : value / 1e3).toISOString();
    return long ? iso.slice(0, 10) : iso.slice(11, 16);
  };
}

/** `20k`, `1.5M`. */
function short(value: number): string {
  const size = Math.abs(value);
  if (size >= 1e9) return `${formatTick(value / 1e9)}B`;
  if (size >= 1e6) return `${formatTick(value / 1e6)}M`;
  if (size >= 1e4) return `${formatTick(value / 1e3)}k`;
  return formatTick(value);
}

function facts({ law, nulls, idle }: ColumnProfile): string {
  const percent = (n: number) => `${Number((100 * n).toPrecision(2))} %`;
  return [
    law,
    ...(idle > 0 ? [`${percent(idle)} idle`] : []),
    ...(nulls > 0 ? [`${percent(nulls)} NULL`] : []),
  ].join("; ");
}

function subheading(text: string, colours: Colours): Plot.Markish {
  return Plot.text([text], {
    frameAnchor: "top-left",
    textAnchor: "start",
    text: (d: string) => d,
    dy: -16,
    fill: colours.muted,
    fontSize: SIZE.tick,
  });
}

/** A text that ends in … where a panel is too narrow for it. */
function fitted(text: string, width: number, size: number): string {
  let shown = text;
  while (shown.length > 1 && textWidth(`${shown}…`, size) > width) {
    shown = shown.slice(0, -1);
  }
  return shown === text ? text : `${shown.trimEnd()}…`;
}
