/**
 * Charts against their snapshots in `tests/fixtures/charts`. Ids and precision
 * are normalised; `UPDATE_SNAPSHOTS=1` writes them anew.
 *
 * @module
 */
import assert from "node:assert/strict";

const FOLDER = new URL("../fixtures/charts/", import.meta.url);

/** One tag a line, numbers to a tenth of a px, ids without their prefix. */
export function normalise(svg: string, id: string): string {
  return svg
    .replaceAll(`"${id}-`, '"chart-').replaceAll(` ${id}-`, " chart-")
    .replace(/<[^>]*>/g, (tag) => tag.replace(/-?\d+\.\d+/g, tenth))
    .replace(/></g, ">\n<") + "\n";
}

const tenth = (n: string) => String(Math.round(Number(n) * 10) / 10);

/**
 * Draws a chart, and holds it against its snapshot. A warning of Plot's fails:
 * it says so on the console, and with a sign in the picture.
 */
export async function assertSnapshot(
  name: string,
  id: string,
  draw: () => string,
): Promise<string> {
  const warnings: string[] = [];
  const warn = console.warn;
  console.warn = (...words: unknown[]) => warnings.push(words.join(" "));
  let svg: string;
  try {
    svg = draw();
  } finally {
    console.warn = warn;
  }
  assert.deepEqual(warnings, [], "Plot warned");
  assert.doesNotMatch(svg, /⚠/);
  const text = normalise(svg, id);
  const file = new URL(`${name}.svg`, FOLDER);
  if (Deno.env.get("UPDATE_SNAPSHOTS") === "1") {
    await Deno.mkdir(FOLDER, { recursive: true });
    await Deno.writeTextFile(file, text);
  }
  assert.equal(text, await Deno.readTextFile(file), `${name} has changed`);
  return svg;
}
