import {
  hash,
  hashBlock,
  hashKey,
  NARROW,
  P,
  spread,
  spreadWide,
} from "../core/arithmetic.ts";
import { type Cycle, cycled, cycleGap } from "./cycle.ts";
import { BLOCK, type Hashes } from "./hashes.ts";
import { type Steps, tilted } from "./steps.ts";

/** Writes the values of rows from, from + 1, … to `out[at]`, `out[at + 1]`, … */
export type Draw = (
  from: number,
  count: number,
  out: Float64Array,
  at: number,
) => void;

// Shared by all draws, which are synchronous and use them for one block at once.
const X = new Float64Array(BLOCK);
const Y = new Float64Array(BLOCK);
const Z = new Float64Array(BLOCK);

/** Runs a block's work until all rows are drawn. */
function inBlocks(
  block: (from: number, n: number, out: Float64Array, at: number) => void,
): Draw {
  return (from, count, out, at) => {
    for (let k = 0; k < count; k += BLOCK) {
      block(from + k, Math.min(BLOCK, count - k), out, at + k);
    }
  };
}

/** A uniform draw of [min, max]: one hash for up to 2¹⁸ values, then two. */
export function uniformDraw(hashes: Hashes, min: number, max: number): Draw {
  const span = max - min + 1;
  return inBlocks((from, n, out, at) => {
    hashes.first(from, n, X);
    if (span <= 2 ** 18) return spreadBlock(n, span, min, out, at);
    hashes.fill(from, n, Y);
    spreadWideBlock(n, span, min, out, at);
  });
}

// The loops over a block are functions of their own, which V8 compiles alone:
// within the draws' closures they ran at half the speed.

function spreadBlock(
  n: number,
  span: number,
  min: number,
  out: Float64Array,
  at: number,
): void {
  for (let k = 0; k < n; k++) out[at + k] = min + spread(X[k], span);
}

function spreadWideBlock(
  n: number,
  span: number,
  min: number,
  out: Float64Array,
  at: number,
): void {
  for (let k = 0; k < n; k++) out[at + k] = min + spreadWide(X[k], Y[k], span);
}

/** Finds the step of a hash: a guide table leads close, then it walks on. */
interface StepFinder {
  readonly guide: Uint16Array;
  readonly from: Float64Array;
  readonly start: Float64Array;
  readonly width: Float64Array;
  readonly tilt: Float64Array;
  /** The widest step. */
  readonly widest: number;
}

const GUIDE_BITS = 14;

/** Prepares steps for fast look-ups. */
function stepFinder(steps: Steps): StepFinder {
  const guide = new Uint16Array((P >>> GUIDE_BITS) + 1);
  for (let g = 0, j = 0; g < guide.length; g++) {
    while (
      j + 1 < steps.from.length && steps.from[j + 1] <= g * 2 ** GUIDE_BITS
    ) j++;
    guide[g] = j;
  }
  return {
    guide,
    from: Float64Array.from([...steps.from, P]),
    start: Float64Array.from(steps.start),
    width: Float64Array.from(steps.width),
    tilt: Float64Array.from(steps.tilt),
    widest: Math.max(...steps.width),
  };
}

/** The step that a hash falls into. */
function findStep(finder: StepFinder, x: number): number {
  let j = finder.guide[x >>> GUIDE_BITS];
  while (x >= finder.from[j + 1]) j++;
  return j;
}

/** A draw by steps, with as many hashes as its widest step needs. */
export function stepDraw(hashes: Hashes, steps: Steps): Draw {
  const finder = stepFinder(steps);
  return inBlocks((from, n, out, at) => {
    hashes.first(from, n, X);
    if (finder.widest === 1) return startBlock(finder, n, out, at);
    hashes.fill(from, n, Y);
    if (finder.widest <= NARROW) return stepBlock(finder, n, out, at);
    hashes.wide(from, n, Z);
    wideStepBlock(finder, n, out, at);
  });
}

