import assert from "node:assert/strict";
import { parseHTML } from "linkedom";
import { reportJson } from "../../lib/reports/json.ts";
import { reportModel } from "../../lib/reports/model.ts";
import { html } from "../../lib/reports/write.ts";
import type { RunResult } from "../../lib/runs/result.ts";
import { NASTY, nasty, RUN, spoiled } from "./variants.ts";

function page(run: RunResult, title?: string) {
  const text = html(reportModel(run, title), run);
  return { text, document: parseHTML(text).document };
}

Deno.test("reportHtml() asks for nothing from outside, and runs nothing", () => {
  const { text, document } = page(RUN);
  for (const element of document.querySelectorAll("[src],[href],[action]")) {
    const target = element.getAttribute("src") ??
      element.getAttribute("href") ?? element.getAttribute("action") ?? "";
    assert.match(target, /^(#|data:,)/);
  }
  for (const script of document.querySelectorAll("script")) {
    assert.equal(script.getAttribute("type"), "application/json");
  }
  assert.doesNotMatch(text, /@import|url\(|<link rel="stylesheet/);
});

Deno.test("reportHtml() gives each id once, and every inner link a target", () => {
  const { document } = page(spoiled("postgres batched", 10));
  const ids = [...document.querySelectorAll("[id]")].map((e) => e.id);
  assert.equal(new Set(ids).size, ids.length);
  const links = [...document.querySelectorAll('a[href^="#"]')];
  assert.ok(links.length > 4);
  for (const link of links) {
    assert.ok(
      ids.includes(link.getAttribute("href")!.slice(1)),
      link.outerHTML,
    );
  }
  for (const named of document.querySelectorAll("[aria-labelledby]")) {
    for (const id of named.getAttribute("aria-labelledby")!.split(" ")) {
      assert.ok(ids.includes(id), id);
    }
  }
});

Deno.test("reportHtml() has headings in order, scopes in tables, names on charts", () => {
  const { document } = page(RUN);
  const levels = [...document.querySelectorAll("h1,h2,h3")]
    .map((h) => Number(h.tagName.slice(1)));
  assert.equal(levels.filter((l) => l === 1).length, 1);
  levels.slice(1).forEach((level, k) => assert.ok(level - levels[k] <= 1));
  for (const th of document.querySelectorAll("th")) {
    assert.match(th.getAttribute("scope") ?? "", /^(col|row|rowgroup)$/);
  }
  for (const table of document.querySelectorAll("table")) {
    assert.ok(table.querySelector("caption")?.textContent);
  }
  const charts = document.querySelectorAll('figure svg[role="img"]');
  assert.equal(charts.length, 8);
  assert.equal(document.documentElement.getAttribute("lang"), "en");
});

Deno.test("reportHtml() holds the report as data", () => {
  const { document } = page(RUN);
  const data = document.querySelector("#report-data")!.textContent!;
  const expected = reportJson(reportModel(RUN), RUN);
  assert.deepEqual(JSON.parse(data), JSON.parse(JSON.stringify(expected)));
});

Deno.test("reportHtml() lets nobody's words become markup", () => {
  const run = nasty();
  const { text, document } = page(run, NASTY);
  assert.equal(document.querySelector("h1")!.textContent, NASTY);
  assert.equal(document.querySelectorAll("img").length, 0);
  assert.equal(document.querySelectorAll("script").length, 1);
  assert.equal(text.split("</script>").length, 2);
  const data = JSON.parse(document.querySelector("#report-data")!.textContent!);
  assert.equal(data.result.name, NASTY);
  assert.ok([...document.querySelectorAll("#figures-note-1")][0].textContent!
    .includes(NASTY));
});

Deno.test("reportHtml() strikes an invalid figure through, says so aloud, and links its reason", () => {
  const { document } = page(spoiled("postgres batched", 10));
  const struck = [...document.querySelectorAll("#figures s.invalid")];
  assert.ok(struck.length >= 8);
  for (const s of struck) {
    const cell = s.parentElement!;
    assert.match(cell.textContent ?? "", /\(invalid\)/);
    assert.ok(cell.querySelector('a[href="#figures-note-1"]'));
  }
});
