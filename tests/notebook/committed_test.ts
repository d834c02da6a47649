import assert from "node:assert/strict";
import { join } from "node:path";
import {
  formatNotebook,
  type Output,
  readNotebook,
} from "../../lib/notebook/ipynb.ts";
import { ROOT } from "./notebooks.ts";

/** What the notebooks that are kept executed hold, at least. */
const NOTEBOOKS: Readonly<
  Record<
    string,
    { outputs: number; charts: number; steps: number; lines: number }
  >
> = {
  "01_quickstart": { outputs: 10, charts: 4, steps: 4, lines: 16 },
  "02_datasets": { outputs: 15, charts: 1, steps: 5, lines: 26 },
};

Deno.test("every notebook that is kept is checked here", async () => {
  const kept: string[] = [];
  for await (const { name } of Deno.readDir(join(ROOT, "notebooks"))) {
    if (name.endsWith(".ipynb")) kept.push(name.replace(".ipynb", ""));
  }
  assert.deepEqual(kept.sort(), Object.keys(NOTEBOOKS));
});

for (const [name, wanted] of Object.entries(NOTEBOOKS)) {
  const path = join(ROOT, "notebooks", `${name}.ipynb`);
  const { cells } = await readNotebook(path);
  const text = await Deno.readTextFile(path);
  const code = cells.filter((cell) => cell.cell_type === "code");
  const outputs: Output[] = code.flatMap((cell) => cell.outputs ?? []);

  Deno.test(`${name} is kept executed, in order, without an error`, () => {
    assert.deepEqual(
      code.map((cell) => cell.execution_count),
      code.map((_, n) => n + 1),
    );
    assert.ok(outputs.length >= wanted.outputs);
    assert.deepEqual(
      outputs.filter((o) => o.output_type !== "display_data"),
      [],
    );
  });

  Deno.test(`${name} shows tables and charts in forms that survive everywhere`, () => {
    const kinds = outputs.map((o) =>
      "data" in o ? Object.keys(o.data).sort().join() : o.output_type
    );
    const known = [
      "image/png,image/svg+xml,text/plain",
      "text/html,text/plain",
      "text/plain",
    ];
    assert.deepEqual(kinds.filter((kind) => !known.includes(kind)), []);
    assert.equal(kinds.filter((k) => k === known[0]).length, wanted.charts);
  });

  Deno.test(`${name}'s progress ended: each step has one display, at its last state`, () => {
    for (const cell of code) {
      const steps = (cell.outputs ?? []).flatMap((o) =>
        "data" in o && / — /.test(String(o.data["text/plain"]))
          ? [String(o.data["text/plain"])]
          : []
      );
      const heads = steps.map((s) => s.split(" — ")[0]);
      assert.equal(new Set(heads).size, steps.length);
      for (const step of steps) {
        assert.match(step, / — .* in [\d.]+ (?:m?s|min)/);
      }
    }
    const all = outputs.filter((o) =>
      "data" in o && / — /.test(String(o.data["text/plain"]))
    );
    assert.ok(all.length >= wanted.steps, `${all.length} steps`);
  });

  Deno.test(`${name} is small, written as Jupyter writes it, and names no machine`, () => {
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
    assert.ok(lines.length <= wanted.lines, `${lines.length} lines of code`);
  });
}
