import assert from "node:assert/strict";
import { join } from "node:path";
import {
  formatNotebook,
  type Output,
  readNotebook,
} from "../../lib/notebook/ipynb.ts";
import { ROOT } from "./notebooks.ts";

const PATH = join(ROOT, "notebooks", "01_quickstart.ipynb");
const { cells } = await readNotebook(PATH);
const text = await Deno.readTextFile(PATH);
const code = cells.filter((cell) => cell.cell_type === "code");
const outputs: Output[] = code.flatMap((cell) => cell.outputs ?? []);

Deno.test("the quickstart is kept executed, in order, without an error", () => {
  assert.deepEqual(
    code.map((cell) => cell.execution_count),
    code.map((_, n) => n + 1),
  );
  assert.ok(outputs.length >= 10);
  assert.deepEqual(
    outputs.filter((o) => o.output_type !== "display_data"),
    [],
  );
});

Deno.test("the quickstart shows tables and charts in forms that survive everywhere", () => {
  const kinds = outputs.map((o) =>
    "data" in o ? Object.keys(o.data).sort().join() : o.output_type
  );
  const charts = kinds.filter((k) =>
    k === "image/png,image/svg+xml,text/plain"
  );
  const tables = kinds.filter((k) => k === "text/html,text/plain");
  assert.equal(charts.length, 4);
  assert.equal(charts.length + tables.length, kinds.length);
  assert.ok(!kinds.includes("text/plain"));
});

Deno.test("the quickstart's progress ended: each step has one display, at its last state", () => {
  const steps = outputs.flatMap((o) =>
    "data" in o && / — /.test(String(o.data["text/plain"]))
      ? [String(o.data["text/plain"])]
      : []
  );
  assert.ok(steps.length >= 4);
  assert.equal(new Set(steps.map((s) => s.split(" — ")[0])).size, steps.length);
  for (const step of steps) assert.match(step, / — .* in [\d.]+ (?:m?s|min)/);
});

Deno.test("the quickstart is small, written as Jupyter writes it, and names no machine", () => {
  assert.ok(text.length < 1_500_000);
  assert.equal(
    formatNotebook({
      cells,
      metadata: JSON.parse(text).metadata,
      nbformat: 4,
      nbformat_minor: 5,
    }),
    text,
  );
  for (const place of [ROOT, Deno.env.get("HOME") ?? ROOT, "file:///"]) {
    assert.ok(!text.includes(place), place);
  }
  const lines = code.flatMap((cell) => cell.source.split("\n"))
    .filter((line) => line.trim() !== "");
  assert.ok(lines.length <= 16, `${lines.length} lines of code`);
});
