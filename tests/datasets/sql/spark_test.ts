import assert from "node:assert/strict";
import { join } from "node:path";
import { datasetSparkScript } from "../../../lib/datasets/sql/spark_script.ts";
import { sparkPython, submit } from "../../emulators/pyspark.ts";
import { everyLaw } from "../../fixtures/every_law.ts";
import { fingerprintsOf } from "./agreement.ts";

const tool = await sparkPython();
const missing = "missing" in tool ? tool.missing : undefined;
if (missing) console.log(`Spark's tests are left out: install ${missing}`);

// Few rows are over before their code is compiled; the long tests compile it.
const INTERPRETED = ["spark.sql.codegen.factoryMode=NO_CODEGEN"];

Deno.test({
  name:
    "datasetSparkScript() makes the same tables under every law, and skips finished ones",
  ignore: missing !== undefined,
  fn: async () => {
    if ("missing" in tool) return;
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
      const first = await submit(tool, script, [], INTERPRETED);
      assert.equal(first.code, 0, first.err);
      assert.deepEqual(JSON.parse(first.out).fingerprints, wanted);
      assert.match(first.err, /by_id: 300 rows/);

      const again = await submit(tool, script, ["--tables=by_id"], INTERPRETED);
      assert.equal(again.code, 0, again.err);
      const { by_id } = wanted;
      assert.deepEqual(JSON.parse(again.out).fingerprints, { by_id });
      assert.doesNotMatch(again.err, /by_id: 300 rows/);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});
