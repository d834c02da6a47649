/**
 * Which of an entity's keys are asked for: a rank by its law, then the rank's
 * place among the keys. Requests and events agree on the hot keys.
 *
 * @module
 */
import { hash, hashKey } from "../core/arithmetic.ts";
import { type Draw, stepDraw, stepPick } from "./draw.ts";
import { hashesOf } from "./hashes.ts";
import type { EntitySpec, Popularity } from "./spec.ts";
import { hotSetSteps, powerLawSteps, type Steps } from "./steps.ts";

/** A permutation of [0, keys): the rank's key is (rank · multiplier + offset) mod keys. */
export interface Scatter {
  readonly keys: number;
  readonly multiplier: number;
  readonly offset: number;
}

/**
 * Scatters ranks over the keys, so that hot keys share neither a page nor a
 * partition by being neighbours. The multiplier lies near the golden section of
 * the keys, which spaces any number of first ranks about evenly, or of the
 * largest factor whose product stays below 2⁵³.
 */
export function scatterOf(seed: number, entity: EntitySpec): Scatter {
  const { keys } = entity;
  const limit = Math.min(keys, Math.floor(2 ** 52 / keys));
  let multiplier = Math.max(1, Math.floor(limit * 0.6180339887));
  while (multiplier > 1 && gcd(multiplier, keys) !== 1) multiplier--;
  const offset = hash(hashKey(`${seed}/${entity.name}/scatter`), 0) % keys;
  return { keys, multiplier, offset };
}

/** The key number of a rank. */
export function scatter(s: Scatter, rank: number): number {
  const product = rank * s.multiplier + s.offset;
  return product - Math.floor(product / s.keys) * s.keys;
}

function gcd(a: number, b: number): number {
  while (b > 0) [a, b] = [b, a % b];
  return a;
}

/** The rank's law: rank 0 is the most popular. */
export function rankSteps({ keys, popularity }: EntitySpec): Steps {
  if (typeof popularity === "number") {
    return powerLawSteps(0, keys - 1, popularity);
  }
  return hotSetSteps(0, keys - 1, popularity.hot, popularity.traffic);
}

/** Picks one key number a row, popular ones more often. */
export function popularDraw(
  name: string,
  seed: number,
  entity: EntitySpec,
): Draw {
  const ranks = stepDraw(hashesOf(name), rankSteps(entity));
  const places = scatterOf(seed, entity);
  return (from, count, out, at) => {
    ranks(from, count, out, at);
    for (let k = at; k < at + count; k++) out[k] = scatter(places, out[k]);
  };
}

/** Picks the key number of one row at a time, without allocating. */
export function popularPick(
  name: string,
  seed: number,
  entity: EntitySpec,
): (i: number) => number {
  const rank = stepPick(name, rankSteps(entity));
  const places = scatterOf(seed, entity);
  return (i) => scatter(places, rank(i));
}

/** A law of popularity for people. */
export function popularityText(popularity: Popularity): string {
  if (popularity === 0) return "uniform";
  if (typeof popularity === "number") {
    return `power law, exponent ${popularity}`;
  }
  const percent = (share: number) => `${Number((share * 100).toPrecision(6))}%`;
  const { hot, traffic } = popularity;
  return `${percent(hot)} of the keys take ${percent(traffic)} of the requests`;
}
