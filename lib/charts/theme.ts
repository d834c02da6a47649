/**
 * Colours, dashes, symbols and type shared by every chart.
 *
 * @module
 */

/** Which colours a chart carries. `auto` leaves them to the page, as CSS variables. */
export type Scheme = "light" | "dark" | "auto";

/** Every colour of a chart. */
export interface Colours {
  readonly background: string;
  readonly text: string;
  /** Secondary text: notes, tick labels. */
  readonly muted: string;
  readonly grid: string;
  readonly axis: string;
  /** The objective's line, and the region that meets it. */
  readonly objective: string;
  readonly invalid: string;
  /** One a system, in the run's order. */
  readonly series: readonly string[];
}

/** Okabe and Ito's palette, deepened where it would be too pale for lines on white. */
const LIGHT: Colours = {
  background: "#ffffff",
  text: "#16191d",
  muted: "#565e68",
  grid: "#e6e8eb",
  axis: "#8b939d",
  objective: "#3d4650",
  invalid: "#b3261e",
  series: [
    "#0067a3",
    "#c24e00",
    "#00795a",
    "#a64d83",
    "#8a6d00",
    "#3a3a8c",
  ],
};

const DARK: Colours = {
  background: "#14171b",
  text: "#eceff2",
  muted: "#a9b2bc",
  grid: "#2a2f36",
  axis: "#6f7985",
  objective: "#c5ccd4",
  invalid: "#ff8a80",
  series: [
    "#5cb8f0",
    "#ff9a5c",
    "#3fd0a4",
    "#e79cc8",
    "#e2c044",
    "#a3a8ff",
  ],
};

/** Name of a colour's CSS variable: `--sm-text`, `--sm-series-0`. */
function variables(colours: Colours): [string, string][] {
  const { series, ...rest } = colours;
  return [
    ...Object.entries(rest).map(([name, value]): [string, string] => [
      `--sm-${name}`,
      value,
    ]),
    ...series.map((value, k): [string, string] => [`--sm-series-${k}`, value]),
  ];
}

/** The declarations that charts in the `auto` scheme rely on, for a page's style sheet. */
export function cssVariables(scheme: "light" | "dark"): string {
  return variables(scheme === "light" ? LIGHT : DARK)
    .map(([name, value]) => `${name}:${value}`).join(";");
}

/** The colours of a scheme; for `auto`, references to the page's variables. */
export function coloursOf(scheme: Scheme): Colours {
  if (scheme === "light") return LIGHT;
  if (scheme === "dark") return DARK;
  const reference = (name: string) => `var(--sm-${name})`;
  return {
    background: reference("background"),
    text: reference("text"),
    muted: reference("muted"),
    grid: reference("grid"),
    axis: reference("axis"),
    objective: reference("objective"),
    invalid: reference("invalid"),
    series: LIGHT.series.map((_, k) => reference(`series-${k}`)),
  };
}

/** How one system is drawn: told apart by colour, by dash and by symbol, so that a grey print still reads. */
export interface SeriesStyle {
  readonly colour: string;
  /** An SVG dash pattern; empty for a solid line. */
  readonly dash: string;
  readonly symbol: "circle" | "square" | "triangle" | "diamond";
}

const DASHES = ["", "7 3", "2 3", "9 3 2 3", "4 2", "12 4"];
const SYMBOLS = ["circle", "square", "triangle", "diamond"] as const;

/** The style of the k-th system of a run. */
export function seriesStyle(scheme: Scheme, k: number): SeriesStyle {
  const { series } = coloursOf(scheme);
  return {
    colour: series[k % series.length],
    dash: DASHES[k % DASHES.length],
    symbol: SYMBOLS[k % SYMBOLS.length],
  };
}

/** Type: the embedded family first, then what systems have. */
export const FONT_FAMILY =
  "'Source Sans 3', system-ui, 'Segoe UI', Roboto, Helvetica, Arial, sans-serif";

/** Font sizes, px. */
export const SIZE = { title: 15, text: 12.5, label: 12, tick: 11.5 } as const;
