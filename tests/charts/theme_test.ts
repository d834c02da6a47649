import assert from "node:assert/strict";
import {
  coloursOf,
  cssVariables,
  seriesStyle,
} from "../../lib/charts/theme.ts";

/** Relative luminance and contrast of WCAG 2.2. */
function luminance(hex: string): number {
  const [r, g, b] = [1, 3, 5].map((k) =>
    parseInt(hex.slice(k, k + 2), 16) / 255
  )
    .map((c) => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a: string, b: string): number {
  const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (high + 0.05) / (low + 0.05);
}

Deno.test("coloursOf() keeps text and lines readable in both schemes", () => {
  for (const scheme of ["light", "dark"] as const) {
    const c = coloursOf(scheme);
    for (const text of [c.text, c.muted, c.objective, c.invalid]) {
      assert.ok(contrast(text, c.background) >= 4.5, `${scheme} ${text}`);
    }
    for (const line of c.series) {
      assert.ok(contrast(line, c.background) >= 3, `${scheme} ${line}`);
    }
  }
});

Deno.test("seriesStyle() tells systems apart without colour", () => {
  const styles = [0, 1, 2, 3, 4, 5].map((k) => seriesStyle("light", k));
  const grey = new Set(styles.map((s) => `${s.dash}/${s.symbol}`));
  assert.equal(grey.size, styles.length);
  assert.equal(new Set(styles.map((s) => s.colour)).size, styles.length);
  assert.deepEqual(seriesStyle("light", 12).colour, styles[0].colour);
});

Deno.test("cssVariables() declares every colour that auto charts refer to", () => {
  const { series, ...rest } = coloursOf("auto");
  const declared = cssVariables("dark");
  for (const reference of [...series, ...Object.values(rest)]) {
    const name = /^var\((--sm-[a-z0-9-]+)\)$/.exec(String(reference))?.[1];
    assert.ok(name && declared.includes(`${name}:#`), String(reference));
  }
});
