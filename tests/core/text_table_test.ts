import assert from "node:assert/strict";
import { DISPLAY } from "../../lib/core/display.ts";
import {
  alignedLines,
  tableDisplay,
  tableText,
} from "../../lib/core/text_table.ts";

const TABLE = {
  caption: "Versions",
  head: ["version", "rows", "size", "message"],
  rows: [["1.0", "300,000", "3.2 MB", "first"], ["1.10", "600,000", "", "x<y"]],
  notes: ["Two versions."],
};

Deno.test("alignedLines() puts figures to the right, and the first column and texts to the left", () => {
  assert.deepEqual(alignedLines(TABLE.head, TABLE.rows), [
    "version     rows    size  message",
    "1.0      300,000  3.2 MB  first",
    "1.10     600,000          x<y",
  ]);
});

Deno.test("tableText() leaves an empty table out, and keeps its words", () => {
  const empty = { ...TABLE, rows: [] };
  assert.equal(tableText(empty), "Versions\nTwo versions.");
});

Deno.test("tableDisplay() says the same as HTML, escaped, without a style sheet", async () => {
  const forms = await tableDisplay(TABLE)[DISPLAY]();
  assert.equal(forms["text/plain"], tableText(TABLE));
  const html = String(forms["text/html"]);
  assert.match(html, /x&lt;y/);
  assert.match(html, /text-align:right[^>]*>300,000</);
  assert.doesNotMatch(html, /<style|<script|class=/);
});
