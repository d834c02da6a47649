import {
  DISPLAY,
  type Displayable,
  escapeHtml,
  type MimeBundle,
} from "../core/display.ts";
import type { DataFrame, Rows } from "./polars.ts";

/** How a table is shown. */
export interface TableOptions {
  /** Line above the table. */
  readonly title?: string;
  /** Line below it: what a reader must know. */
  readonly note?: string;
  /** Column name → unit, shown in the header: `{ p99: "ms" }`. */
  readonly units?: Readonly<Record<string, string>>;
  /** Rows to show at most. @default 100 */
  readonly limit?: number;
  /** What stands where a row has no value: `n/a (n=100)`. @default nothing */
  readonly missing?: (row: Rows[number], column: string) => string;
}

/** Rows that show as a table everywhere, with a Polars frame for further work. */
export interface TableFrame extends Displayable {
  /** The rows themselves. */
  readonly rows: Rows;
  /** The same rows as a Polars frame, made when it is first asked for. */
  readonly frame: Promise<DataFrame>;
  /** The table as aligned text. */
  toString(): string;
}

/**
 * Makes a table of rows that share their columns. In a notebook it shows as
 * plain HTML with inline colours, which also survives notebooks that are not
 * trusted; elsewhere as aligned text.
 */
export function tableFrame(
  rows: Rows,
  options: TableOptions = {},
): TableFrame {
  return new Frame(rows, options);
}

type Grid = { heads: string[]; cells: string[][]; numeric: boolean[] };

class Frame implements TableFrame {
  readonly rows: Rows;
  readonly #options: TableOptions;
  #frame: Promise<DataFrame> | undefined;

  constructor(rows: Rows, options: TableOptions) {
    this.rows = Object.freeze([...rows]);
    this.#options = options;
  }

  get frame(): Promise<DataFrame> {
    return this.#frame ??= import("./polars.ts")
      .then(({ rowsToPolars }) => rowsToPolars(this.rows));
  }

  toString(): string {
    return textTable(this.#grid(), this.#footer(), this.#options.title);
  }

  [DISPLAY](): MimeBundle {
    return {
      "text/plain": this.toString(),
      "text/html": htmlTable(this.#grid(), this.#footer(), this.#options.title),
    };
  }

  #grid(): Grid {
    const { units = {}, limit = 100, missing } = this.#options;
    const names = Object.keys(this.rows[0] ?? {});
    const shown = this.rows.slice(0, limit);
    return {
      heads: names.map((n) => units[n] ? `${n} (${units[n]})` : n),
      cells: shown.map((row) =>
        names.map((n) =>
          row[n] == null && missing ? missing(row, n) : cellText(row[n])
        )
      ),
      numeric: names.map((n) =>
        (units[n] !== undefined ||
          this.rows.some((row) => isNumber(row[n]))) &&
        this.rows.every((row) => isNumber(row[n]) || row[n] == null)
      ),
    };
  }

  #footer(): string[] {
    const { note, limit = 100 } = this.#options;
    const hidden = this.rows.length - limit;
    return [
      ...(hidden > 0
        ? [`… and ${hidden.toLocaleString("en-US")} more rows`]
        : []),
      ...(note ? note.split("\n") : []),
    ];
  }
}

function isNumber(value: unknown): boolean {
  return typeof value === "number" || typeof value === "bigint";
}

/** Four significant digits are what a reader can use; whole numbers stay whole. */
function cellText(value: unknown): string {
  if (value === null || value === undefined) return "";
  if (typeof value === "bigint") return value.toLocaleString("en-US");
  if (typeof value !== "number") return String(value);
  if (Number.isNaN(value)) return "n/a";
  if (Number.isInteger(value)) return value.toLocaleString("en-US");
  const size = Math.abs(value);
  if (size >= 1e-3 && size < 1e15) {
    return value.toLocaleString("en-US", {
      minimumSignificantDigits: 4,
      maximumSignificantDigits: 4,
    });
  }
  return value.toPrecision(4);
}

function textTable(grid: Grid, footer: string[], title?: string): string {
  const { heads, cells, numeric } = grid;
  const widths = heads.map((head, c) =>
    Math.max(head.length, ...cells.map((row) => row[c].length))
  );
  const line = (row: string[]) =>
    row.map((text, c) =>
      numeric[c] ? text.padStart(widths[c]) : text.padEnd(widths[c])
    ).join("  ").trimEnd();
  return [
    ...(title ? [title] : []),
    line(heads),
    widths.map((w) => "─".repeat(w)).join("  "),
    ...cells.map(line),
    ...footer,
  ].join("\n");
}

/** Half-transparent greys and inherited text read on light and on dark ground. */
const CELL = "padding:0.25em 0.8em;border:0;" +
  "border-bottom:1px solid rgba(128,128,128,0.3);" +
  "background:transparent;color:inherit;";
const HEAD = CELL + "border-bottom:2px solid rgba(128,128,128,0.7);" +
  "font-weight:600;vertical-align:bottom;";
const SMALL = "margin:0.3em 0.8em;font-size:0.9em;color:inherit;opacity:0.8;";

function htmlTable(grid: Grid, footer: string[], title?: string): string {
  const { heads, cells, numeric } = grid;
  const align = (c: number) =>
    numeric[c]
      ? "text-align:right;font-variant-numeric:tabular-nums;"
      : "text-align:left;";
  const cell = (tag: string, style: string) => (text: string, c: number) =>
    `<${tag} style="${style}${align(c)}">${escapeHtml(text)}</${tag}>`;
  const caption = title
    ? `<caption style="text-align:left;padding:0.25em 0.8em;font-weight:600;` +
      `color:inherit;caption-side:top;">${escapeHtml(title)}</caption>`
    : "";
  const head = `<tr>${heads.map(cell("th", HEAD)).join("")}</tr>`;
  const body = cells.map((row) =>
    `<tr>${row.map(cell("td", CELL)).join("")}</tr>`
  ).join("\n");
  const notes = footer.map((line) =>
    `<p style="${SMALL}">${escapeHtml(line)}</p>`
  ).join("");
  return `<table style="border-collapse:collapse;margin:0.4em 0;color:inherit;">${caption}` +
    `<thead>${head}</thead>\n<tbody>${body}</tbody></table>${notes}`;
}
