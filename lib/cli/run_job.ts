import type { Strategy } from "../platforms/driver.ts";
import { platformRequest } from "../runs/run_calls.ts";
import type { PlatformRequest } from "../runs/run_spec.ts";
import type { RunResult } from "../runs/result.ts";
import { type Context, EXIT } from "./context.ts";
import { userPath } from "./program.ts";
import type { RunOptions } from "./run_options.ts";

/**
 * The main job: runs what the options say, prints the summary, and writes the
 * report. Gives the exit code: 3 when the headline rests on a figure that is
 * not valid, or the run was cut short.
 */
export async function runJob(
  options: RunOptions,
  context: Context,
): Promise<number> {
  // Imported here, so that --help answers at once.
  const { dataset } = await import("../transfers/dataset.ts");
  const { run } = await import("../runs/run.ts");
  let plan = run(options.name)
    .dataset(dataset(options.dataset).rows(options.rows))
    .workload(options.workload, {
      ...(options.workload === "fanout" ? { tables: options.tables } : {}),
      ...(options.table ? { table: options.table } : {}),
      ...(options.strategy ? { strategy: options.strategy as Strategy[] } : {}),
    })
    .clients(...options.clients)
    .iterations(options.iterations)
    .minimum(options.minimum)
    .rounds(options.rounds)
    .objective(options.objective)
    .on(...options.platforms.map((text) => platformOf(text, options.driver)));
  if (options.workers) plan = plan.workers(options.workers);
  if (options.explain) {
    await plan.explain();
    return EXIT.done;
  }
  const results = await plan.execute(context);
  const folder = userPath(options.out ?? defaultFolder(results.result));
  return await writeAll(results.result, folder, options, context);
}

/** Writes every form of the report into a folder, and prints the summary. */
export async function writeAll(
  result: RunResult,
  folder: string,
  options: { json?: boolean; deepDive?: boolean; title?: string },
  context: Context,
): Promise<number> {
  const { writeReport } = await import("../reports/write.ts");
  const { reportModel } = await import("../reports/model.ts");
  const { reportText } = await import("../reports/terminal.ts");
  const { progress, signal } = context;
  const title = options.title;
  const model = reportModel(result, title);
  // What was measured is written even when the run was stopped.
  await writeReport(result, folder, { progress, title });
  if (options.deepDive && !signal.aborted) {
    const { writeDeepDive } = await import("../notebook/deep_dive.ts");
    await writeDeepDive(folder, { progress, signal });
  }
  const { closeProgress } = await import("../core/progress_view.ts");
  await closeProgress();
  if (options.json) {
    const { summary, notices, figures, believable } = model;
    console.log(
      JSON.stringify({ folder, believable, summary, notices, figures }),
    );
  } else console.log(`${reportText(model)}\nReport: ${folder}/report.html`);
  return model.believable ? EXIT.done : EXIT.invalid;
}

/** A platform's request with the drivers that were asked for. */
function platformOf(
  text: string,
  drivers: readonly string[] = [],
): PlatformRequest {
  const request = platformRequest(text);
  const named = drivers.filter((name) =>
    name.startsWith(`${request.name ?? request.kind}/`)
  );
  if (named.length === 0) return request;
  return {
    ...request,
    driver: named.map((name) => name.slice(name.indexOf("/") + 1)),
  };
}

function defaultFolder(result: RunResult): string {
  const time = result.startedAt.slice(0, 19).replaceAll(":", "-");
  const name = result.name.toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(
    /^-|-$/g,
    "",
  );
  return new URL(`../../reports/runs/${time}-${name || "run"}`, import.meta.url)
    .pathname;
}
