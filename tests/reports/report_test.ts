import assert from "node:assert/strict";
import { formsOf } from "../../lib/core/display.ts";
import { report, type Reportable } from "../../lib/reports/report.ts";
import { Results } from "../../lib/runs/results.ts";
import { RUN } from "./variants.ts";

Deno.test("report() is immutable, and takes results in both forms", async () => {
  const draft = report("A title");
  const full = draft.of(new Results(RUN)).objective("p50 < 2ms");
  assert.deepEqual(draft.toJSON(), { title: "A title", results: [] });
  assert.deepEqual(full.toJSON().objective, {
    percentile: 50,
    milliseconds: 2,
  });
  assert.deepEqual(
    report("A title").of(RUN).objective("p50 < 2 ms").toJSON(),
    full.toJSON(),
  );
  assert.deepEqual(report.from(full.toJSON()).toJSON(), full.toJSON());
  const { "text/plain": text } = await formsOf(full);
  assert.match(
    text,
    /Report "A title"\n {2}of "feature serving".*\n {2}judged by p50 < 2 ms/,
  );
});

Deno.test("report() reports all its problems together", async () => {
  const wrong = report().objective("fast").of({} as Reportable);
  await assert.rejects(
    wrong.write("report.html"),
    /2 problems\n.*objective.*\n.*not the result of a run/s,
  );
  await assert.rejects(report().show(), /Add \.of\(results\)/);
  // The last objective counts: a good one mends a bad one.
  assert.deepEqual(
    report().objective("fast").objective("p99 < 5 ms").toJSON().objective,
    { percentile: 99, milliseconds: 5 },
  );
});

Deno.test("report().write() gives one file by its name, or a folder of four", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const built = report("One file").of(RUN);
    const starts = {
      html: "<!doctype html>",
      pdf: "%PDF-",
      json: '{"schema',
      txt: "One file",
    };
    for (const [kind, start] of Object.entries(starts)) {
      const path = `${folder}/one.${kind}`;
      assert.deepEqual(await built.write(path), [path]);
      const text = new TextDecoder("latin1").decode(await Deno.readFile(path));
      assert.ok(text.startsWith(start), kind);
    }
    assert.equal((await built.write(`${folder}/all`)).length, 4);
    await assert.rejects(
      built.write(`${folder}/one.pdf/two.pdf`),
      /Cannot write the report/,
    );
    assert.equal([...Deno.readDirSync(folder)].length, 5);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("report().show() prints the report where there is no notebook", async () => {
  const lines: string[] = [];
  const log = console.log;
  console.log = (...words: unknown[]) => lines.push(words.join(" "));
  try {
    assert.equal(await report("Shown").of(RUN).show(), undefined);
  } finally {
    console.log = log;
  }
  assert.match(lines.join("\n"), /^Shown\n.*p99 < 10 ms/s);
});
