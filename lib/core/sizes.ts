import { ServemarkError } from "./errors.ts";

const COUNT = { k: 1e3, m: 1e6, b: 1e9, t: 1e12 } as const;
const BYTES = {
  b: 1,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  tb: 1e12,
  kib: 2 ** 10,
  mib: 2 ** 20,
  gib: 2 ** 30,
  tib: 2 ** 40,
} as const;

/**
 * Reads a count of things: `300k`, `16.6B`, `16_600_000_000`, `1e6`.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { parseCount } from "servemark";
 *
 * assert.equal(parseCount("16.6B"), 16_600_000_000);
 * assert.equal(parseCount("300k"), 300_000);
 * ```
 */
export function parseCount(text: string | number, what = "count"): number {
  const n = typeof text === "number" ? text : scaled(text, COUNT);
  if (n !== undefined && Number.isSafeInteger(n) && n >= 0) return n;
  throw new ServemarkError(`Cannot read "${text}" as a ${what}`, {
    remedy: 'Write a whole number such as 300000, "300k", "16.6B" or "1e6"',
    exitCode: 2,
  });
}

/** Reads a size in bytes: `500GB` (decimal), `64MiB` (binary), `1024`. */
export function parseBytes(text: string | number, what = "size"): number {
  const n = typeof text === "number" ? text : scaled(text, BYTES);
  if (n !== undefined && Number.isSafeInteger(n) && n >= 0) return n;
  throw new ServemarkError(`Cannot read "${text}" as a ${what}`, {
    remedy: 'Write bytes, such as "500GB", "64MiB" or 1024',
    exitCode: 2,
  });
}

function scaled(
  text: string,
  units: Readonly<Record<string, number>>,
): number | undefined {
  const match = /^([0-9][0-9_]*(?:\.[0-9]+)?(?:e[0-9]+)?)\s*([a-z]*)$/i.exec(
    text.trim(),
  );
  if (!match) return undefined;
  const unit = match[2].toLowerCase();
  if (unit !== "" && !Object.hasOwn(units, unit)) return undefined;
  const factor = unit === "" ? 1 : units[unit];
  return Number(
    (Number(match[1].replaceAll("_", "")) * factor).toPrecision(15),
  );
}

/** Writes a count for people: `300k`, `16.6B`, `1,234`. */
export function formatCount(n: number): string {
  if (Math.abs(n) < 10_000) return Math.round(n).toLocaleString("en-US");
  for (
    const [unit, factor] of [["T", 1e12], ["B", 1e9], ["M", 1e6], [
      "k",
      1e3,
    ]] as const
  ) {
    if (Math.abs(n) >= factor) {
      return `${Number((n / factor).toPrecision(3))}${unit}`;
    }
  }
  return String(n);
}

/** Writes bytes for people, in decimal units: `1.23 MB`. */
export function formatBytes(n: number): string {
  for (
    const [unit, factor] of [["TB", 1e12], ["GB", 1e9], ["MB", 1e6], [
      "kB",
      1e3,
    ]] as const
  ) {
    if (Math.abs(n) >= factor) {
      return `${Number((n / factor).toPrecision(3))} ${unit}`;
    }
  }
  return `${n} B`;
}
