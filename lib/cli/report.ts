import type { Command } from "commander";
import { runAction } from "./context.ts";
import { command, noun, userPath } from "./program.ts";
import { writeAll } from "./run_job.ts";

/** `servemark report …` */
export function reportNoun(): Command {
  return noun("report", "Reports: write them anew from a run's figures", [
    generateCommand(),
  ]);
}

function generateCommand(): Command {
  return command(
    "generate",
    "Compute a run's report again from report.json and samples.arrow",
    "servemark report generate reports/runs/2026-01-31T10-00-00-feature-serving --out again",
  )
    .argument("<run>", "a run's folder")
    .option("--title <text>", "the report's title")
    .option("--out <dir>", "where to write it (default: the run's folder)")
    .option("--no-deep-dive", "leave out the executed notebook")
    .option("--json", "print the summary as JSON")
    .action((
      path: string,
      options: {
        title?: string;
        out?: string;
        deepDive: boolean;
        json?: boolean;
      },
    ) =>
      runAction(async (context) => {
        const { loadResult } = await import("../runs/saved.ts");
        const result = await loadResult(userPath(path));
        return await writeAll(
          result,
          userPath(options.out ?? path),
          options,
          context,
        );
      })
    );
}
