import type { ReportModel } from "./model.ts";
import type { Cell, Table } from "./table.ts";

/** Columns of the figures that fit a terminal of 100 characters with names of usual length. */
const SHOWN = [
  "p50",
  "p95",
  "p99",
  "Max",
  "Throughput",
  "Cost per million",
];

/** A report's summary and figures as plain text, aligned; the same in a pipe. */
export function reportText(model: ReportModel): string {
  const { figures } = model;
  const parts = [
    model.title,
    model.subtitle,
    "",
    ...model.notices.flatMap((text) => wrap(`! ${text}`)),
    ...(model.notices.length > 0 ? [""] : []),
    ...textTable(figures, SHOWN),
    ...figures.notes.flatMap((text, k) => wrap(`[${k + 1}] ${text}`, 4)),
    "",
    ...model.summary.flatMap((text) => wrap(text)),
  ];
  return parts.join("\n") + "\n";
}

/** A table as aligned text. Columns that are not named are left out; an invalid figure ends in its note, `7.4![1]`. */
export function textTable(
  table: Table,
  names: readonly string[] = table.columns.map((c) => c.title),
): string[] {
  const shown = table.columns.flatMap((column, k) =>
    names.includes(column.title) ? [{ column, k }] : []
  );
  const head = [table.head, ...shown.map(({ column }) => column.title)];
  const units = ["", ...shown.map(({ column }) => column.unit ?? "")];
  const body = table.groups.map((group) => ({
    title: group.title,
    rows: group.rows.map((row) => [
      (group.title ? "  " : "") + row.head + (row.tag ? ` (${row.tag})` : ""),
      ...shown.map(({ k }) => cellText(row.cells[k])),
    ]),
  }));
  const widths = head.map((title, k) =>
    Math.max(
      title.length,
      units[k].length,
      ...body.flatMap((g) => g.rows.map((row) => row[k].length)),
    )
  );
  const line = (cells: readonly string[]) =>
    cells.map((cell, k) =>
      k > 0 && shown[k - 1].column.align === "right"
        ? cell.padStart(widths[k])
        : cell.padEnd(widths[k])
    ).join("  ").trimEnd();
  return [
    line(head),
    ...(units.some((unit) => unit !== "") ? [line(units)] : []),
    widths.map((w) => "-".repeat(w)).join("  "),
    ...body.flatMap((g) => [
      ...(g.title ? [g.title] : []),
      ...g.rows.map(line),
    ]),
  ];
}

function cellText({ text, invalid, notes }: Cell): string {
  return invalid ? `${text}![${(notes ?? []).join(",")}]` : text;
}

/** Breaks a text into lines of at most 100 characters. */
export function wrap(text: string, indent = 0): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && line.length + 1 + word.length > 100) {
      lines.push(line);
      line = " ".repeat(indent) + word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  return [...lines, line];
}
