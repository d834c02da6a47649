/**
 * Labels beside points, none over another or over a symbol.
 *
 * @module
 */
import { textWidth } from "./svg_text.ts";

/** A point that would like a label; px. */
export interface Labelled {
  readonly x: number;
  readonly y: number;
  readonly text: string;
}

/** Where a label may stand; px. */
export interface Bounds {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** A label that found a place: the offset of its middle from its point. */
export interface Placed {
  readonly index: number;
  readonly dx: number;
  readonly dy: number;
}

/** A rectangle; px. */
export interface Box {
  readonly x0: number;
  readonly x1: number;
  readonly y0: number;
  readonly y1: number;
}

const SYMBOL = 4;

/**
 * Tries eight places around each point, in order of preference, and leaves a
 * label out where all of them are taken. The last points come first: the
 * largest load is the one to read.
 *
 * @param avoid what else no label may cover
 */
export function placeLabels(
  points: readonly Labelled[],
  bounds: Bounds,
  size: number,
  avoid: readonly Box[] = [],
): Placed[] {
  const taken: Box[] = [
    ...avoid,
    ...points.map(({ x, y }) => ({
      x0: x - SYMBOL,
      x1: x + SYMBOL,
      y0: y - SYMBOL,
      y1: y + SYMBOL,
    })),
  ];
  const placed: Placed[] = [];
  for (let index = points.length - 1; index >= 0; index--) {
    const { x, y, text } = points[index];
    const half = textWidth(text, size) / 2;
    const tall = size / 2;
    const away = half + SYMBOL + 3;
    const over = tall + SYMBOL + 2;
    const offsets = [
      [0, -over],
      [away, -over * 0.7],
      [-away, -over * 0.7],
      [away, 0],
      [-away, 0],
      [away, over * 0.7],
      [-away, over * 0.7],
      [0, over],
    ];
    for (const [dx, dy] of offsets) {
      const box = {
        x0: x + dx - half,
        x1: x + dx + half,
        y0: y + dy - tall,
        y1: y + dy + tall,
      };
      const inside = box.x0 >= bounds.left && box.x1 <= bounds.right &&
        box.y0 >= bounds.top && box.y1 <= bounds.bottom;
      if (inside && !taken.some((other) => overlaps(box, other))) {
        taken.push(box);
        placed.push({ index, dx, dy });
        break;
      }
    }
  }
  return placed;
}

function overlaps(a: Box, b: Box): boolean {
  return a.x0 < b.x1 && b.x0 < a.x1 && a.y0 < b.y1 && b.y0 < a.y1;
}
