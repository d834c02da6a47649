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
export { dataset } from "./lib/transfers/dataset.ts";
export type { Dataset } from "./lib/transfers/dataset.ts";
