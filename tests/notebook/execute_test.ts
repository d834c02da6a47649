import assert from "node:assert/strict";
import { join } from "node:path";
import { ServemarkError } from "../../lib/core/errors.ts";
import type { ProgressEvent } from "../../lib/core/progress.ts";
import { executeNotebook } from "../../lib/notebook/execute.ts";
import { type Output, readNotebook } from "../../lib/notebook/ipynb.ts";
import { code, notebookOf, ROOT, withNotebook } from "./notebooks.ts";

function texts(outputs: Output[] | undefined): unknown[] {
  return (outputs ?? []).map((output) =>
    output.output_type === "stream"
      ? output.text
      : output.output_type === "error"
      ? output.evalue
      : output.data["text/plain"]
  );
}

Deno.test("executeNotebook() keeps every output under its cell, over 20 executions of three displays", async () => {
  const cells = Array.from(
    { length: 20 },
    (_, n) => `await show("a${n}", "b${n}", "c${n}");`,
  );
  const notebook = notebookOf('import { show } from "servemark";', ...cells);
  await withNotebook(notebook, async (path) => {
    const { notebook } = await executeNotebook(path, { cwd: ROOT });
    assert.deepEqual(
      notebook.cells.slice(1).map((cell) => texts(cell.outputs)),
      cells.map((_, n) => [`a${n}`, `b${n}`, `c${n}`]),
    );
    assert.deepEqual(await readNotebook(path), notebook);
  });
});

Deno.test("executeNotebook() takes parameters and writes to another file", async () => {
  const notebook = notebookOf(
    code('let rows = "300k";\nconst clients = [1];', "parameters"),
    "console.log(rows, clients.length);",
  );
  await withNotebook(notebook, async (path, folder) => {
    const before = await Deno.readTextFile(path);
    const output = join(folder, "out.ipynb");
    const events: ProgressEvent[] = [];
    const { cells } = await executeNotebook(path, {
      params: { rows: "5k", clients: [1, 2] },
      output,
      progress: (event) => events.push(event),
    });
    assert.equal(cells, 3);
    const done = await readNotebook(output);
    assert.deepEqual(texts(done.cells[2].outputs), ["5k 2\n"]);
    assert.equal(done.cells[2].execution_count, 3);
    assert.equal(done.metadata.kernelspec !== undefined, true);
    assert.equal(await Deno.readTextFile(path), before);
    assert.deepEqual(events.at(-1), {
      step: "Execute notebook.ipynb",
      done: 3,
      total: 3,
      unit: "cells",
      finished: true,
    });
  });
});

Deno.test("executeNotebook() ends at the first error and keeps what came before", async () => {
  const notebook = notebookOf(
    'console.log("before")',
    'throw new Error("boom")',
    'console.log("after")',
  );
  await withNotebook(notebook, async (path, folder) => {
    const before = await Deno.readTextFile(path);
    await assert.rejects(
      executeNotebook(path),
      /cell 2 failed: Error: boom[^]*cell 2: throw new Error[^]*notebook\.failed\.ipynb/,
    );
    assert.equal(await Deno.readTextFile(path), before);
    const partial = await readNotebook(join(folder, "notebook.failed.ipynb"));
    assert.deepEqual(partial.cells.map((cell) => texts(cell.outputs)), [
      ["before\n"],
      ["boom"],
      [],
    ]);
  });
});

Deno.test("executeNotebook() goes on after a cell that is meant to fail", async () => {
  const notebook = notebookOf(
    code('throw new Error("as shown")', "raises-exception"),
    'console.log("after")',
  );
  await withNotebook(notebook, async (path) => {
    const { notebook } = await executeNotebook(path);
    assert.deepEqual(texts(notebook.cells[1].outputs), ["after\n"]);
  });
});

Deno.test("executeNotebook() says so when the kernel gives no reason, or ends", async () => {
  await withNotebook(notebookOf("let x = ;"), async (path) => {
    await assert.rejects(
      executeNotebook(path),
      /cell 1 failed: .*syntax error/,
    );
  });
  await withNotebook(notebookOf("1", "Deno.exit(3)"), async (path) => {
    await assert.rejects(
      executeNotebook(path),
      /cell 2 failed: The notebook kernel ended/,
    );
  });
});

Deno.test("executeNotebook() stops a cell at its timeout", async () => {
  const slow = "await new Promise((resolve) => setTimeout(resolve, 60_000))";
  await withNotebook(notebookOf(slow), async (path) => {
    await assert.rejects(
      executeNotebook(path, { timeout: 0.5 }),
      /cell 1 failed: it took longer than 0\.5 s/,
    );
  });
});

Deno.test("executeNotebook() interrupts the cell when it is aborted, and writes nothing", async () => {
  const slow = "await new Promise((resolve) => setTimeout(resolve, 60_000))";
  await withNotebook(notebookOf(slow), async (path, folder) => {
    const stop = new AbortController();
    const reason = new ServemarkError("Stopped by hand");
    setTimeout(() => stop.abort(reason), 700);
    await assert.rejects(
      executeNotebook(path, { signal: stop.signal }),
      (error) => error === reason,
    );
    assert.equal([...Deno.readDirSync(folder)].length, 1);
  });
});
