import assert from "node:assert/strict";
import { join } from "node:path";
import { datasetSparkScript } from "../../../lib/datasets/sql/spark_script.ts";
import { sparkPython } from "../../emulators/pyspark.ts";
import { everyLaw } from "../../fixtures/every_law.ts";
import { fingerprintsOf } from "./agreement.ts";

const tool = await sparkPython();
const missing = "missing" in tool ? tool.missing : undefined;
if (missing) console.log(`Spark's tests are left out: install ${missing}`);

/** Runs a script as a user would, on two threads. */
async function submit(
  script: string,
  args: readonly string[] = [],
): Promise<{ code: number; out: string; err: string }> {
  if ("missing" in tool) throw new Error(tool.missing);
  const { code, stdout, stderr } = await new Deno.Command(tool.python, {
    args: [script, ...args],
    env: {
      SPARK_LOCAL_IP: "127.0.0.1",
      PYSPARK_SUBMIT_ARGS: "--master local[2] --driver-memory 512m " +
        "--conf spark.ui.enabled=false --conf spark.log.level=ERROR " +
        "--conf spark.ui.showConsoleProgress=false pyspark-shell",
    },
  }).output();
  const text = new TextDecoder();
  return { code, out: text.decode(stdout), err: text.decode(stderr) };
}

Deno.test({
  name:
    "datasetSparkScript() makes the same tables under every law, and skips finished ones",
  ignore: missing !== undefined,
  fn: async () => {
    const folder = await Deno.makeTempDir();
    try {
      const spec = everyLaw(300);
      const wanted = fingerprintsOf(spec);
      const script = join(folder, "generate.py");
      const output = join(folder, "out");
      await Deno.writeTextFile(
        script,
        datasetSparkScript(spec, {
          output,
          expected: wanted,
          rowsPerFile: 200,
        }),
      );
      const first = await submit(script);
      assert.equal(first.code, 0, first.err);
      assert.deepEqual(JSON.parse(first.out).fingerprints, wanted);
      assert.match(first.err, /by_id: 300 rows/);

      const again = await submit(script, ["--tables=by_id"]);
      assert.equal(again.code, 0, again.err);
      const { by_id } = wanted;
      assert.deepEqual(JSON.parse(again.out).fingerprints, { by_id });
      assert.doesNotMatch(again.err, /by_id: 300 rows/);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});
