import { hashKey, P } from "../../core/arithmetic.ts";
import type { ColumnSpec } from "../spec.ts";
import {
  compare,
  div,
  type Expression,
  minus,
  mod,
  name as nameOf,
  plus,
  times,
  when,
} from "./expression.ts";
import { type Layers, ROW } from "./layers.ts";

/** The pseudo-random numbers of a column, computed only when asked for. */
export interface HashNames {
  readonly first: () => Expression;
  readonly fill: () => Expression;
  readonly wide: () => Expression;
}

/**
 * Binds the hash of a text such as `seed/table/column`, as `core/arithmetic.ts`
 * defines it: a linear part of the row number, then three rounds of
 * `((x² mod P)·x + c) mod P`.
 */
export function bindHash(
  layers: Layers,
  name: string,
  text: string,
): Expression {
  const { a, b, s, c } = hashKey(text);
  const row = nameOf(ROW);
  const low = layers.bind(
    "lo",
    mod(row, P),
    "row number: its quotient and remainder by P",
  );
  const high = layers.bind(
    "hi",
    div(row, P),
    "row number: its quotient and remainder by P",
  );
  let x = layers.bind(
    `${name}0`,
    mod(plus(plus(times(low, a), times(high, b)), s), P),
    `hash of ${plainText(text)}: linear part`,
  );
  c.forEach((constant, round) => {
    const last = round === c.length - 1;
    x = layers.bind(
      last ? name : `${name}${round + 1}`,
      mod(plus(times(mod(times(x, x), P), x), constant), P),
      `: round ${round + 1}`,
    );
  });
  return x;
}

/** A column's own hashes, or the mixed ones of a correlated column. */
export function columnHashes(
  layers: Layers,
  prefix: string,
  text: string,
  correlated?: { share: number; other: HashNames; with: string },
): HashNames {
  const own = (letter: string, suffix: string) => () =>
    bindHash(layers, `${prefix}_${letter}`, `${text}${suffix}`);
  const hashes = {
    first: own("x", ""),
    fill: own("y", "/fill"),
    wide: own("z", "/wide"),
  };
  if (!correlated) return hashes;
  const { share, other } = correlated;
  const threshold = Math.round(Math.abs(share) * P);
  const mixed = (letter: string, kind: keyof HashNames) => () => {
    const chosen = bindHash(layers, `${prefix}_with`, `${text}/with`);
    const others = other[kind]();
    return layers.bind(
      `${prefix}_${letter}m`,
      when(
        compare(chosen, "<", threshold),
        share < 0 ? minus(P - 1, others) : others,
        hashes[kind](),
      ),
      `${plainText(text)} with ${
        plainText(correlated.with)
      }: ${share} of the ranks`,
    );
  };
  return {
    first: mixed("x", "first"),
    fill: mixed("y", "fill"),
    wide: mixed("z", "wide"),
  };
}

/** The threshold below which a hash of this share falls. */
export function thresholdOf(share: number): number {
  return Math.round(share * P);
}

/** Without what would end a comment. */
export function plainText(text: string): string {
  // deno-lint-ignore no-control-regex
  return text.replace(/[\u0000-\u001f\u007f\u2028\u2029]/g, " ");
}

/** A column's law for people. */
export function lawText(
  { distribution: d, nulls, idle, correlated }: ColumnSpec,
) {
  const more = [
    nulls > 0 ? `${nulls} NULL` : "",
    idle ? `idle rows ${idle}` : "",
    correlated ? `correlated ${correlated.share} with ${correlated.with}` : "",
  ].filter((part) => part !== "");
  return plainText([describe(d), ...more].join(", "));
}

function describe(d: ColumnSpec["distribution"]): string {
  switch (d.kind) {
    case "uniform":
      return `uniform [${d.min}, ${d.max}]`;
    case "power_law":
      return `power law [${d.min}, ${d.max}], exponent ${d.exponent}, shift ${
        d.shift ?? 1
      }`;
    case "normal":
      return `normal, mean ${d.mean}, deviation ${d.deviation}, [${d.min}, ${d.max}]`;
    case "categorical":
      return `categorical, ${d.words.length} words`;
    case "flag":
      return `flag, share ${d.share}`;
    case "hot_set":
      return `hot set [${d.min}, ${d.max}], ${d.hot} of the values take ${d.traffic}`;
    case "sequential":
      return `sequential from ${d.start} by ${d.step}`;
    case "fraction":
      return `fraction [${d.min}, ${d.max}] of ${d.of}, least ${d.least ?? 0}`;
    case "product":
      return `product of ${d.of.join(" and ")}, by ${d.divisor}`;
    case "foreign_key":
      return `key of ${d.entity}`;
    case "time":
    case "event_time":
      return `${d.kind} [${d.from}, ${d.to})${d.cycle ? ", daily cycle" : ""}`;
    case "key":
    case "stored":
      return d.kind;
  }
}
