import assert from "node:assert/strict";
import { executeNotebook } from "../../lib/notebook/execute.ts";
import { notebookOf, ROOT, withNotebook } from "../notebook/notebooks.ts";

const EXECUTIONS = 200;

Deno.test("executeNotebook() loses and misplaces none of the outputs of 200 executions of three displays", async () => {
  const cells = Array.from(
    { length: EXECUTIONS },
    (_, n) => `await show("a${n}", "b${n}", "c${n}");`,
  );
  const notebook = notebookOf('import { show } from "servemark";', ...cells);
  await withNotebook(notebook, async (path) => {
    const { notebook } = await executeNotebook(path, { cwd: ROOT });
    const shown = notebook.cells.slice(1).map((cell) =>
      cell.outputs!.map((o) => "data" in o ? o.data["text/plain"] : o)
    );
    assert.deepEqual(shown, cells.map((_, n) => [`a${n}`, `b${n}`, `c${n}`]));
  });
});
