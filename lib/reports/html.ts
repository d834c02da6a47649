import { escapeHtml } from "../core/display.ts";
import { DRAWINGS } from "./drawings.ts";
import { embedJson, prose, tableHtml } from "./html_parts.ts";
import { styleSheet } from "./html_style.ts";
import { FOOTER, SUMMARY_HEADS, VERDICTS_LEAD } from "./headings.ts";
import type { Section } from "./section.ts";
import type { ReportModel } from "./model.ts";

/**
 * A report as one HTML file: no network, no script to run, light and dark, wide
 * and narrow, printable. `json` is the report as data, embedded so that every
 * figure can be computed again.
 */
export function reportHtml(model: ReportModel, json: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="generator" content="Servemark">
<link rel="icon" href="data:,">
<title>${escapeHtml(model.title)}</title>
<style>${styleSheet()}</style>
</head>
<body>
<header>
<p class="over">Servemark report</p>
<h1>${escapeHtml(model.title)}</h1>
<p class="sub">${escapeHtml(model.subtitle)}</p>
${noticesHtml(model)}
<ol class="summary" aria-label="Summary">${
    model.summary.map((text, k) =>
      `<li><b>${SUMMARY_HEADS[k]}</b>${prose(text)}</li>`
    ).join("")
  }</ol>
<nav aria-label="Contents"><ul>${
    contents(model).map(([id, title]) =>
      `<li><a href="#${id}">${escapeHtml(title)}</a></li>`
    ).join("")
  }</ul></nav>
</header>
<main>
${chartsHtml(model)}
${verdictsHtml(model)}
<section aria-labelledby="all-figures"><h2 id="all-figures">Every figure</h2>
${tableHtml(model.figures)}</section>
<section aria-labelledby="method"><h2 id="method">How it was measured</h2>
${model.methodology.map(sectionHtml).join("\n")}
</section>
</main>
<footer><p>${escapeHtml(FOOTER)}</p></footer>
${embedJson("report-data", json)}
</body>
</html>
`;
}

function contents(model: ReportModel): [string, string][] {
  return [
    ["charts", "Charts"],
    ...(model.verdicts.length > 0
      ? [["verdicts", "Verdict between equals"] as [string, string]]
      : []),
    ["all-figures", "Every figure"],
    ["method", "How it was measured"],
  ];
}

function noticesHtml({ notices }: ReportModel): string {
  if (notices.length === 0) return "";
  return `<ul class="notices" aria-label="Read first">${
    notices.map((text) => `<li>${prose(text)}</li>`).join("")
  }</ul>`;
}

/** Each chart twice, for wide and for narrow screens; its colours are the page's. */
function chartsHtml({ charts }: ReportModel): string {
  const figures = DRAWINGS.map(({ id, caption, draw }) => {
    const variant = (name: string, width: number) =>
      `<div class="${name}">${
        draw(charts, { id: `${id}-${name}`, width, scheme: "auto" })
      }</div>`;
    return `<figure id="chart-${id}">${variant("wide", 720)}${
      variant("narrow", 380)
    }<figcaption>${escapeHtml(caption)}</figcaption></figure>`;
  });
  return `<section aria-labelledby="charts"><h2 id="charts">Charts</h2>
${figures.join("\n")}</section>`;
}

function verdictsHtml({ verdicts }: ReportModel): string {
  if (verdicts.length === 0) return "";
  return `<section aria-labelledby="verdicts"><h2 id="verdicts">Verdict between equals</h2>
<p>${escapeHtml(VERDICTS_LEAD)}</p>
${verdicts.map(tableHtml).join("\n")}</section>`;
}

function sectionHtml(section: Section): string {
  const facts = section.facts.map(([name, value]) =>
    `<dt>${escapeHtml(name)}</dt><dd>${escapeHtml(value)}</dd>`
  ).join("");
  const tables = section.tables.map((table) =>
    table.groups.reduce((n, g) => n + g.rows.length, 0) > 12
      ? `<details><summary>${escapeHtml(table.caption)}</summary>${
        tableHtml(table)
      }</details>`
      : tableHtml(table)
  ).join("");
  return `<h3 id="${section.id}">${escapeHtml(section.title)}</h3>` +
    section.paragraphs.map((text) => `<p>${escapeHtml(text)}</p>`).join("") +
    (facts ? `<dl>${facts}</dl>` : "") +
    (section.items
      ? `<ul>${
        section.items.map((text) => `<li>${escapeHtml(text)}</li>`).join("")
      }</ul>`
      : "") +
    tables;
}
