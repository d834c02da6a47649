/** The least and greatest of a chunk's values, as the format stores them. */
export interface StoredRange {
  readonly min: Uint8Array;
  /** Missing where no text of bounded length is as great. */
  readonly max?: Uint8Array;
  readonly minExact: boolean;
  readonly maxExact: boolean;
}

/** What a chunk's metadata tell of its values. */
export interface Statistics {
  readonly nulls: number;
  readonly range?: StoredRange;
}

/** Bytes of a text's statistics, at most. */
const TEXT_BYTES = 64;

/** A range of texts or bytes; long ones are cut, the greatest rounded up. */
export function bytesRange(
  min: Uint8Array,
  max: Uint8Array,
  text: boolean,
): StoredRange {
  return {
    min: min.slice(0, cut(min, text)),
    minExact: min.length <= TEXT_BYTES,
    max: max.length <= TEXT_BYTES ? max.slice() : above(max, text),
    maxExact: max.length <= TEXT_BYTES,
  };
}

/** Where a text is cut, between its characters. */
function cut(bytes: Uint8Array, text: boolean): number {
  if (bytes.length <= TEXT_BYTES) return bytes.length;
  let end = TEXT_BYTES;
  while (text && end > 0 && (bytes[end] & 0xc0) === 0x80) end--;
  return end;
}

/** The least short text above all that begin like this one, if there is one. */
function above(bytes: Uint8Array, text: boolean): Uint8Array | undefined {
  let end = cut(bytes, text);
  // Of a text, only an ASCII character below DEL has its successor one byte up.
  const last = text ? 0x7e : 0xfe;
  while (end > 0 && bytes[end - 1] > last) end--;
  if (end === 0) return undefined;
  const up = bytes.slice(0, end);
  up[end - 1]++;
  return up;
}

/** Compares bytes as the format orders them: unsigned, one by one. */
export function compareBytes(
  a: Uint8Array,
  aFrom: number,
  aTo: number,
  b: Uint8Array,
  bFrom: number,
  bTo: number,
): number {
  const common = Math.min(aTo - aFrom, bTo - bFrom);
  for (let k = 0; k < common; k++) {
    const difference = a[aFrom + k] - b[bFrom + k];
    if (difference !== 0) return difference;
  }
  return (aTo - aFrom) - (bTo - bFrom);
}

/** Follows the least and greatest of byte strings. */
export class BytesRange {
  #min = new Uint8Array(0);
  #max = new Uint8Array(0);
  #any = false;

  /** Takes the bytes `[from, to)` into account. */
  add(bytes: Uint8Array, from: number, to: number): void {
    if (!this.#any) {
      this.#min = this.#max = bytes.slice(from, to);
      this.#any = true;
      return;
    }
    const min = this.#min;
    const max = this.#max;
    if (compareBytes(bytes, from, to, min, 0, min.length) < 0) {
      this.#min = bytes.slice(from, to);
    } else if (compareBytes(bytes, from, to, max, 0, max.length) > 0) {
      this.#max = bytes.slice(from, to);
    }
  }

  /** Their range; `undefined` when there were none. */
  range(text: boolean): StoredRange | undefined {
    return this.#any ? bytesRange(this.#min, this.#max, text) : undefined;
  }
}

/** The range of integers of 4 or 8 bytes, or of doubles. */
export function numberRange(
  physical: string,
  min: number | bigint,
  max: number | bigint,
): StoredRange {
  return {
    min: stored(physical, min),
    max: stored(physical, max),
    minExact: true,
    maxExact: true,
  };
}

function stored(physical: string, value: number | bigint): Uint8Array {
  if (physical === "BOOLEAN") return Uint8Array.of(Number(value));
  const view = new DataView(new ArrayBuffer(physical === "INT32" ? 4 : 8));
  if (physical === "INT32") view.setInt32(0, Number(value), true);
  else if (physical === "DOUBLE") view.setFloat64(0, Number(value), true);
  else view.setBigInt64(0, BigInt(value), true);
  return new Uint8Array(view.buffer);
}
