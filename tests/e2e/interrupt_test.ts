import assert from "node:assert/strict";
import { loadResult } from "../../lib/runs/saved.ts";
import { eventually, start } from "./command.ts";

const LONG = [
  "--rows",
  "3k",
  "--tables",
  "10",
  "--clients",
  "1,4",
  "--iterations",
  "200000",
  "--no-deep-dive",
  "--out",
  "OUT",
];
const MEASURING = /Run [^\n]*operations/;

Deno.test("bench keeps what was measured when Ctrl-C stops it, and leaves nothing running", async () => {
  await using job = start("bench", LONG);
  await job.says(MEASURING);
  job.kill("SIGINT");
  const { code, stdout } = await job.ended();
  assert.equal(code, 3, stdout);
  assert.match(stdout, /cut short/i);
  const result = await loadResult(job.out);
  assert.equal(result.cutShort, true);
  assert.ok(result.points.some((p) => p.operations > 0));
  assert.match(await Deno.readTextFile(`${job.out}/report.html`), /cut short/i);
  assert.deepEqual(job.leftovers(), []);
  assert.deepEqual(job.processes(), []);
});

Deno.test("bench stopped before anything was measured fails, and says how to go on", async () => {
  await using job = start("bench", ["--rows", "2M", "--out", "OUT"]);
  await job.says(/Generate|Load/);
  job.kill("SIGINT");
  const { code, stderr } = await job.ended();
  assert.equal(code, 1, stderr);
  assert.match(stderr, /What to do: Run [\s\S]*again/);
  assert.throws(() => Deno.statSync(job.out), Deno.errors.NotFound);
  assert.deepEqual(job.leftovers(), []);
});

Deno.test("bench killed outright leaves no server and no folder behind", async () => {
  await using job = start("bench", LONG);
  await job.says(MEASURING);
  assert.ok(job.processes().length > 0, "servers run in the temporary folder");
  job.kill("SIGKILL");
  await job.ended();
  await eventually(
    "servers gone",
    () => job.processes(),
    (p) => p.length === 0,
  );
  await eventually(
    "folders gone",
    () => job.leftovers(),
    (l) => l.length === 0,
  );
});
