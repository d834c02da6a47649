/**
 * The command line: `deno task servemark <noun> <verb>`.
 *
 * @module
 */
import { benchmarkNoun } from "./benchmark.ts";
import { datasetNoun } from "./dataset.ts";
import { notebookNoun } from "./notebook.ts";
import { platformNoun } from "./platform.ts";
import { noun, runProgram } from "./program.ts";
import { reportNoun } from "./report.ts";

if (import.meta.main) {
  await runProgram(
    noun(
      "servemark",
      "Which platform serves features faster, on identical data, and at what price?",
      [
        datasetNoun(),
        benchmarkNoun(),
        reportNoun(),
        notebookNoun(),
        platformNoun(),
      ],
    ),
    Deno.args,
  );
}
