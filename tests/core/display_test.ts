import assert from "node:assert/strict";
import {
  bundle,
  DISPLAY,
  escapeHtml,
  formsOf,
  inNotebook,
  show,
} from "../../lib/core/display.ts";
import { executeNotebook } from "../../lib/notebook/execute.ts";
import { notebookOf, ROOT, withNotebook } from "../notebook/notebooks.ts";

Deno.test("inNotebook() is false outside a kernel, without an error", () => {
  assert.equal(inNotebook(), false);
});

Deno.test("formsOf() takes a thing's own forms, and adds the text where it lacks", async () => {
  const own = bundle({ "text/plain": "one", "text/html": "<b>one</b>" });
  assert.deepEqual(await formsOf(own), {
    "text/plain": "one",
    "text/html": "<b>one</b>",
  });
  const textless = {
    [DISPLAY]: () => Promise.resolve({ "text/html": "<i>x</i>" }),
    toString: () => "x",
  };
  assert.deepEqual(await formsOf(textless), {
    "text/html": "<i>x</i>",
    "text/plain": "x",
  });
});

Deno.test("formsOf() shows plain values as text", async () => {
  assert.deepEqual(await formsOf("p99"), { "text/plain": "p99" });
  assert.deepEqual(await formsOf({ a: 1 }), { "text/plain": "{ a: 1 }" });
  assert.deepEqual(await formsOf(undefined), { "text/plain": "undefined" });
});

Deno.test("bundle() prints as its text", () => {
  assert.equal(String(bundle({ "text/plain": "one" })), "one");
});

Deno.test("escapeHtml() leaves nothing that a browser would act upon", () => {
  assert.equal(
    escapeHtml(`<a href="x">&'`),
    "&lt;a href=&quot;x&quot;&gt;&amp;'",
  );
});

Deno.test("show() prints the text forms on a terminal, in order", async () => {
  const { log } = console;
  const printed: unknown[] = [];
  console.log = (text: unknown) => printed.push(text);
  try {
    await show(
      "a",
      Promise.resolve(bundle({ "text/plain": "b", "text/html": "<b>" })),
      3,
    );
  } finally {
    console.log = log;
  }
  assert.deepEqual(printed, ["a", "b", "3"]);
});

Deno.test("show() displays every form in a notebook; progress ends in one display a step", async () => {
  const display = JSON.stringify(`${ROOT}lib/core/display.ts`);
  const view = JSON.stringify(`${ROOT}lib/core/progress_view.ts`);
  const notebook = notebookOf(
    `import { bundle, show } from ${display};
     await show(bundle({ "text/plain": "t", "text/html": "<b>t</b>" }), 7);`,
    `import { closeProgress, defaultProgress } from ${view};
     const progress = defaultProgress();
     const load = { step: "Load <one>", total: 50, unit: "rows" };
     progress({ step: "Short", done: 0, total: 1 });
     progress({ step: "Short", done: 1, total: 1, finished: true });
     for (let done = 0; done <= 50; done++) {
       progress({ ...load, done, finished: done === 50 });
       await new Promise((resolve) => setTimeout(resolve, 10));
     }
     progress({ step: "Cut", done: 0, total: 10, unit: "rows" });
     await new Promise((resolve) => setTimeout(resolve, 600));
     await closeProgress();`,
  );
  await withNotebook(notebook, async (path) => {
    const { notebook } = await executeNotebook(path);
    const [first, second] = notebook.cells.map((cell) => cell.outputs);
    assert.deepEqual(first, [
      {
        output_type: "display_data",
        data: {
          "text/plain": "t",
          "text/html":
            '<div class="mathjax_ignore tex2jax_ignore"><b>t</b></div>',
        },
        metadata: {},
      },
      {
        output_type: "display_data",
        data: { "text/plain": "7" },
        metadata: {},
      },
    ]);
    const shown = second!.map((o) => "data" in o ? o.data : {});
    assert.equal(shown.length, 2);
    assert.match(
      String(shown[0]["text/plain"]),
      /^Load <one> — 50 rows in [\d.]+ m?s$/,
    );
    assert.match(String(shown[0]["text/html"]), /Load &lt;one&gt;.*width:100%/);
    assert.match(
      String(shown[1]["text/plain"]),
      /^Cut — stopped at 0 of 10 rows after/,
    );
  });
});
