/**
 * The main job: `deno task bench`.
 *
 * @module
 */
import { runCommand } from "./benchmark.ts";
import { runProgram } from "./program.ts";

if (import.meta.main) {
  await runProgram(
    runCommand(
      "bench",
      "deno task bench --rows 300k --clients 1,10 --out my-report",
    ),
    Deno.args,
  );
}
