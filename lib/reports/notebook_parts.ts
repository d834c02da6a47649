/**
 * A report's pieces as notebook displays: HTML with inline styles only, which
 * also reads in a notebook that is not trusted, and the same words as text.
 *
 * @module
 */
import { bundle, type Displayable, escapeHtml } from "../core/display.ts";
import { SUMMARY_HEADS } from "./headings.ts";
import type { ReportModel } from "./model.ts";
import type { Cell, Table } from "./table.ts";
import { textTable, wrap } from "./terminal.ts";

/** Half-transparent greys and inherited text read on light and on dark ground. */
const LINE = "1px solid rgba(128,128,128,0.35)";
const CELL = `padding:0.25em 0.7em;border:0;border-bottom:${LINE};` +
  "background:transparent;color:inherit;vertical-align:top;";
const HEAD = CELL + "font-weight:600;vertical-align:bottom;";
const QUIET = "color:inherit;opacity:0.75;font-size:0.92em;";

/** Title, notices and the three sentences. */
export function summaryDisplay(model: ReportModel): Displayable {
  const notices = model.notices.map((text) =>
    `<p style="margin:0.6em 0;padding:0.5em 0.9em;color:inherit;` +
    `border-left:4px solid rgba(200,130,0,0.9)">${escapeHtml(text)}</p>`
  );
  const summary = model.summary.map((text, k) =>
    `<p style="margin:0.6em 0;color:inherit"><b>${SUMMARY_HEADS[k]}.</b> ${
      escapeHtml(text)
    }</p>`
  );
  return bundle({
    "text/plain": [
      model.title,
      model.subtitle,
      "",
      ...model.notices.flatMap((text) => wrap(`! ${text}`)),
      ...model.summary.flatMap((text, k) =>
        wrap(`${SUMMARY_HEADS[k]}: ${text}`)
      ),
    ].join("\n"),
    "text/html": `<div style="max-width:50em;color:inherit">` +
      `<h2 style="margin:0.4em 0 0.1em;color:inherit">${
        escapeHtml(model.title)
      }</h2><p style="margin:0;${QUIET}">${escapeHtml(model.subtitle)}</p>` +
      notices.join("") + summary.join("") + `</div>`,
  });
}

/** One table with its notes. */
export function tableDisplay(table: Table): Displayable {
  const span = table.columns.length + 1;
  const align = (k: number) =>
    table.columns[k].align === "right"
      ? "text-align:right;white-space:nowrap;"
      : "text-align:left;";
  const head = `<tr><th style="${HEAD}text-align:left">${
    escapeHtml(table.head)
  }</th>${
    table.columns.map((c, k) =>
      `<th style="${HEAD}${align(k)}white-space:normal">${
        escapeHtml(c.unit ? `${c.title} (${c.unit})` : c.title)
      }</th>`
    ).join("")
  }</tr>`;
  const body = table.groups.flatMap((group) => [
    ...(group.title
      ? [
        `<tr><th colspan="${span}" style="${HEAD}text-align:left">${
          escapeHtml(group.title)
        }</th></tr>`,
      ]
      : []),
    ...group.rows.map((row) =>
      `<tr><th style="${CELL}text-align:left;font-weight:400">${
        escapeHtml(row.tag ? `${row.head} (${row.tag})` : row.head)
      }</th>${
        row.cells.map((cell, k) =>
          `<td style="${CELL}${align(k)}">${cellHtml(cell)}</td>`
        ).join("")
      }</tr>`
    ),
  ]);
  const notes = [
    ...table.notes.map((text, k) => `[${k + 1}] ${text}`),
    ...table.remarks,
  ];
  return bundle({
    "text/plain": [table.caption, ...textTable(table), ...notes].join("\n"),
    "text/html": `<table style="border-collapse:collapse;margin:0.6em 0;` +
      `color:inherit"><caption style="caption-side:top;text-align:left;` +
      `padding:0.25em 0;font-weight:600;color:inherit">${
        escapeHtml(table.caption)
      }</caption><thead>${head}</thead><tbody>${
        body.join("")
      }</tbody></table>` +
      notes.map((text) =>
        `<p style="margin:0.2em 0;${QUIET}">${escapeHtml(text)}</p>`
      ).join(""),
  });
}

function cellHtml({ text, invalid, notes }: Cell): string {
  return invalid
    ? `<s>${escapeHtml(text)}</s> [${(notes ?? []).join(",")}]`
    : escapeHtml(text);
}
