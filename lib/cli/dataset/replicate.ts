import type { Command } from "commander";
import { formatBytes, formatCount, parseCount } from "../../core/sizes.ts";
import { EXIT, runAction } from "../context.ts";
import { command } from "../program.ts";
import { CATALOG_HELP, openNamed } from "./open.ts";

interface ReplicateOptions {
  to: string;
  from?: string;
  parallelWorkers: string;
  verify?: boolean;
  json?: boolean;
}

/** `servemark dataset replicate` */
export function replicateCommand(): Command {
  return command(
    "replicate",
    "Copy versions, branches and tags to another catalog: only what it lacks, verified by digest; interrupted, it is finished by the same command",
    "servemark dataset replicate fraud_detection --to=s3://eu-bucket/datasets?region=eu-west-1",
  )
    .argument("[names...]", "datasets or versions (default: everything)")
    .requiredOption("--to <uri>", "the other catalog")
    .option("--from <uri>", CATALOG_HELP)
    .option("--parallel-workers <count>", "parts copied at a time", "4")
    .option(
      "--verify",
      "read every part that is there already, and copy damaged ones anew",
    )
    .option("--json", "print what was copied as JSON")
    .action((names: string[], options: ReplicateOptions) =>
      runAction(async (watch) => {
        const { replicate } = await import("../../transfers/replicate.ts");
        const from = await openNamed(options.from);
        const to = await openNamed(options.to);
        const done = await replicate(from, to, names, {
          ...watch,
          verify: options.verify,
          parallel: parseCount(options.parallelWorkers),
        });
        if (options.json) console.log(JSON.stringify(done));
        else {
          console.log([
            `${done.versions.length} versions are in ${to.uri}: ` +
            `copied ${formatCount(done.partsCopied)} parts, ${
              formatBytes(done.bytesCopied)
            }; ${formatCount(done.partsThere)} were there`,
            ...(done.refs.length > 0 ? [`moved ${done.refs.join(", ")}`] : []),
            ...done.conflicts.map((text) => `left as it is: ${text}`),
          ].join("\n"));
        }
        return done.conflicts.length > 0 ? EXIT.failed : EXIT.done;
      })
    );
}
