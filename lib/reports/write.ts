import { messageOf, ServemarkError } from "../core/errors.ts";
import { silent, type Watch } from "../core/progress.ts";
import type { RunResult } from "../runs/result.ts";
import { RESULT_FILE, SAMPLES_FILE, saveResult } from "../runs/saved.ts";
import { reportHtml } from "./html.ts";
import { reportJson, reportSaid } from "./json.ts";
import { type ReportModel, reportModel } from "./model.ts";
import { reportPdf } from "./pdf.ts";

/** What a report's folder holds. `report.json` comes last: where it is, the others are. */
export const REPORT_FILES = [
  "report.html",
  "report.pdf",
  SAMPLES_FILE,
  RESULT_FILE,
] as const;

/** A report's title, where it is not the run's name. */
export interface WriteOptions extends Watch {
  title?: string;
}

const STEP = "Write the report";

/**
 * Writes a run's report into a folder, which is made: `report.html`,
 * `report.pdf`, `report.json` and `samples.arrow`. All are written aside first,
 * and appear only when all are whole; an abort or an error leaves nothing.
 *
 * @returns the paths of the files
 * @throws {ServemarkError} when the folder cannot be written
 */
export async function writeReport(
  result: RunResult,
  folder: string,
  options: WriteOptions = {},
): Promise<string[]> {
  const { signal, progress = silent } = options;
  const aside = `${folder.replace(/\/+$/, "")}.${crypto.randomUUID()}.partial`;
  const total = REPORT_FILES.length;
  const told = (done: number, detail: string) => {
    signal?.throwIfAborted();
    progress({ step: STEP, done, total, unit: "files", detail });
  };
  try {
    told(0, "report.html");
    const model = reportModel(result, options.title);
    await Deno.mkdir(aside, { recursive: true });
    await Deno.writeTextFile(`${aside}/report.html`, html(model, result));
    told(1, "report.pdf");
    await Deno.writeFile(`${aside}/report.pdf`, await reportPdf(model));
    told(2, SAMPLES_FILE);
    await saveResult(result, aside, { report: reportSaid(model) });
    signal?.throwIfAborted();
    await publish(aside, folder);
    progress({ step: STEP, done: total, total, unit: "files", finished: true });
    return REPORT_FILES.map((name) => `${folder}/${name}`);
  } catch (error) {
    if (error instanceof ServemarkError || signal?.aborted) throw error;
    throw new ServemarkError("Cannot write the report", {
      cause: messageOf(error),
      place: folder,
      remedy: "Make room, or choose another folder",
      error,
    });
  } finally {
    // It is gone already when all went well.
    await Deno.remove(aside, { recursive: true }).catch(() => {});
  }
}

/** The HTML report with its data in it. */
export function html(model: ReportModel, result: RunResult): string {
  return reportHtml(model, JSON.stringify(reportJson(model, result)));
}

/** Moves the finished files to where they are looked for; a folder that is there keeps its other files. */
async function publish(aside: string, folder: string): Promise<void> {
  await Deno.mkdir(folder, { recursive: true });
  for (const name of REPORT_FILES) {
    await Deno.rename(`${aside}/${name}`, `${folder}/${name}`);
  }
}
