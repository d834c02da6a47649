/** Distinct numbers, and each row's index among them. */
export interface NumberDictionary {
  /** In the order of their first rows. */
  readonly distinct: Float64Array;
  readonly indexes: Int32Array;
}

/** Rows that tell whether there are too many distinct values to go on. */
const SAMPLE = 4096;

/** Distinct values of the sample where a quarter of a whole row group is distinct. */
const SAMPLE_DISTINCT = 3604;

/** Distinct values of so many, at most, for a dictionary to be worth it. */
export function mostDistinct(count: number): number {
  return count >> 2;
}

/** Whether so many distinct values, after so many, are too many. */
export function isHopeless(distinct: number, after: number): boolean {
  return after === SAMPLE && distinct > SAMPLE_DISTINCT;
}

/** Memory that is used again and again. */
let direct = new Int32Array(0);
const SLOTS = 1 << 16;
const slotOf = new Int32Array(SLOTS);
const bits = new Float64Array(1);
const halves = new Uint32Array(bits.buffer);

/**
 * The dictionary of integers, or of any numbers that differ by `===`;
 * `undefined` where it is not worth it.
 */
export function numberDictionary(
  numbers: Float64Array,
  min: number,
  max: number,
): NumberDictionary | undefined {
  const range = max - min + 1;
  if (numbers.length < 4) return undefined;
  return range <= Math.max(1024, 4 * numbers.length)
    ? byTable(numbers, min, range)
    : byHash(numbers);
}

/** Each value of a narrow range has a place of its own. */
function byTable(
  numbers: Float64Array,
  min: number,
  range: number,
): NumberDictionary | undefined {
  if (direct.length < range) direct = new Int32Array(range);
  const table = direct;
  table.fill(0, 0, range);
  const count = numbers.length;
  const most = mostDistinct(count);
  const indexes = new Int32Array(count);
  const distinct = new Float64Array(Math.min(range, most + 1));
  let found = 0;
  for (let k = 0; k < count; k++) {
    const place = numbers[k] - min | 0;
    let index = table[place];
    if (index === 0) {
      if (found === most) return undefined;
      distinct[found++] = numbers[k];
      table[place] = index = found;
    }
    indexes[k] = index - 1;
  }
  return { distinct: distinct.subarray(0, found), indexes };
}

function byHash(numbers: Float64Array): NumberDictionary | undefined {
  slotOf.fill(0);
  const count = numbers.length;
  const most = Math.min(mostDistinct(count), SLOTS >> 1);
  const indexes = new Int32Array(count);
  const distinct = new Float64Array(most + 1);
  let found = 0;
  for (let k = 0; k < count; k++) {
    const value = numbers[k];
    if (isHopeless(found, k)) return undefined;
    bits[0] = value;
    let slot =
      Math.imul(halves[0] ^ Math.imul(halves[1], 0x85ebca6b), 0x9e3779b1) >>>
      16;
    let index = slotOf[slot];
    while (index !== 0 && distinct[index - 1] !== value) {
      slot = slot + 1 & SLOTS - 1;
      index = slotOf[slot];
    }
    if (index === 0) {
      if (found === most) return undefined;
      distinct[found++] = value;
      slotOf[slot] = index = found;
    }
    indexes[k] = index - 1;
  }
  return { distinct: distinct.slice(0, found), indexes };
}
