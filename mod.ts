/**
 * Servemark benchmarks feature serving on data platforms, on identical data.
 *
 * @module
 */
export { ServemarkError } from "./lib/core/errors.ts";
export {
  formatBytes,
  formatCount,
  parseBytes,
  parseCount,
} from "./lib/core/sizes.ts";
export { formatDuration, parseDuration } from "./lib/core/durations.ts";
export { show } from "./lib/core/display.ts";
export { listDomains, loadDomain } from "./lib/datasets/domain.ts";
export type { Domain } from "./lib/datasets/domain.ts";
export { dataset } from "./lib/transfers/dataset.ts";
export type { Dataset } from "./lib/transfers/dataset.ts";
export { versions } from "./lib/transfers/versions.ts";
export type { Versions } from "./lib/transfers/versions.ts";
export { transfer } from "./lib/transfers/transfer.ts";
export type { Transfer } from "./lib/transfers/transfer.ts";
export { distributions } from "./lib/charts/distributions.ts";
export { run } from "./lib/runs/run.ts";
export type { Run } from "./lib/runs/run.ts";
export { Results } from "./lib/runs/results.ts";
export { report } from "./lib/reports/report.ts";
export type { Report } from "./lib/reports/report.ts";
export { deepDive } from "./lib/reports/deep_dive.ts";
export type { DeepDive } from "./lib/reports/deep_dive.ts";
