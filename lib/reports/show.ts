import { chartDisplay } from "../charts/display.ts";
import { inNotebook, show } from "../core/display.ts";
import type { RunResult } from "../runs/result.ts";
import { DRAWINGS } from "./drawings.ts";
import { type ReportModel, reportModel } from "./model.ts";
import { summaryDisplay, tableDisplay } from "./notebook_parts.ts";
import type { Table } from "./table.ts";
import { reportText } from "./terminal.ts";

/** Shows a report: in a notebook its summary, charts, verdicts and tables, each under the other; elsewhere its text. */
export async function showReport(
  result: RunResult,
  title?: string,
  signal?: AbortSignal,
): Promise<void> {
  const model = reportModel(result, title);
  signal?.throwIfAborted();
  if (!inNotebook()) {
    await show(reportText(model).trimEnd());
    return;
  }
  await show(summaryDisplay(model));
  for (const { id, caption, draw } of DRAWINGS) {
    signal?.throwIfAborted();
    const svg = draw(model.charts, { id: `notebook-${id}` });
    await show(await chartDisplay(svg, caption));
  }
  const tables = [...model.verdicts, model.figures, ...costTables(model)];
  await show(...tables.map(tableDisplay));
}

/** What was priced, from the methodology. */
function costTables(model: ReportModel): readonly Table[] {
  return model.methodology.find((s) => s.id === "cost")?.tables ?? [];
}
