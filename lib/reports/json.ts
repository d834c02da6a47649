import { type ResultJson, resultToJson } from "../runs/result_json.ts";
import type { RunResult } from "../runs/result.ts";
import type { ReportModel } from "./model.ts";

/** Version of report.json's layout, which `report_schema.json` describes. */
export const REPORT_SCHEMA_VERSION = 1;

/** What a report says, without what its charts are drawn from. */
export type ReportSaid = Omit<ReportModel, "charts">;

/** report.json: what a report says, and all it was computed from but the samples. */
export interface ReportJson {
  readonly schemaVersion: typeof REPORT_SCHEMA_VERSION;
  readonly report: ReportSaid;
  readonly result: ResultJson;
}

/** A report as data. A figure that is not known is null, as JSON has no other word for it. */
export function reportJson(model: ReportModel, result: RunResult): ReportJson {
  return {
    schemaVersion: REPORT_SCHEMA_VERSION,
    report: reportSaid(model),
    result: resultToJson(result),
  };
}

/** The sentences and tables of a report. */
export function reportSaid(model: ReportModel): ReportSaid {
  const { charts: _, ...said } = model;
  return said;
}
