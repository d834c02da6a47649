import { type Command, InvalidArgumentError, Option } from "commander";
import { messageOf } from "../core/errors.ts";
import { parseCount } from "../core/sizes.ts";
import { list } from "./program.ts";

/** What `bench` and `benchmark run` share. */
export interface RunOptions {
  dataset: string;
  rows: number;
  tables: number;
  platforms: string[];
  workload: string;
  strategy?: string[];
  driver?: string[];
  clients: number[];
  iterations: number;
  minimum: number;
  rounds: number;
  objective: string;
  name?: string;
  out?: string;
  workers?: number;
  table?: string;
  explain?: boolean;
  deepDive: boolean;
  json?: boolean;
}

/** Adds the options of a run to a command. */
export function runOptions(made: Command): Command {
  return made
    .option("--dataset <name>", "domain and version", "fraud_detection_v1.0")
    .addOption(
      counted("--rows <count>", "rows over all feature tables", 100_000),
    )
    .addOption(counted("--tables <count>", "feature tables to read", 30))
    .addOption(
      listed("--platforms <list>", "platforms, or NAME=URI", [
        "postgres",
        "dynamodb",
      ]),
    )
    .option("--workload <name>", "fanout or lookup", "fanout")
    .addOption(
      listed(
        "--strategy <list>",
        "batched, sequential, parallel (default: as each platform suits)",
      ),
    )
    .addOption(listed("--driver <list>", "drivers to use, as PLATFORM/DRIVER"))
    .addOption(
      new Option("--clients <list>", "concurrent clients").argParser(clients)
        .default(
          [1, 10, 50, 100],
          "1,10,50,100",
        ),
    )
    .addOption(
      counted("--iterations <count>", "operations of each client", 100),
    )
    .addOption(
      counted("--minimum <count>", "operations of each point at least", 1000),
    )
    .addOption(
      counted("--rounds <count>", "passes over each point, interleaved", 6),
    )
    .option("--objective <text>", "what must be met", "p99 < 10 ms")
    .addOption(
      counted("--workers <count>", "load workers (default: one a core)"),
    )
    .option("--name <text>", "name of the run", "feature serving")
    .option(
      "--out <dir>",
      "folder for the report (default: reports/runs/TIME-NAME)",
    )
    .option("--table <name>", "the table that lookup reads")
    .option("--explain", "show the plan, and run nothing")
    .option("--no-deep-dive", "leave out the executed notebook")
    .option("--json", "print the summary as JSON");
}

function counted(flags: string, description: string, value?: number): Option {
  const option = new Option(flags, description).argParser((text: string) => {
    try {
      return parseCount(text);
    } catch (error) {
      throw new InvalidArgumentError(messageOf(error));
    }
  });
  return value === undefined ? option : option.default(value);
}

function listed(flags: string, description: string, value?: string[]): Option {
  let given: string[] | undefined;
  const option = new Option(flags, description).argParser((text: string) =>
    given = list(text, given)
  );
  return value === undefined ? option : option.default(value, value.join(","));
}

function clients(text: string): number[] {
  const numbers = list(text).map(Number);
  if (
    numbers.length > 0 && numbers.every((n) => Number.isSafeInteger(n) && n > 0)
  ) return numbers;
  throw new InvalidArgumentError(
    'Write whole numbers above 0, such as "1,10,50,100"',
  );
}
