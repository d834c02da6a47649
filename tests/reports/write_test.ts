import assert from "node:assert/strict";
import type { ProgressEvent } from "../../lib/core/progress.ts";
import { REPORT_FILES, writeReport } from "../../lib/reports/write.ts";
import { Results } from "../../lib/runs/results.ts";
import { onTinyDisk, TINY_DISK } from "../fixtures/tiny_disk.ts";
import { RUN } from "./variants.ts";

async function inFolder(test: (folder: string) => Promise<void>) {
  const folder = await Deno.makeTempDir();
  try {
    await test(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const names = (folder: string) =>
  [...Deno.readDirSync(folder)].map((e) => e.name).sort();

Deno.test("writeReport() writes its four files, tells its progress, and keeps what else is there", () =>
  inFolder(async (base) => {
    const folder = `${base}/runs/first`;
    await Deno.mkdir(folder, { recursive: true });
    await Deno.writeTextFile(`${folder}/deep_dive.ipynb`, "{}");
    const events: ProgressEvent[] = [];
    const paths = await writeReport(RUN, folder, {
      progress: (e) => events.push(e),
    });
    assert.deepEqual(paths, REPORT_FILES.map((n) => `${folder}/${n}`));
    assert.deepEqual(
      names(folder),
      ["deep_dive.ipynb", ...REPORT_FILES].sort(),
    );
    assert.deepEqual(names(`${base}/runs`), ["first"]);
    assert.equal(events.at(-1)?.finished, true);
    assert.deepEqual(events.map((e) => e.done), [0, 1, 2, 4]);
    const { result } = await Results.load(folder);
    assert.equal(result.samples.length, RUN.samples.length);
    assert.equal(result.points.length, RUN.points.length);
  }));

Deno.test("writeReport() leaves nothing when it is aborted", () =>
  inFolder(async (base) => {
    const abort = new AbortController();
    await assert.rejects(
      writeReport(RUN, `${base}/run`, {
        signal: abort.signal,
        progress: ({ done }) => done === 1 && abort.abort(),
      }),
      { name: "AbortError" },
    );
    assert.deepEqual(names(base), []);
  }));

Deno.test("writeReport() says what to do where it cannot write", () =>
  inFolder(async (base) => {
    await Deno.writeTextFile(`${base}/file`, "");
    await assert.rejects(
      writeReport(RUN, `${base}/file/run`),
      /Cannot write the report.*\n.*Where: .*file\/run\n.*What to do: Make room/s,
    );
    assert.deepEqual(names(base), ["file"]);
  }));

Deno.test({
  name: "writeReport() on a full disk says so and leaves nothing",
  ignore: !TINY_DISK,
  async fn() {
    const script = new URL("../fixtures/report_on_disk.ts", import.meta.url);
    const printed = await onTinyDisk(200, script);
    assert.match(printed, /Cannot write the report: .*(?:space|full)/i);
    assert.match(printed, /What to do: Make room/);
    assert.match(printed, /left: \[\]/);
  },
});
