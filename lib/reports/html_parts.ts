/**
 * Pieces of the HTML report.
 *
 * @module
 */
import { escapeHtml } from "../core/display.ts";
import type { Cell, Row, Table } from "./table.ts";

/** A table that scrolls within itself, with its notes under it. */
export function tableHtml(table: Table): string {
  const { columns } = table;
  const head = [table.head, ...columns.map(({ title }) => title)];
  const cells = head.map((title, k) => {
    const unit = k > 0 ? columns[k - 1].unit : undefined;
    const right = k > 0 && columns[k - 1].align === "right";
    return `<th scope="col"${right ? ' class="r"' : ""}>${escapeHtml(title)}` +
      (unit ? ` <span class="unit">${escapeHtml(unit)}</span>` : "") + `</th>`;
  });
  const bodies = table.groups.map((group) =>
    `<tbody>` +
    (group.title
      ? `<tr class="group"><th scope="rowgroup" colspan="${head.length}">` +
        `<span>${escapeHtml(group.title)}</span></th></tr>`
      : "") +
    group.rows.map((row) => rowHtml(table, row)).join("") + `</tbody>`
  );
  return `<div class="table" role="region" tabindex="0" ` +
    `aria-labelledby="${table.id}-caption"><table id="${table.id}">` +
    `<caption id="${table.id}-caption">${escapeHtml(table.caption)}</caption>` +
    `<thead><tr>${cells.join("")}</tr></thead>${
      bodies.join("")
    }</table></div>` +
    notesHtml(table);
}

function rowHtml(table: Table, row: Row): string {
  return `<tr><th scope="row">${headHtml(row)}</th>` +
    row.cells.map((cell, k) => {
      const right = table.columns[k].align === "right";
      return `<td${right ? ' class="r"' : ""}>${cellHtml(table, cell)}</td>`;
    }).join("") + `</tr>`;
}

function headHtml(row: Row): string {
  const key = row.series === undefined
    ? ""
    : `<i class="key" style="background:var(--sm-series-${
      row.series % 6
    })"></i>`;
  return key + escapeHtml(row.head) + tagHtml(row.tag);
}

/** `embedded`, `emulator` … beside a name; nothing for a service. */
export function tagHtml(tag: string | undefined): string {
  return tag ? ` <span class="tag">${escapeHtml(tag)}</span>` : "";
}

function cellHtml(table: Table, cell: Cell): string {
  const text = escapeHtml(cell.text);
  const marks = (cell.notes ?? []).map((n) =>
    `<sup><a href="#${table.id}-note-${n}">${n}</a></sup>`
  ).join("<sup>,</sup>");
  return cell.invalid
    ? `<s class="invalid">${text}</s><span class="hidden"> (invalid)</span>${marks}`
    : text + marks;
}

function notesHtml(table: Table): string {
  const notes = table.notes.map((text, k) =>
    `<li id="${table.id}-note-${k + 1}">${escapeHtml(text)}</li>`
  ).join("");
  return (notes
    ? `<ol class="notes" aria-label="Why figures are invalid">${notes}</ol>`
    : "") +
    table.remarks.map((text) => `<p class="remark">${escapeHtml(text)}</p>`)
      .join("");
}

/** Escaped prose, in which a number does not part from its unit at the end of a line. */
export function prose(text: string): string {
  return escapeHtml(text).replace(
    /(\d) (ms|%|clients?|concurrent|interval)\b/g,
    "$1\u00a0$2",
  ).replace(/(p\d+(?:\.\d+)?) (&lt;) (\d)/g, "$1\u00a0$2\u00a0$3")
    .replace(/(\d) %/g, "$1\u00a0%");
}

/** JSON inside a script element: nothing in it can end the element. */
export function embedJson(id: string, json: string): string {
  const safe = json.replaceAll("<", "\\u003c").replaceAll(">", "\\u003e")
    .replaceAll("&", "\\u0026");
  return `<script type="application/json" id="${id}">${safe}</script>`;
}