function startBlock(
  finder: StepFinder,
  n: number,
  out: Float64Array,
  at: number,
): void {
  for (let k = 0; k < n; k++) {
    out[at + k] = finder.start[findStep(finder, X[k])];
  }
}

function stepBlock(
  finder: StepFinder,
  n: number,
  out: Float64Array,
  at: number,
): void {
  const { start, width, tilt } = finder;
  for (let k = 0; k < n; k++) {
    const j = findStep(finder, X[k]);
    out[at + k] = start[j] + spread(tilted(Y[k], tilt[j]), width[j]);
  }
}

function wideStepBlock(
  finder: StepFinder,
  n: number,
  out: Float64Array,
  at: number,
): void {
  const { start, width, tilt } = finder;
  for (let k = 0; k < n; k++) {
    const j = findStep(finder, X[k]);
    out[at + k] = start[j] + place(Y[k], Z[k], width[j], tilt[j]);
  }
}

/** A value's place within its step: by one hash where that can reach every place, else by two. */
function place(y: number, z: number, width: number, tilt: number): number {
  return width <= NARROW
    ? spread(tilted(y, tilt), width)
    : spreadWide(y, z, width);
}

/** The draw of {@link stepDraw}, one row at a time and without allocating. */
export function stepPick(name: string, steps: Steps): (i: number) => number {
  const key = hashKey(name);
  const fill = hashKey(`${name}/fill`);
  const wide = hashKey(`${name}/wide`);
  const finder = stepFinder(steps);
  const { start, width, tilt } = finder;
  return (i) => {
    // Both hashes at once, needed or not: the processor overlaps them, which
    // costs less than a branch that it cannot foresee.
    const x = hash(key, i);
    const y = hash(fill, i);
    const j = findStep(finder, x);
    const z = width[j] > NARROW ? hash(wide, i) : 0;
    return start[j] + place(y, z, width[j], tilt[j]);
  };
}

/** Times in [from, to), even or by the day's cycle. */
export function timeDraw(
  hashes: Hashes,
  from: number,
  to: number,
  cycle?: Cycle,
): Draw {
  const even = uniformDraw(hashes, 0, to - from - 1);
  return (row, count, out, at) => {
    even(row, count, out, at);
    if (cycle) cycleBlock(cycle, count, out, at);
    for (let k = at; k < at + count; k++) out[k] += from;
  };
}

/**
 * Times that increase with the row: one in each of `rows` equal intervals of
 * [from, to), before the day's cycle moves them.
 */
export function eventTimeDraw(
  hashes: Hashes,
  from: number,
  to: number,
  rows: number,
  cycle?: Cycle,
): Draw {
  const interval = Math.floor((to - from) / rows);
  // A busy hour's times move together: without this gap, neighbours could meet.
  const gap = cycle ? cycleGap(cycle) : 1;
  const jitter = uniformDraw(hashes, 0, interval - gap);
  return (row, count, out, at) => {
    jitter(row, count, out, at);
    for (let k = 0; k < count; k++) out[at + k] += (row + k) * interval;
    if (cycle) cycleBlock(cycle, count, out, at);
    for (let k = at; k < at + count; k++) out[k] += from;
  };
}

function cycleBlock(
  cycle: Cycle,
  count: number,
  out: Float64Array,
  at: number,
): void {
  for (let k = at; k < at + count; k++) out[k] = cycled(cycle, out[k]);
}

/** Writes 1 where a row's value is NULL, by a hash of its own. */
export function nullDraw(
  name: string,
  share: number,
): (from: number, count: number, out: Uint8Array) => void {
  const key = hashKey(`${name}/null`);
  const threshold = Math.round(share * P);
  return (from, count, out) => {
    for (let k = 0; k < count; k += BLOCK) {
      const n = Math.min(BLOCK, count - k);
      hashBlock(key, from + k, n, X);
      for (let r = 0; r < n; r++) out[k + r] = X[r] < threshold ? 1 : 0;
    }
  };
}
