import type { Problem } from "../core/errors.ts";
import { formatDuration } from "../core/durations.ts";
import { formatCount } from "../core/sizes.ts";
import { formatObjective } from "../metrics/objective.ts";
import { clientsText } from "./clients_text.ts";
import { withoutPassword } from "./run_calls.ts";
import {
  iterationsOfPoint,
  nameOf,
  type RunSpec,
  strategiesOf,
} from "./run_spec.ts";

/** A run's plan, as text: what would be measured, and what is wrong with it. */
export function planText(spec: RunSpec, problems: readonly Problem[]): string {
  const { workload, dataset } = spec;
  const lines: [string, string][] = [["run", spec.name]];
  lines.push(["dataset", dataset ? JSON.stringify(dataset) : "not named"]);
  const reads = workload.table ??
    (workload.tables === undefined ? "" : `${workload.tables} tables`);
  lines.push(["workload", [workload.name, reads].filter(Boolean).join(", ")]);
  for (const platform of spec.platforms) {
    const where = platform.uri
      ? withoutPassword(platform.uri)
      : "started for the run";
    const strategies = strategiesOf(workload, platform).join(" and ");
    lines.push(["on", `${nameOf(platform)}: ${strategies} (${where})`]);
  }
  let operations = 0;
  for (const clients of spec.clients) {
    const each = iterationsOfPoint(spec, clients);
    operations += each * clients;
    lines.push([
      "point",
      `${clientsText(clients)}, ${
        formatCount(each * clients)
      } operations in ${spec.rounds} rounds`,
    ]);
  }
  lines.push([
    "in all",
    `${formatCount(operations)} operations a system, closed loop` +
    (spec.think > 0 ? `, ${formatDuration(spec.think)} think time` : ""),
  ]);
  lines.push(["objective", formatObjective(spec.objective)]);
  for (const { place, message, remedy } of problems) {
    const where = place ? `${place}: ` : "";
    lines.push([
      "problem",
      `${where}${message}${remedy ? ` (${remedy})` : ""}`,
    ]);
  }
  return lines.map(([name, text]) => `${name.padEnd(10)}${text}`).join("\n");
}
