/**
 * Marks that several charts share.
 *
 * @module
 */
import * as Plot from "@observablehq/plot";
import type { Colours, SeriesStyle } from "./theme.ts";
import { SIZE } from "./theme.ts";

/** One point of a line. `y` is NaN where its samples cannot carry the figure. */
export interface LinePoint {
  readonly x: number;
  readonly y: number;
  /** Drawn hollow and crossed. */
  readonly invalid: boolean;
}

/** A system's line with its symbols; invalid figures hollow and crossed out. */
export function seriesMarks(
  points: readonly LinePoint[],
  style: SeriesStyle,
  colours: Colours,
): Plot.Markish[] {
  const known = points.filter((p) => Number.isFinite(p.y));
  const sound = known.filter((p) => !p.invalid);
  const unsound = known.filter((p) => p.invalid);
  const dot = { x: "x", y: "y", symbol: style.symbol, r: 3.6 } as const;
  return [
    Plot.line(known, {
      x: "x",
      y: "y",
      stroke: style.colour,
      strokeWidth: 2,
      strokeDasharray: style.dash || undefined,
      strokeLinejoin: "round",
    }),
    Plot.dot(sound, { ...dot, fill: style.colour, stroke: "none" }),
    Plot.dot(unsound, {
      ...dot,
      fill: colours.background,
      stroke: style.colour,
      strokeWidth: 1.6,
    }),
    Plot.dot(unsound, {
      x: "x",
      y: "y",
      symbol: "times",
      r: 4.4,
      stroke: colours.invalid,
      strokeWidth: 1.8,
    }),
  ];
}

/** The dash of an objective's line. */
export const OBJECTIVE_DASH = "5 4";

/** The objective as a dashed line; the legend names it. */
export function objectiveMark(
  axis: "x" | "y",
  milliseconds: number,
  colours: Colours,
): Plot.Markish {
  const style = {
    stroke: colours.objective,
    strokeDasharray: OBJECTIVE_DASH,
    strokeWidth: 1.2,
  };
  return axis === "y"
    ? Plot.ruleY([milliseconds], style)
    : Plot.ruleX([milliseconds], style);
}

/** A panel's heading, at its top left, this many px below the frame's top. */
export function headingMark(
  text: string,
  colours: Colours,
  dy = -16,
): Plot.Markish {
  return Plot.text([text], {
    frameAnchor: "top-left",
    textAnchor: "start",
    text: (d: string) => d,
    dy,
    fill: colours.text,
    fontWeight: 600,
    fontSize: SIZE.text,
  });
}

/** The sentence that explains crossed symbols, where there are any. */
export const INVALID_NOTE =
  "Hollow, crossed symbols: the figure is invalid; the table says why.";
