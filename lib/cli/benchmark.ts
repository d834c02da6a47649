import type { Command } from "commander";
import { runAction } from "./context.ts";
import { command, noun } from "./program.ts";
import { runJob } from "./run_job.ts";
import { type RunOptions, runOptions } from "./run_options.ts";

/** `servemark benchmark …` */
export function benchmarkNoun(): Command {
  return noun("benchmark", "Benchmarks: run them", [
    runCommand(
      "run",
      "servemark benchmark run --platforms postgres --clients 1,10,50",
    ),
  ]);
}

/** The command that runs the main job, under a name. */
export function runCommand(name: string, example: string): Command {
  return runOptions(
    command(
      name,
      "Compare platforms on identical data and an identical workload, and write a report",
      example,
    ),
  ).action((options: RunOptions) =>
    runAction((context) => runJob(options, context))
  );
}
