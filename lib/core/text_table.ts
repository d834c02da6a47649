import {
  bundle,
  DISPLAY,
  type Displayable,
  escapeHtml,
  type MimeBundle,
} from "./display.ts";

/** A small table of texts. */
export interface TextTable {
  readonly caption?: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** Sentences under it. */
  readonly notes?: readonly string[];
}

/** A figure, or nothing: `1,234`, `3.2 MB`, `-`, ``. */
const FIGURE = /^$|^[-–]$|^[+-]?[0-9][0-9,.]*(?: ?[A-Za-z%µ]{1,5})?$/;

/** Lines of text with aligned columns; those of figures, after the first, stand to the right. */
export function alignedLines(
  head: readonly string[],
  rows: readonly (readonly string[])[],
): string[] {
  const all = [head, ...rows];
  const widths = head.map((_, c) =>
    Math.max(...all.map((row) => row[c].length))
  );
  const figures = figureColumns(head, rows);
  return all.map((row) =>
    row.map((cell, c) =>
      figures[c] ? cell.padStart(widths[c]) : cell.padEnd(widths[c])
    ).join("  ").trimEnd()
  );
}

/** The table as text, with its caption and notes. */
export function tableText(
  { caption, head, rows, notes = [] }: TextTable,
): string {
  return [
    ...(caption ? [caption] : []),
    ...(rows.length > 0 ? alignedLines(head, rows) : []),
    ...notes,
  ].join("\n");
}

/** Half-transparent greys and inherited text read on light and on dark ground. */
const CELL = "padding:0.2em 0.8em 0.2em 0;border:0;background:transparent;" +
  "color:inherit;vertical-align:top;" +
  "border-bottom:1px solid rgba(128,128,128,0.35);";

/** The table for `show`: plain HTML in a notebook, aligned text elsewhere. */
export function tableDisplay(table: TextTable): Displayable {
  const { caption, head, rows, notes = [] } = table;
  const figures = figureColumns(head, rows);
  const cell = (tag: "th" | "td", text: string, c: number) =>
    `<${tag} style="${CELL}text-align:${figures[c] ? "right" : "left"}${
      tag === "th" ? ";font-weight:600" : ""
    }">${escapeHtml(text)}</${tag}>`;
  const row = (tag: "th" | "td", texts: readonly string[]) =>
    `<tr>${texts.map((text, c) => cell(tag, text, c)).join("")}</tr>`;
  return bundle({
    "text/plain": tableText(table),
    "text/html": `<table style="border-collapse:collapse;color:inherit">` +
      (caption
        ? `<caption style="caption-side:top;text-align:left;` +
          `padding:0.25em 0;font-weight:600;color:inherit">${
            escapeHtml(caption)
          }</caption>`
        : "") +
      (rows.length > 0
        ? `<thead>${row("th", head)}</thead><tbody>${
          rows.map((texts) => row("td", texts)).join("")
        }</tbody>`
        : "") +
      "</table>" +
      notes.map((note) =>
        `<p style="margin:0.2em 0;color:inherit;opacity:0.75">${
          escapeHtml(note)
        }</p>`
      ).join(""),
  });
}

/** Tables for `show`, one under the other. */
export function tablesDisplay(tables: readonly TextTable[]): Displayable {
  const displays = tables.map((table) => tableDisplay(table));
  const forms = (mime: "text/plain" | "text/html", between: string) =>
    displays.map((d) => (d[DISPLAY]() as MimeBundle)[mime]).join(between);
  return bundle({
    "text/plain": forms("text/plain", "\n\n"),
    "text/html": forms("text/html", ""),
  });
}

function figureColumns(
  head: readonly string[],
  rows: readonly (readonly string[])[],
): boolean[] {
  return head.map((_, c) =>
    c > 0 && rows.length > 0 && rows.every((row) => FIGURE.test(row[c])) &&
    rows.some((row) => /\d/.test(row[c]))
  );
}
