/**
 * The laws of columns as layers of integers: the same arithmetic as `draw.ts`
 * and `column_draw.ts`, an operation at a time.
 *
 * @module
 */
import { NARROW, P } from "../../core/arithmetic.ts";
import { type Cycle, DAY, HOUR, SHARE_UNIT } from "../cycle.ts";
import type { Scatter } from "../popularity.ts";
import { type Steps, TILT_UNIT } from "../steps.ts";
import {
  at,
  compare,
  div,
  type Expression,
  minus,
  mod,
  plus,
  times,
  when,
} from "./expression.ts";
import type { HashNames } from "./hash_layers.ts";
import type { Layers } from "./layers.ts";

/** Where a column's names go, what they begin with, its name for notes, and the text that it hashes. */
export interface Place {
  readonly layers: Layers;
  readonly prefix: string;
  readonly column: string;
  readonly text: string;
}

/** ⌊x · span / P⌋. */
export function spread(x: Expression, span: Expression | number): Expression {
  return div(times(x, span), P);
}

/** `spreadWide` of `core/arithmetic.ts`, for spans beyond 2²⁶ that a row may choose. */
function stretches(
  { layers, prefix, column }: Place,
  x: Expression,
  y: Expression,
  span: Expression | number,
): Expression {
  const high = typeof span === "number"
    ? Math.floor(span / NARROW)
    : div(span, NARROW);
  const low = typeof span === "number" ? span % NARROW : mod(span, NARROW);
  const start = (letter: string, x: Expression) => {
    const product = layers.bind(
      `${prefix}_${letter}h`,
      times(x, high),
      `${column}: stretch, upper product`,
    );
    return layers.bind(
      `${prefix}_${letter}`,
      plus(
        times(div(product, P), NARROW),
        div(plus(times(mod(product, P), NARROW), times(x, low)), P),
      ),
      `${column}: stretch`,
    );
  };
  const from = start("s", x);
  const to = start("t", plus(x, 1));
  return plus(from, spread(y, minus(to, from)));
}

/** A uniform draw of [0, span), as `uniformDraw`. */
export function uniform(
  place: Place,
  hashes: HashNames,
  span: number,
): Expression {
  const x = hashes.first();
  if (span <= 2 ** 18) return spread(x, span);
  const y = hashes.fill();
  if (span > NARROW) return stretches(place, x, y, span);
  return div(plus(times(x, span), spread(y, span)), P);
}

/** A draw by steps, as `stepDraw`. */
export function stepped(
  place: Place,
  hashes: HashNames,
  steps: Steps,
): Expression {
  const { layers, prefix, column } = place;
  const { start, width, tilt } = steps;
  const widest = Math.max(...width);
  const step = layers.search(
    `${prefix}_j`,
    steps.from,
    hashes.first(),
    `${column}: step`,
  );
  /** What a list has for the step, under a name of its own. */
  const ofStep = (letter: string, values: readonly number[], what: string) => {
    const found = at(values, step);
    return found.kind === "at"
      ? layers.bind(`${prefix}_${letter}`, found, `${column}: step's ${what}`)
      : found;
  };
  if (widest === 1) return contiguous(start, step) ?? at(start, step);
  const first = contiguous(start, step) ?? ofStep("f", start, "first value");
  const chosen = ofStep("w", width, "width");
  const y = hashes.fill();
  const bent = tilt.every((value) => value === 0)
    ? y
    : tilted(place, y, ofStep("b", tilt, "tilt"));
  const narrow = spread(bent, chosen);
  if (widest <= NARROW) return plus(first, narrow);
  return plus(
    first,
    when(
      compare(chosen, "<=", NARROW),
      narrow,
      stretches(place, y, hashes.wide(), chosen),
    ),
  );
}

/** Starts that go up by one need no list. */
function contiguous(
  start: readonly number[],
  step: Expression,
): Expression | undefined {
  if (step.kind !== "name") return undefined;
  return start.every((value, k) => value === start[0] + k)
    ? plus(step, start[0] - 1)
    : undefined;
}

/** `tilted` of `steps.ts`: the quotient by 2²⁶ is rounded towards 0. */
function tilted(
  { layers, prefix, column }: Place,
  y: Expression,
  tilt: Expression,
): Expression {
  const bend = layers.bind(
    `${prefix}_q`,
    div(times(y, minus(P, y)), P),
    `${column}: bend`,
  );
  return minus(y, div(times(bend, tilt), TILT_UNIT));
}

/** The key number of a rank, as `scatter`. */
export function scattered(rank: Expression, s: Scatter): Expression {
  return mod(plus(times(rank, s.multiplier), s.offset), s.keys);
}

/** An even time moved by the day's cycle, as `cycled`. */
export function cycled(
  { layers, prefix, column }: Place,
  even: Expression,
  { shares, cuts }: Cycle,
): Expression {
  const note = `${column}: daily cycle`;
  const time = layers.bind(`${prefix}_e`, even, `${column}: even time`);
  const rest = layers.bind(
    `${prefix}_r`,
    mod(time, DAY),
    `${note}, time of day`,
  );
  const hour = layers.search(
    `${prefix}_h`,
    cuts.slice(0, 24),
    rest,
    `${note}, hour`,
  );
  const begun = plus(
    times(div(time, DAY), DAY),
    times(minus(hour, 1), HOUR),
  );
  const past = minus(rest, at(cuts.slice(0, 24), hour));
  return plus(begun, div(times(past, SHARE_UNIT), at(shares, hour)));
}
