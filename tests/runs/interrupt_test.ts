import assert from "node:assert/strict";

/** A program that runs slowly on memory, and says what it has at the end. */
const PROGRAM = `
import { run } from "${new URL("../../lib/runs/run.ts", import.meta.url)}";
import { dataset } from "${new URL(
  "../../lib/transfers/dataset.ts",
  import.meta.url,
)}";
const results = await run("slow")
  .dataset(dataset("fraud_detection").version("1.0").tables(2).rows("2k"))
  .workload("fanout", { tables: 2, strategy: "batched" })
  .clients(2).iterations(100000).workers(1)
  .on({ kind: "memory", settings: { delay: 2000 } })
  .execute({
    catalog: Deno.args[0],
    progress: ({ step, done }) => {
      if (step.startsWith("Run") && done > 0) console.log("measuring");
    },
  });
console.log(JSON.stringify({
  cutShort: results.result.cutShort,
  operations: results.result.points[0].operations,
  invalid: results.result.points[0].invalid,
}));
`;

/** Starts the program, and gives its lines as they come. */
async function start(catalog: string) {
  const file = `${catalog}/program.ts`;
  await Deno.writeTextFile(file, PROGRAM);
  const config = new URL("../../deno.json", import.meta.url).pathname;
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "-q",
      "-A",
      "--no-check",
      `--config=${config}`,
      file,
      catalog,
    ],
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const lines = child.stdout.pipeThrough(new TextDecoderStream());
  return { child, reader: lines.getReader() };
}

/** Reads until a text has come; what else came is returned too. */
async function until(
  reader: ReadableStreamDefaultReader<string>,
  wanted: string,
): Promise<string> {
  let seen = "";
  while (!seen.includes(wanted)) {
    const { value, done } = await reader.read();
    if (done) assert.fail(`it ended without "${wanted}": ${seen}`);
    seen += value;
  }
  return seen;
}

Deno.test("execute() ends by SIGINT with what was measured, and its process lives", async () => {
  const catalog = await Deno.makeTempDir();
  const { child, reader } = await start(catalog);
  try {
    await until(reader, "measuring");
    const asked = performance.now();
    child.kill("SIGINT");
    const text = await until(reader, "}\n");
    const seconds = (performance.now() - asked) / 1e3;
    const found = JSON.parse(text.slice(text.indexOf("{")));
    assert.equal(found.cutShort, true);
    assert.ok(found.operations > 0);
    assert.match(found.invalid[0], /Cut short after/);
    assert.ok(seconds < 5, `${seconds} s`);
    assert.deepEqual((await child.status).code, 0);
  } finally {
    await reader.cancel();
    await Deno.remove(catalog, { recursive: true });
  }
});
