import type { Command } from "commander";
import { ServemarkError } from "../core/errors.ts";
import { formatDuration } from "../core/durations.ts";
import { EXIT, runAction } from "./context.ts";
import { command, noun, userPath } from "./program.ts";

/** `servemark notebook …` */
export function notebookNoun(): Command {
  return noun("notebook", "Notebooks: execute them headless", [runCommand()]);
}

function runCommand(): Command {
  return command(
    "run",
    "Execute a notebook by the real Deno kernel, and keep every output",
    "servemark notebook run notebooks/01_quickstart.ipynb --param rows=50k",
  )
    .argument("<notebook>", "path of the .ipynb")
    .option(
      "--param <name=value>",
      "a value for the notebook's parameters; may be given several times",
      (text: string, all: string[]) => [...all, text],
      [] as string[],
    )
    .option(
      "--output <file>",
      "where to write it (default: the notebook itself)",
    )
    .option("--timeout <duration>", "time that one cell may take, such as 5min")
    .option("--json", "print what was done as JSON")
    .action((
      path: string,
      options: {
        param: string[];
        output?: string;
        timeout?: string;
        json?: boolean;
      },
    ) =>
      runAction(async ({ signal, progress }) => {
        const { executeNotebook } = await import("../notebook/execute.ts");
        const { parseDuration } = await import("../core/durations.ts");
        const executed = await executeNotebook(userPath(path), {
          params: Object.fromEntries(options.param.map(readParam)),
          signal,
          progress,
          ...(options.output ? { output: userPath(options.output) } : {}),
          ...(options.timeout
            ? { timeout: parseDuration(options.timeout) }
            : {}),
        });
        const { cells, seconds, output } = executed;
        console.log(
          options.json
            ? JSON.stringify({ cells, seconds, output })
            : `${cells} cells in ${formatDuration(seconds)}: ${output}`,
        );
        return EXIT.done;
      })
    );
}

/** Reads `rows=50k`; the notebook's own declaration decides what type it is. */
export function readParam(text: string): [string, string] {
  const match = /^([A-Za-z_$][\w$]*)=(.*)$/s.exec(text);
  if (!match) {
    throw new ServemarkError(`Cannot read --param "${text}"`, {
      remedy: "Write NAME=VALUE, such as --param rows=50k",
      exitCode: 2,
    });
  }
  return [match[1], match[2]];
}
