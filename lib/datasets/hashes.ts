import { hashBlock, hashKey, P } from "../core/arithmetic.ts";

/** Rows hashed at a time: the blocks of a draw stay in the processor's cache. */
export const BLOCK = 1024;

/** Writes the hashes of rows from, from + 1, … to `out[0]` …, at most {@link BLOCK} of them. */
export type HashBlock = (from: number, n: number, out: Float64Array) => void;

/** The pseudo-random numbers of a column: what its values are made of. */
export interface Hashes {
  /** Chooses a value, or the step that it lies in. */
  readonly first: HashBlock;
  /** Chooses among the values of a step, or of a stretch. */
  readonly fill: HashBlock;
  /** Chooses among values that one hash cannot reach all of. */
  readonly wide: HashBlock;
}

/** A column's own hashes: of `seed/table/column`, and of that with `/fill` and `/wide`. */
export function hashesOf(name: string): Hashes {
  return {
    first: hashesNamed(name),
    fill: hashesNamed(`${name}/fill`),
    wide: hashesNamed(`${name}/wide`),
  };
}

function hashesNamed(name: string): HashBlock {
  const key = hashKey(name);
  return (from, n, out) => hashBlock(key, from, n, out);
}

/**
 * A column's hashes where it is correlated: another column's in `share` of the
 * rows, chosen by a hash of `seed/table/column/with`, and its own in the others.
 * A negative share takes P − 1 − the other's: the opposite rank.
 */
export function correlatedHashes(
  name: string,
  other: Hashes,
  share: number,
): Hashes {
  const own = hashesOf(name);
  const choose = hashesNamed(`${name}/with`);
  const threshold = Math.round(Math.abs(share) * P);
  const chosen = new Float64Array(BLOCK);
  const others = new Float64Array(BLOCK);
  const mixed = (own: HashBlock, other: HashBlock): HashBlock => {
    return (from, n, out) => {
      own(from, n, out);
      other(from, n, others);
      choose(from, n, chosen);
      mixBlock(n, out, share < 0);
    };
  };
  function mixBlock(n: number, out: Float64Array, opposite: boolean): void {
    for (let k = 0; k < n; k++) {
      if (chosen[k] < threshold) {
        out[k] = opposite ? P - 1 - others[k] : others[k];
      }
    }
  }
  return {
    first: mixed(own.first, other.first),
    fill: mixed(own.fill, other.fill),
    wide: mixed(own.wide, other.wide),
  };
}
