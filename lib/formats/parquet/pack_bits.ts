/** Numbers that fit 31 bits. */
export type Small = Uint8Array | Uint16Array | Int32Array;

/** Bits of the largest of numbers up to `most`; one at least. */
export function bitsOf(most: number): number {
  return Math.max(1, 32 - Math.clz32(most));
}

/**
 * Packs numbers of `width` bits, the first in the lowest bits, into whole
 * groups of eight; says where the bytes end.
 *
 * @param flip is added to each number's bits by exclusive or
 */
export function packBits(
  numbers: Small,
  count: number,
  width: number,
  out: Uint8Array,
  at: number,
  flip = 0,
): number {
  if (width === 8 && flip === 0) {
    for (let k = 0; k < count; k++) out[at++] = numbers[k];
  } else if (width === 1) {
    at = packOnes(numbers, count, out, at, flip);
  } else {
    let bits = 0;
    let held = 0;
    for (let k = 0; k < count; k++) {
      held |= (numbers[k] ^ flip) << bits;
      bits += width;
      while (bits >= 8) {
        out[at++] = held;
        held >>>= 8;
        bits -= 8;
      }
    }
    if (bits > 0) out[at++] = held;
  }
  // The last group is filled up with zeros.
  const filled = Math.ceil(count * width / 8);
  const whole = Math.ceil(count / 8) * width;
  for (let k = filled; k < whole; k++) out[at++] = 0;
  return at;
}

function packOnes(
  numbers: Small,
  count: number,
  out: Uint8Array,
  at: number,
  flip: number,
): number {
  const whole = count & ~7;
  const all = flip === 0 ? 0 : 255;
  for (let k = 0; k < whole; k += 8) {
    out[at++] = all ^ (numbers[k] | numbers[k + 1] << 1 | numbers[k + 2] << 2 |
      numbers[k + 3] << 3 | numbers[k + 4] << 4 | numbers[k + 5] << 5 |
      numbers[k + 6] << 6 | numbers[k + 7] << 7);
  }
  if (whole < count) {
    let byte = 0;
    for (let k = whole; k < count; k++) byte |= (numbers[k] ^ flip) << (k & 7);
    out[at++] = byte;
  }
  return at;
}

/**
 * Writes indexes as a data page has them: their width, then one run: a
 * repeated one where all are alike, else bits. Says where the bytes end.
 */
export function writeIndexes(
  indexes: Small,
  count: number,
  width: number,
  out: Uint8Array,
  at: number,
): number {
  out[at++] = width;
  if (count === 0) return at;
  let same = true;
  for (let k = 1; k < count; k++) {
    if (indexes[k] !== indexes[0]) {
      same = false;
      break;
    }
  }
  if (!same) {
    at = writeVarint(Math.ceil(count / 8) * 2 + 1, out, at);
    return packBits(indexes, count, width, out, at);
  }
  at = writeVarint(count * 2, out, at);
  for (let k = 0; k < width; k += 8) out[at++] = indexes[0] >>> k;
  return at;
}

function writeVarint(value: number, out: Uint8Array, at: number): number {
  while (value >= 128) {
    out[at++] = value & 127 | 128;
    value >>>= 7;
  }
  out[at++] = value;
  return at;
}
