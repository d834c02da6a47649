/**
 * What surrounds a chart's panels: background, title, legend with each
 * system's nature, axis titles, notes, and the text alternative.
 *
 * @module
 */
import type { ChartOptions, ChartSystem } from "./series.ts";
import { escapeXml, textWidth, wrapText } from "./svg_text.ts";
import {
  type Colours,
  coloursOf,
  FONT_FAMILY,
  seriesStyle,
  SIZE,
} from "./theme.ts";
import { OBJECTIVE_DASH } from "./marks.ts";
import { symbolPath } from "./symbols.ts";

/** A chart without its panels. */
export interface FrameText {
  readonly title: string;
  /** What the chart shows, for those who cannot see it. */
  readonly description: string;
  readonly systems: readonly ChartSystem[];
  /** Names the dashed line: `Objective: p99 < 10 ms`; absent where none is drawn. */
  readonly objective?: string;
  /** Title of the vertical axis, with its unit; stands above the panels. */
  readonly yTitle: string;
  /** Title of the horizontal axis, with its unit; stands under the panels. */
  readonly xTitle: string;
  /** Sentences under the chart, inside the picture. */
  readonly notes: readonly string[];
}

/** Where panels may be drawn. */
export interface Room {
  readonly top: number;
  readonly left: number;
  readonly width: number;
}

const PAD = 16;
const SAMPLE = 34;

/** True where a chart is too narrow for panels side by side. */
export function isNarrow(options: ChartOptions): boolean {
  return (options.width ?? 720) < 560;
}

/**
 * Composes a whole SVG. `draw` is told where the panels go, and gives them back
 * with their height.
 */
export function composeChart(
  text: FrameText,
  options: ChartOptions,
  draw: (room: Room) => { panels: string; height: number },
): string {
  const width = options.width ?? 720;
  const colours = coloursOf(options.scheme ?? "light");
  const body: string[] = [];
  let y = PAD + SIZE.title;
  for (const line of wrapText(text.title, SIZE.title, width - 2 * PAD)) {
    body.push(label(line, PAD, y, colours.text, SIZE.title, 600));
    y += SIZE.title * 1.3;
  }
  y += 4;
  const legend = drawLegend(text, options, colours, y, width);
  body.push(legend.svg);
  y = legend.bottom + 18;
  for (const line of wrapText(text.yTitle, SIZE.label, width - 2 * PAD)) {
    body.push(label(line, PAD, y, colours.text, SIZE.label, 400));
    y += SIZE.label * 1.3;
  }
  y -= 4;
  const { panels, height } = draw({
    top: y,
    left: PAD - 4,
    width: width - 2 * PAD + 8,
  });
  body.push(panels);
  y += height + 14;
  for (const line of wrapText(text.xTitle, SIZE.label, width - 2 * PAD)) {
    body.push(
      label(line, width / 2, y, colours.text, SIZE.label, 400, "middle"),
    );
    y += SIZE.label * 1.3;
  }
  y -= 5;
  for (const note of text.notes) {
    y += 4;
    for (const line of wrapText(note, SIZE.tick, width - 2 * PAD)) {
      y += SIZE.tick * 1.35;
      body.push(label(line, PAD, y, colours.muted, SIZE.tick, 400));
    }
  }
  return wrapSvg(text, options, colours, width, Math.ceil(y + PAD), body);
}

function wrapSvg(
  text: FrameText,
  options: ChartOptions,
  colours: Colours,
  width: number,
  height: number,
  body: readonly string[],
): string {
  const { id } = options;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" ` +
    `width="${width}" height="${height}" role="img" ` +
    `aria-labelledby="${id}-title ${id}-desc" font-family="${FONT_FAMILY}">` +
    `<title id="${id}-title">${escapeXml(text.title)}</title>` +
    `<desc id="${id}-desc">${escapeXml(text.description)}</desc>` +
    `<rect width="${width}" height="${height}" fill="${colours.background}"/>` +
    body.join("") + `</svg>`;
}

/** One line of text. */
export function label(
  text: string,
  x: number,
  y: number,
  fill: string,
  size: number,
  weight: 400 | 600,
  anchor: "start" | "middle" | "end" = "start",
): string {
  return `<text x="${round(x)}" y="${
    round(y)
  }" fill="${fill}" font-size="${size}"` +
    (weight === 400 ? "" : ` font-weight="${weight}"`) +
    (anchor === "start" ? "" : ` text-anchor="${anchor}"`) +
    `>${escapeXml(text)}</text>`;
}

/** One row a system, then the objective: what a line is, and what stands behind it. */
function drawLegend(
  text: FrameText,
  options: ChartOptions,
  colours: Colours,
  top: number,
  width: number,
): { svg: string; bottom: number } {
  const parts: string[] = [];
  const textX = PAD + SAMPLE + 8;
  const room = width - PAD - textX;
  let y = top;
  text.systems.forEach((system, k) => {
    const { colour, dash, symbol } = seriesStyle(options.scheme ?? "light", k);
    y += 6;
    parts.push(
      sampleLine(y, colour, dash, 2),
      `<path d="${symbolPath(symbol, 3.6)}" fill="${colour}" ` +
        `transform="translate(${PAD + SAMPLE / 2},${round(y)})"/>`,
    );
    const title = textWidth(system.title, SIZE.text) + 8;
    const oneLine = title + textWidth(system.note, SIZE.label) <= room;
    if (oneLine && system.note) {
      parts.push(
        `<text x="${textX}" y="${round(y + 4)}" fill="${colours.text}" ` +
          `font-size="${SIZE.text}"><tspan font-weight="600">` +
          `${escapeXml(system.title)}</tspan><tspan dx="8" ` +
          `fill="${colours.muted}" font-size="${SIZE.label}">` +
          `${escapeXml(system.note)}</tspan></text>`,
      );
    } else {
      const lines = wrapText(system.title, SIZE.text, room);
      lines.forEach((line, n) => {
        if (n > 0) y += 16;
        parts.push(label(line, textX, y + 4, colours.text, SIZE.text, 600));
      });
      for (const line of wrapText(system.note, SIZE.label, room)) {
        y += 15;
        parts.push(label(line, textX, y + 4, colours.muted, SIZE.label, 400));
      }
    }
    y += 13;
  });
  if (text.objective) {
    y += 6;
    parts.push(
      sampleLine(y, colours.objective, OBJECTIVE_DASH, 1.2),
    );
    wrapText(text.objective, SIZE.label, room).forEach((line, n) => {
      if (n > 0) y += 15;
      parts.push(label(line, textX, y + 4, colours.text, SIZE.label, 400));
    });
    y += 13;
  }
  return { svg: parts.join(""), bottom: y };
}

function sampleLine(
  y: number,
  colour: string,
  dash: string,
  width: number,
): string {
  return `<line x1="${PAD}" x2="${PAD + SAMPLE}" y1="${round(y)}" ` +
    `y2="${round(y)}" stroke="${colour}" stroke-width="${width}"` +
    (dash ? ` stroke-dasharray="${dash}"` : "") + `/>`;
}

/** Coordinates to a hundredth of a px: what a printer resolves, and stable in snapshots. */
export function round(value: number): number {
  return Math.round(value * 100) / 100;
}
