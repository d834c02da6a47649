/**
 * Domains and ticks of logarithmic and linear axes.
 *
 * @module
 */
import { formatTick } from "./series.ts";

/** An axis: what it spans, where its ticks stand. */
export interface Axis {
  readonly type: "log" | "linear";
  readonly domain: readonly [number, number];
  readonly ticks: readonly number[];
  readonly format: (value: number) => string;
}

const STEPS: readonly (readonly number[])[] = [[1, 2, 5], [1, 3], [1]];

/** A logarithmic axis that holds all the values, with some room, and at most about seven ticks. */
export function logAxis(values: readonly number[]): Axis {
  const known = values.filter((v) => Number.isFinite(v) && v > 0);
  const low = Math.min(...known, Infinity);
  const high = Math.max(...known, 0);
  if (!(low <= high)) {
    return {
      type: "log",
      domain: [0.1, 10],
      ticks: [0.1, 1, 10],
      format: formatTick,
    };
  }
  const domain: [number, number] = low === high
    ? [low / 3, high * 3]
    : [low / 1.35, high * 1.35];
  for (const steps of STEPS) {
    const ticks = powers(domain, steps);
    if (ticks.length <= 7 || steps === STEPS[2]) {
      return {
        type: "log",
        domain,
        ticks: enough(ticks, domain),
        format: formatTick,
      };
    }
  }
  throw new RangeError("No ticks for a logarithmic axis");
}

/** At least two ticks, however short the axis. */
function enough(
  ticks: readonly number[],
  domain: readonly [number, number],
): readonly number[] {
  if (ticks.length >= 2) return ticks;
  return powers(domain, [1, 1.5, 2, 3, 4, 5, 6, 7, 8, 9]);
}

function powers(
  [low, high]: readonly [number, number],
  steps: readonly number[],
): number[] {
  const ticks: number[] = [];
  for (
    let e = Math.floor(Math.log10(low));
    e <= Math.ceil(Math.log10(high));
    e++
  ) {
    for (const step of steps) {
      const tick = Number(`${step}e${e}`);
      if (tick >= low && tick <= high) ticks.push(tick);
    }
  }
  return ticks;
}

/** An axis of client counts: logarithmic, with a tick at each count that ran. */
export function clientsAxis(counts: readonly number[]): Axis {
  const ticks = [...new Set(counts)].sort((a, b) => a - b);
  const low = ticks[0] ?? 1;
  const high = ticks.at(-1) ?? 1;
  const room = low === high ? 2 : (high / low) ** 0.07;
  return {
    type: "log",
    domain: [low / room, high * room],
    ticks,
    format: formatTick,
  };
}

/** A linear axis from zero that holds all the values. */
export function zeroAxis(values: readonly number[]): Axis {
  const known = values.filter((v) => Number.isFinite(v) && v >= 0);
  const high = Math.max(...known, 0) || 1;
  const rough = high / 4;
  const unit = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].find((s) => s * unit >= rough)! * unit;
  const ticks: number[] = [];
  for (let k = 0; k * step <= high * 1.04; k++) {
    ticks.push(Number((k * step).toPrecision(12)));
  }
  return {
    type: "linear",
    domain: [0, Math.max(high * 1.06, ticks.at(-1)!)],
    ticks,
    format: formatTick,
  };
}

/** Linear from zero where the values lie close, logarithmic where they span over a decade and a half. */
export function fittingAxis(values: readonly number[]): Axis {
  const known = values.filter((v) => Number.isFinite(v) && v > 0);
  const span = Math.max(...known, 0) / Math.min(...known, Infinity);
  return span > 30 ? logAxis(known) : zeroAxis(known);
}

/** Leaves out client ticks that would stand closer than this share of the axis. */
export function thinTicks(axis: Axis, pixels: number, gap: number): Axis {
  const position = (v: number) => {
    const [a, b] = axis.type === "log"
      ? axis.domain.map(Math.log)
      : axis.domain;
    return ((axis.type === "log" ? Math.log(v) : v) - a) / (b - a) * pixels;
  };
  const kept: number[] = [];
  // The largest count is kept for sure: it is what the summary speaks of.
  for (const tick of [...axis.ticks].reverse()) {
    if (kept.length === 0 || position(kept.at(-1)!) - position(tick) >= gap) {
      kept.push(tick);
    }
  }
  return { ...axis, ticks: kept.reverse() };
}
