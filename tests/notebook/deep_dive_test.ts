import assert from "node:assert/strict";
import { join } from "node:path";
import { writeDeepDive } from "../../lib/notebook/deep_dive.ts";
import { readNotebook } from "../../lib/notebook/ipynb.ts";
import { saveResult } from "../../lib/runs/saved.ts";
import { fixtureResult } from "../fixtures/run_result.ts";
import { ROOT } from "./notebooks.ts";

async function withRun(
  parent: string | undefined,
  test: (folder: string) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "dive-", dir: parent });
  try {
    await saveResult(
      fixtureResult({ clients: [1, 4], minimum: 1000, iterations: 20 }),
      folder,
    );
    await test(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** The notebook has an output under each cell that shows something, and no path of this machine. */
async function assertDive(folder: string): Promise<void> {
  const path = await writeDeepDive(folder);
  assert.equal(path, join(folder, "deep_dive.ipynb"));
  const { cells } = await readNotebook(path);
  const [parameters, ...rest] = cells.filter((c) => c.cell_type === "code");
  assert.equal(parameters.source, 'let folder = ".";');
  for (const cell of rest) {
    const shows = cell.source.match(/dive\.\w+\(/g) ?? [];
    assert.equal(cell.outputs!.length, shows.length, cell.source);
    for (const output of cell.outputs!) {
      assert.equal(output.output_type, "display_data");
    }
  }
  const text = await Deno.readTextFile(path);
  for (const secret of [folder, ROOT, Deno.env.get("HOME") ?? ROOT]) {
    assert.ok(!text.includes(secret), secret);
  }
  const names = [...Deno.readDirSync(folder)].map((entry) => entry.name);
  assert.equal(names.length, 3);
}

Deno.test("writeDeepDive() executes the notebook on a run kept in the project", async () => {
  const runs = join(ROOT, "reports", "runs");
  await Deno.mkdir(runs, { recursive: true });
  await withRun(runs, assertDive);
});

Deno.test("writeDeepDive() executes the notebook on a run kept elsewhere", async () => {
  await withRun(undefined, assertDive);
});

Deno.test("writeDeepDive() refuses a folder without a run, and leaves nothing in it", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await assert.rejects(writeDeepDive(folder), /report\.json is missing/);
    assert.equal([...Deno.readDirSync(folder)].length, 0);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
