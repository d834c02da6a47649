import assert from "node:assert/strict";
import { chartDisplay, chartPng } from "../../lib/charts/display.ts";
import { latencyByClients } from "../../lib/charts/latency_by_clients.ts";
import { formsOf } from "../../lib/core/display.ts";
import { LATENCY } from "./sample.ts";

const svg = latencyByClients(LATENCY, { id: "shown" });

Deno.test("chartDisplay() gives a picture, its SVG and text, and no HTML", async () => {
  const forms = await formsOf(await chartDisplay(svg, "Lower is better."));
  assert.deepEqual(Object.keys(forms).sort(), [
    "image/png",
    "image/svg+xml",
    "text/plain",
  ]);
  assert.equal(forms["image/svg+xml"], svg);
  assert.equal(forms["text/plain"], "Lower is better.");
  const png = Uint8Array.from(
    atob(String(forms["image/png"])),
    (c) => c.charCodeAt(0),
  );
  assert.deepEqual(
    [...png.slice(1, 4)],
    [..."PNG"].map((c) => c.charCodeAt(0)),
  );
  const size = new DataView(png.buffer);
  assert.equal(size.getUint32(16), 1440);
});

Deno.test("chartPng() draws the text with its own fonts", async () => {
  const without = svg.replace(/<text[^>]*>.*?<\/text>/g, "");
  const [full, bare] = await Promise.all([chartPng(svg), chartPng(without)]);
  assert.ok(full.length > bare.length * 1.3, `${full.length} ${bare.length}`);
});
