import assert from "node:assert/strict";
import { samplesFromArrow } from "../../lib/frames/samples.ts";
import { loadResult } from "../../lib/runs/saved.ts";
import { start } from "./command.ts";

const SMALL = [
  "--rows",
  "5k",
  "--clients",
  "1,8",
  "--iterations",
  "50",
  "--out",
  "OUT",
];

Deno.test("bench does the main job, small, and every file it writes holds what it says", async (t) => {
  await using job = start("bench", SMALL);
  const { code, stdout, stderr } = await job.ended();

  await t.step("it ends well, or says that its headline is not valid", () => {
    assert.ok(code === 0 || code === 3, `exit code ${code}\n${stderr}`);
    if (code === 3) {
      assert.match(stdout, /not valid|invalid|may not be believed/i);
    }
  });
  await t.step("it prints a table with each system at each load", () => {
    for (
      const system of [
        "PostgreSQL, batched",
        "PostgreSQL, parallel",
        "DynamoDB, batched",
      ]
    ) {
      assert.equal(
        stdout.split(system).length - 1 >= 2,
        true,
        `${system} in\n${stdout}`,
      );
    }
    assert.match(stdout, /emulator/);
  });
  await t.step("no server and no folder is left behind", () => {
    assert.deepEqual(job.leftovers(), []);
    assert.deepEqual(job.processes(), []);
  });
  await t.step(
    "report.json gives the run back, with as many samples as operations",
    async () => {
      const result = await loadResult(job.out);
      assert.equal(result.points.length, 6);
      assert.equal(result.cutShort, false);
      assert.equal(result.loads.length, 2);
      const [postgres, dynamodb] = result.loads;
      assert.deepEqual(postgres.fingerprints, dynamodb.fingerprints);
      assert.deepEqual(postgres.fingerprints, result.dataset.fingerprints);
      assert.equal(Object.keys(result.dataset.fingerprints).length, 30);
      for (const point of result.points) {
        assert.ok(point.operations >= 1000, `${point.operations} operations`);
        assert.equal(point.codes[0], point.operations, point.lastError);
        assert.equal(point.rowsReturned, 30 * point.operations);
        assert.ok(point.verified > 0);
        assert.equal(point.mismatched, 0, point.mismatch);
      }
      const samples = samplesFromArrow(
        await Deno.readFile(`${job.out}/samples.arrow`),
      );
      let whole = 0;
      for (let k = 0; k < samples.length; k++) {
        if (samples.part[k] >= 0) continue;
        whole++;
        assert.ok(
          samples.planned[k] <= samples.sent[k] &&
            samples.sent[k] < samples.done[k],
        );
      }
      assert.equal(whole, result.points.reduce((n, p) => n + p.operations, 0));
    },
  );
  await t.step("report.html is whole, and needs no network", async () => {
    const html = await Deno.readTextFile(`${job.out}/report.html`);
    assert.match(html, /<\/html>\s*$/);
    assert.ok(html.split("<svg").length > 4, "at least four charts");
    assert.doesNotMatch(html, /(?:src|href)="https?:/);
  });
  await t.step("report.pdf is a PDF", async () => {
    const bytes = await Deno.readFile(`${job.out}/report.pdf`);
    assert.equal(new TextDecoder().decode(bytes.subarray(0, 5)), "%PDF-");
    assert.ok(bytes.length > 30_000);
  });
  await t.step(
    "deep_dive.ipynb was executed without an error, and names no path of this machine",
    async () => {
      const text = await Deno.readTextFile(`${job.out}/deep_dive.ipynb`);
      const notebook = JSON.parse(text);
      const code = notebook.cells.filter((c: { cell_type: string }) =>
        c.cell_type === "code"
      );
      assert.ok(code.length >= 5);
      for (const cell of code) {
        assert.equal(typeof cell.execution_count, "number");
        for (const output of cell.outputs) {
          assert.notEqual(output.output_type, "error");
        }
      }
      assert.ok(text.includes("image/png"));
      assert.equal(text.includes(job.out), false);
      assert.equal(text.includes(Deno.cwd()), false);
    },
  );
});

Deno.test("bench twice at once: neither disturbs the other", async () => {
  const few = [
    "--rows",
    "2k",
    "--tables",
    "5",
    "--clients",
    "2",
    "--minimum",
    "100",
    "--no-deep-dive",
  ];
  await using a = start("bench", [...few, "--out", "OUT"]);
  await using b = start("bench", [...few, "--out", "OUT"]);
  for (const job of [a, b]) {
    const { code, stderr } = await job.ended();
    assert.ok(code === 0 || code === 3, `exit code ${code}\n${stderr}`);
    const result = await loadResult(job.out);
    assert.ok(
      result.points.every((p) =>
        p.codes[0] === p.operations && p.mismatched === 0
      ),
    );
    assert.deepEqual(job.leftovers(), []);
  }
});
