import type { Value } from "../../datasets/batch.ts";

/** Keys that one set holds at most: about 1.3 GB. */
export const MOST_DISTINCT = 50_000_000;

const EMPTY = 0;
const WORD = 4_294_967_296;

/**
 * Tells whether keys are distinct, by 53-bit hashes in a table of 8 bytes a
 * slot. Two different keys of n share a hash with a chance of n² / 2⁵⁴: about
 * one in 2,000 for three million keys, and it then errs on the side of "not
 * distinct".
 */
export class DistinctKeys {
  #slots = new Float64Array(1024);
  #size = 0;

  /** Keys so far. */
  get size(): number {
    return this.#size;
  }

  /** Adds a key of one or more values; false where it was there. */
  add(...key: readonly NonNullable<Value>[]): boolean {
    if (2 * this.#size >= this.#slots.length) this.#grow();
    const hash = hashOf(key);
    const at = this.#find(hash);
    if (this.#slots[at] === hash) return false;
    this.#slots[at] = hash;
    this.#size++;
    return true;
  }

  /** The slot that holds a hash, or the empty one where it belongs. */
  #find(hash: number): number {
    const mask = this.#slots.length - 1;
    let at = hash % this.#slots.length;
    while (this.#slots[at] !== EMPTY && this.#slots[at] !== hash) {
      at = (at + 1) & mask;
    }
    return at;
  }

  #grow(): void {
    const old = this.#slots;
    this.#slots = new Float64Array(2 * old.length);
    for (const hash of old) {
      if (hash !== EMPTY) this.#slots[this.#find(hash)] = hash;
    }
  }
}

/** 1 to 2⁵³, from two 32-bit FNV-1a hashes of the values' texts, mixed as MurmurHash3 ends. */
function hashOf(key: readonly NonNullable<Value>[]): number {
  let a = 0x811c9dc5;
  let b = 0x9dc5811c;
  for (const value of key) {
    const text = String(value);
    for (let k = 0; k < text.length; k++) {
      const unit = text.charCodeAt(k);
      a = Math.imul(a ^ unit, 0x01000193);
      b = Math.imul(b ^ (unit + 0x9e37), 0x01000193) ^ (b >>> 15);
    }
    // Sets ("a", "bc") apart from ("ab", "c").
    a = Math.imul(a ^ 0x1f, 0x01000193);
    b = Math.imul(b ^ text.length, 0x01000193);
  }
  return 1 + (mix(a) & 0x1fffff) * WORD + mix(b);
}

function mix(h: number): number {
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
