import assert from "node:assert/strict";
import { formsOf } from "../../lib/core/display.ts";
import { reportModel } from "../../lib/reports/model.ts";
import {
  summaryDisplay,
  tableDisplay,
} from "../../lib/reports/notebook_parts.ts";
import { NASTY, nasty, spoiled } from "./variants.ts";

Deno.test("summaryDisplay() and tableDisplay() survive a notebook that is not trusted", async () => {
  const model = reportModel(nasty(), NASTY);
  for (const shown of [summaryDisplay(model), tableDisplay(model.figures)]) {
    const forms = await formsOf(shown);
    const html = String(forms["text/html"]);
    assert.doesNotMatch(html, /<style|<script|<img|class=|<svg/);
    assert.deepEqual(Object.keys(forms).sort(), ["text/html", "text/plain"]);
    assert.ok(forms["text/plain"].length > 100);
  }
});

Deno.test("tableDisplay() marks invalid figures and says why", async () => {
  const { figures } = reportModel(spoiled("postgres batched", 10));
  const forms = await formsOf(tableDisplay(figures));
  assert.match(String(forms["text/html"]), /<s>7\.69<\/s> \[1\]/);
  assert.match(forms["text/plain"], /\[1\] The client was the bottleneck/);
});
