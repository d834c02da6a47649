import assert from "node:assert/strict";
import { DISPLAY } from "../../lib/core/display.ts";
import { tableFrame } from "../../lib/frames/table.ts";

const ROWS = [
  { system: "postgres <batched>", clients: 1, p99: 4.23456, ok: true },
  { system: "dynamodb", clients: 1000, p99: NaN, ok: false },
];

Deno.test("tableFrame() shows aligned text, with units and n/a", () => {
  const text = String(tableFrame(ROWS, {
    title: "Latency",
    units: { p99: "ms" },
    note: "Emulated.",
  }));
  assert.equal(
    text,
    [
      "Latency",
      "system              clients  p99 (ms)  ok",
      "──────────────────  ───────  ────────  ─────",
      "postgres <batched>        1     4.235  true",
      "dynamodb              1,000       n/a  false",
      "Emulated.",
    ].join("\n"),
  );
});

Deno.test("tableFrame() shows HTML without classes, styles or scripts, and escapes text", async () => {
  const forms = await tableFrame(ROWS, { units: { p99: "ms" } })[DISPLAY]();
  const html = String(forms["text/html"]);
  assert.match(html, /postgres &lt;batched&gt;/);
  assert.match(html, /<th style="[^"]*text-align:right[^"]*">p99 \(ms\)<\/th>/);
  assert.doesNotMatch(html, /<style|<script|class=|<svg/);
  assert.equal(typeof forms["text/plain"], "string");
});

Deno.test("tableFrame() says how many rows it does not show", () => {
  const rows = Array.from({ length: 105 }, (_, n) => ({ n }));
  const text = String(tableFrame(rows, { limit: 3 }));
  assert.match(text, /… and 102 more rows$/);
  assert.equal(text.split("\n").length, 6);
});

Deno.test("tableFrame() holds a Polars frame of the same rows", async () => {
  const { frame } = tableFrame(ROWS);
  const polars = await frame;
  assert.deepEqual(polars.columns, ["system", "clients", "p99", "ok"]);
  assert.equal(polars.height, 2);
  assert.equal(polars.getColumn("clients").sum(), 1001);
});

Deno.test("tableFrame() of no rows shows an empty table", async () => {
  const table = tableFrame([]);
  assert.equal(typeof String(table), "string");
  assert.equal((await table.frame).height, 0);
});
