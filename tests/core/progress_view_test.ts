import assert from "node:assert/strict";
import { LinesView } from "../../lib/core/progress_lines.ts";
import { progressForms } from "../../lib/core/progress_notebook.ts";
import { ProgressStep } from "../../lib/core/progress_step.ts";

const LOAD = { step: "Load PostgreSQL", total: 300_000, unit: "rows" };

/** A step that has done this much after so many seconds, evenly. */
function stepAfter(seconds: number, done: number): ProgressStep {
  const step = new ProgressStep({ ...LOAD, done: 0 }, 0);
  for (let at = 0.5; at <= seconds; at += 0.5) {
    step.take({ ...LOAD, done: done * at / seconds }, at * 1e3);
  }
  return step;
}

Deno.test("ProgressStep.status() tells the amount, the rate and the time left", () => {
  const step = stepAfter(2, 120_000);
  assert.equal(
    step.status(2_000),
    "120,000 of 300,000 rows · 60,000/s · 3 s left",
  );
  assert.equal(step.fraction(), 0.4);
});

Deno.test("ProgressStep.rate() is that of the last seconds", () => {
  const step = new ProgressStep({ ...LOAD, done: 0 }, 0);
  for (let second = 1; second <= 60; second++) {
    const done = second <= 40 ? 0 : (second - 40) * 1000;
    step.take({ ...LOAD, done }, second * 1e3);
  }
  assert.equal(Math.round(step.rate(60_000)), 1000);
});

Deno.test("ProgressStep.status() counts the seconds where there is nothing else to tell", () => {
  const step = new ProgressStep({ step: "Analyse", done: 0, total: 1 }, 0);
  assert.equal(step.status(4_000), "4 s");
  assert.equal(step.fraction(), undefined);
});

Deno.test("ProgressStep.summary() tells how much took how long, or where it stopped", () => {
  const step = stepAfter(4, 300_000);
  step.take({ ...LOAD, done: 300_000, finished: true }, 4_100);
  assert.equal(
    step.summary(9_000, "finished"),
    "Load PostgreSQL — 300,000 rows in 4.1 s",
  );
  assert.equal(
    stepAfter(2, 120_000).summary(2_100, "stopped"),
    "Load PostgreSQL — stopped at 120,000 of 300,000 rows after 2.1 s",
  );
  const bytes = new ProgressStep({ step: "Read", done: 0, unit: "bytes" }, 0);
  bytes.take({ step: "Read", done: 1_500_000, finished: true }, 2_000);
  assert.equal(bytes.summary(2_000, "finished"), "Read — 1.5 MB in 2 s");
});

Deno.test("LinesView prints nothing of a short step, and a line every few seconds of a long one", () => {
  const lines: string[] = [];
  const view = new LinesView((line) => lines.push(line));
  const short = stepAfter(0.5, 1_000);
  view.draw([short], 600);
  view.end(short, 600, "finished");
  assert.deepEqual(lines, []);

  const long = new ProgressStep({ ...LOAD, done: 0 }, 0);
  for (let at = 200; at <= 12_000; at += 200) {
    long.take({ ...LOAD, done: at * 20 }, at);
    view.draw([long], at);
  }
  long.take({ ...LOAD, done: 300_000, finished: true }, 12_200);
  view.end(long, 12_200, "finished");
  assert.deepEqual(lines, [
    "Load PostgreSQL (6 %): 20,000 of 300,000 rows · 20,000/s · 14 s left",
    "Load PostgreSQL (40 %): 120,000 of 300,000 rows · 20,000/s · 9 s left",
    "Load PostgreSQL (73 %): 220,000 of 300,000 rows · 20,000/s · 4 s left",
    "Load PostgreSQL — 300,000 rows in 12 s",
  ]);
});

Deno.test("progressForms() needs no style sheet, no script, and no trust", () => {
  const forms = progressForms("A & B: 3 of 4", 0.75, "#4c78a8");
  assert.equal(forms["text/plain"], "A & B: 3 of 4");
  const html = String(forms["text/html"]);
  assert.match(html, /A &amp; B: 3 of 4.*width:75%/);
  assert.doesNotMatch(html, /<(?:style|script|svg|progress)/);
});
