/**
 * The quickstart in a real JupyterLab in Chromium, by its own menus.
 *
 * @module
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import {
  KERNELSPEC,
  type Notebook,
  readNotebook,
  writeNotebook,
} from "../../lib/notebook/ipynb.ts";
import { injectParameters } from "../../lib/notebook/parameters.ts";
import { startJupyterLab } from "../emulators/jupyterlab.ts";
import { notebookOf, ROOT } from "../notebook/notebooks.ts";
import type { Order, Seen, Step } from "../browser/jupyterlab_order.ts";

const QUICKSTART = join(ROOT, "notebooks", "01_quickstart.ipynb");

/** Steps over a second that the quickstart's run shows, each in one display. */
const STEPS =
  /^(?:Load|Index|Verify|Measure|Run|Start|Warm|Generate|Read|Write)/;

Deno.test("the quickstart in JupyterLab: Run All, stop, themes, without trust", async (t) => {
  const runs = join(ROOT, "reports", "runs");
  await Deno.mkdir(runs, { recursive: true });
  const folder = await Deno.makeTempDir({ dir: runs, prefix: "jupyterlab-" });
  try {
    const quickstart = await readNotebook(QUICKSTART);
    await writeNotebook(join(folder, "executed.ipynb"), quickstart);
    await writeNotebook(join(folder, "many.ipynb"), manyOutputs());
    const sized = (rows: string, clients: number[], iterations: number) =>
      injectParameters(quickstart, { rows, clients, iterations }, QUICKSTART);
    await writeNotebook(
      join(folder, "small.ipynb"),
      sized("2k", [1, 4], 10),
    );
    await writeNotebook(join(folder, "long.ipynb"), sized("2k", [4], 100_000));
    const seen = await drive(folder, [
      { do: "view", notebook: "executed.ipynb" },
      { do: "view", notebook: "executed.ipynb", theme: "dark" },
      { do: "run", notebook: "many.ipynb" },
      { do: "run", notebook: "small.ipynb" },
      {
        do: "stop",
        notebook: "long.ipynb",
        when: "Run feature serving: [\\d,]{3,} of",
      },
    ]);
    if ("missing" in seen) {
      const name = `skipped; what it needs: ${seen.missing}`;
      await t.step({ name, ignore: true, fn() {} });
      return;
    }
    const [light, dark, many, small, long] = seen;
    await t.step(
      "shows all its charts and tables untrusted, light and dark",
      () => {
        for (const view of [light, dark]) assertReadable(view);
      },
    );
    await t.step("Run All puts every output under its own cell", () => {
      many.cells.forEach(({ outputs }, n) =>
        assert.deepEqual(outputs, n === 0 ? [] : [`a${n}`, `b${n}`, `c${n}`])
      );
      assertQuickstart(small);
    });
    await t.step("the saved file holds every output", async () => {
      for (const [name, view] of [["many", many], ["small", small]] as const) {
        const { cells } = await readNotebook(join(folder, `${name}.ipynb`));
        assert.deepEqual(
          cells.filter((c) => c.cell_type === "code")
            .map((c) => c.outputs!.length),
          view.cells.map((c) => c.outputs.length),
          name,
        );
      }
    });
    await t.step(
      "the stop button ends the run and keeps what was measured",
      () => {
        assertStopped(long);
      },
    );
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

/** Thirty cells of three displays. */
function manyOutputs(): Notebook {
  const notebook = notebookOf(
    'import { show } from "servemark";',
    ...Array.from(
      { length: 30 },
      (_, n) => `await show("a${n + 1}", "b${n + 1}", "c${n + 1}");`,
    ),
  );
  return { ...notebook, metadata: { kernelspec: KERNELSPEC } };
}

async function drive(
  folder: string,
  steps: Step[],
): Promise<Seen[] | { missing: string }> {
  const catalog = await Deno.makeTempDir({ prefix: "servemark-catalog-" });
  try {
    const lab = await startJupyterLab(folder, { SERVEMARK_CATALOG: catalog });
    if ("missing" in lab) return lab;
    try {
      const { url, token } = lab;
      return await browse({ url, token, steps, patience: 120 });
    } finally {
      await lab.close();
    }
  } finally {
    await Deno.remove(catalog, { recursive: true });
  }
}

async function browse(order: Order): Promise<Seen[] | { missing: string }> {
  const browser = join(ROOT, "tests", "browser");
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "-q",
      "-A",
      "--frozen",
      `--config=${join(browser, "deno.json")}`,
      join(browser, "jupyterlab.ts"),
      JSON.stringify(order),
    ],
  }).output();
  const text = new TextDecoder();
  if (code === 3) return { missing: text.decode(stderr).trim() };
  assert.equal(code, 0, text.decode(stderr));
  return JSON.parse(text.decode(stdout));
}

/** Pictures are drawn, and text can be told from what is behind it (WCAG AA: 4.5). */
function assertReadable(view: Seen): void {
  assert.match(view.trust, /^Notebook not trusted/);
  assert.ok(view.pictures.length >= 4);
  for (const { width, height, decoded } of view.pictures) {
    assert.ok(decoded && width > 400 && height > 200);
  }
  assert.ok(view.tables.length >= 2);
  for (const { rows, width, contrast } of view.tables) {
    assert.ok(rows > 2 && width > 300 && contrast >= 4.5);
  }
}

/** What the quickstart's code cells show: parameters, injected ones, data, run, latency, report. */
function assertQuickstart({ cells, kernel }: Seen): void {
  assert.equal(kernel, "idle");
  const [parameters, injected, data, run, latency, report] = cells.map((c) =>
    c.outputs
  );
  assert.deepEqual([...parameters, ...injected], []);
  assert.match(data.at(-1)!, /fraud_detection/);
  for (const output of [...data.slice(0, -1), ...run]) {
    assert.match(output, STEPS);
  }
  assert.equal(latency.length, 1);
  assert.match(latency[0], /Response time[^]*PostgreSQL/);
  assert.match(report[0], /PostgreSQL or DynamoDB\?[^]*\$\d/);
  assert.ok(report.length >= 6);
}

function assertStopped(view: Seen): void {
  assertQuickstart(view);
  const [, , , run, latency, report] = view.cells.map((c) => c.outputs);
  assert.match(run.at(-1)!, /stopped at [\d,]+ of [\d,]+ operations/);
  assert.match(latency[0], /cut short/);
  assert.match(report[0], /cut short/);
}
