import { ServemarkError } from "./errors.ts";

const SECONDS = {
  us: 1e-6,
  ms: 1e-3,
  s: 1,
  m: 60,
  min: 60,
  h: 3600,
  d: 86_400,
} as const;

/**
 * Reads a duration, in seconds: `"250ms"`, `"30s"`, `"1h"`, `"1h30m"`. A bare
 * number is seconds.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { parseDuration } from "servemark";
 *
 * assert.equal(parseDuration("1h30m"), 5400);
 * assert.equal(parseDuration("250ms"), 0.25);
 * ```
 */
export function parseDuration(
  text: string | number,
  what = "duration",
): number {
  if (typeof text === "number" && Number.isFinite(text) && text >= 0) {
    return text;
  }
  const compact = String(text).trim().toLowerCase().replaceAll("µs", "us");
  if (/^[0-9.]+$/.test(compact) && Number.isFinite(Number(compact))) {
    return Number(compact);
  }
  if (/^(?:[0-9]+(?:\.[0-9]+)?(?:us|ms|min|[smhd]))+$/.test(compact)) {
    let total = 0;
    for (
      const [, n, unit] of compact.matchAll(/([0-9.]+)(us|ms|min|[smhd])/g)
    ) {
      total += Number(n) * SECONDS[unit as keyof typeof SECONDS];
    }
    return total;
  }
  throw new ServemarkError(`Cannot read "${text}" as a ${what}`, {
    remedy: 'Write a duration such as "250ms", "30s" or "1h"',
    exitCode: 2,
  });
}

/** Writes seconds for people: `850 µs`, `12.3 ms`, `4.1 s`, `2 min 5 s`. */
export function formatDuration(seconds: number): string {
  if (!Number.isFinite(seconds)) return "n/a";
  if (seconds < 1e-3) return `${Number((seconds * 1e6).toPrecision(3))} µs`;
  if (seconds < 1) return `${Number((seconds * 1e3).toPrecision(3))} ms`;
  if (seconds < 60) return `${Number(seconds.toPrecision(3))} s`;
  const whole = Math.round(seconds);
  if (whole < 3600) return join(Math.floor(whole / 60), "min", whole % 60, "s");
  return join(
    Math.floor(whole / 3600),
    "h",
    Math.round((whole % 3600) / 60),
    "min",
  );
}

function join(a: number, unitA: string, b: number, unitB: string): string {
  return b === 0 ? `${a} ${unitA}` : `${a} ${unitA} ${b} ${unitB}`;
}
