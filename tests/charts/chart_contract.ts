/**
 * What holds for every chart.
 *
 * @module
 */
import assert from "node:assert/strict";
import { parseHTML } from "linkedom";
import type { ChartOptions } from "../../lib/charts/series.ts";
import { textWidth } from "../../lib/charts/svg_text.ts";
import { SYSTEMS } from "./sample.ts";
import { assertSnapshot } from "./snapshot.ts";

/** Draws a chart in its variants: snapshots of two of them, and the rules for all. */
export async function assertChart(
  name: string,
  draw: (options: ChartOptions) => string,
): Promise<void> {
  const light = await assertSnapshot(
    `${name}_light`,
    "t1",
    () => draw({ id: "t1", scheme: "light" }),
  );
  const dark = await assertSnapshot(
    `${name}_dark_narrow`,
    "t2",
    () => draw({ id: "t2", scheme: "dark", width: 380 }),
  );
  const auto = draw({ id: "t3", scheme: "auto" });
  for (const [svg, id] of [[light, "t1"], [dark, "t2"], [auto, "t3"]]) {
    assertAccessible(svg, id);
    assertNamed(svg);
    assertInside(svg);
  }
  // The page decides the colours: none is written into the picture.
  assert.doesNotMatch(auto, /#[0-9a-f]{6}/i);
  for (const svg of [light, dark]) {
    assert.doesNotMatch(svg, /var\(|currentColor|<style|<script|href=|url\(/);
  }
  assert.equal(idsOf(light).filter((x) => idsOf(dark).includes(x)).length, 0);
}

function root(svg: string): Element {
  const { document } = parseHTML(`<body>${svg}</body>`);
  return document.querySelector("svg") as unknown as Element;
}

function idsOf(svg: string): string[] {
  return [...svg.matchAll(/\sid="([^"]+)"/g)].map(([, id]) => id);
}

/** It says what it is to those who cannot see it, and its ids are its own. */
function assertAccessible(svg: string, id: string): void {
  const top = root(svg);
  assert.equal(top.getAttribute("role"), "img");
  assert.match(top.getAttribute("viewBox") ?? "", /^0 0 \d+ \d+$/);
  const labels = (top.getAttribute("aria-labelledby") ?? "").split(" ");
  assert.equal(labels.length, 2);
  for (const label of labels) {
    const named = top.querySelector(`#${label}`);
    assert.ok((named?.textContent ?? "").length > 10, label);
  }
  for (const own of idsOf(svg)) assert.ok(own.startsWith(`${id}-`), own);
}

/** Every system and what stands behind it is written inside the picture. */
function assertNamed(svg: string): void {
  const words = textOf(svg);
  for (const { title, note } of SYSTEMS) {
    assert.ok(words.includes(title.replaceAll(" ", "")), title);
    assert.ok(words.includes(note.replaceAll(" ", "")), note);
  }
  assert.match(words, /Hollow,crossed|endinacross/);
  assert.doesNotMatch(svg, /NaN|undefined|Infinity/);
}

/** Drawn text, without spaces, since lines are broken. */
function textOf(svg: string): string {
  return [...root(svg).querySelectorAll("text")]
    .map((t) => t.textContent).join("").replaceAll(/\s/g, "");
}

/** No text of the frame leaves the picture. */
function assertInside(svg: string): void {
  const top = root(svg);
  const [, , width, height] = (top.getAttribute("viewBox") ?? "").split(" ")
    .map(Number);
  for (const text of top.querySelectorAll(":scope > text")) {
    const x = Number(text.getAttribute("x"));
    const y = Number(text.getAttribute("y"));
    const long = textWidth(
      text.textContent ?? "",
      Number(text.getAttribute("font-size")),
    );
    const middle = text.getAttribute("text-anchor") === "middle";
    const [from, to] = middle ? [x - long / 2, x + long / 2] : [x, x + long];
    assert.ok(from >= 0 && to <= width + 0.5, text.textContent ?? "");
    assert.ok(y > 0 && y < height, text.textContent ?? "");
  }
}
