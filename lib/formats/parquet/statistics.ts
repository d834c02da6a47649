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

/**
 * Follows the least and greatest of byte strings, where they lie: in sorted
 * texts, each one is the greatest so far.
 */
export class BytesRange {
  #min: Uint8Array = new Uint8Array(0);
  #minFrom = 0;
  #minTo = -1;
  #max = this.#min;
  #maxFrom = 0;
  #maxTo = 0;

  /** Takes the bytes `[from, to)` into account. */
  add(bytes: Uint8Array, from: number, to: number): void {
    const first = this.#minTo < 0;
    if (
      first ||
      compareBytes(bytes, from, to, this.#max, this.#maxFrom, this.#maxTo) > 0
    ) {
      this.setMax(bytes, from, to);
      if (first) this.setMin(bytes, from, to);
    } else if (
      compareBytes(bytes, from, to, this.#min, this.#minFrom, this.#minTo) < 0
    ) this.setMin(bytes, from, to);
  }

  /** The bytes `[from, to)` are known to be the least so far. */
  setMin(bytes: Uint8Array, from: number, to: number): void {
    this.#min = bytes;
    this.#minFrom = from;
    this.#minTo = to;
  }

  /** The bytes `[from, to)` are known to be the greatest so far. */
  setMax(bytes: Uint8Array, from: number, to: number): void {
    this.#max = bytes;
    this.#maxFrom = from;
    this.#maxTo = to;
  }

  /** Copies the two, before the memory they lie in is used again. */
  settle(): void {
    if (this.#minTo < 0) return;
    this.#min = this.#min.slice(this.#minFrom, this.#minTo);
    this.#max = this.#max.slice(this.#maxFrom, this.#maxTo);
    this.#minFrom = this.#maxFrom = 0;
    this.#minTo = this.#min.length;
    this.#maxTo = this.#max.length;
  }

  /** Their range; `undefined` when there were none. */
  range(text: boolean): StoredRange | undefined {
    if (this.#minTo < 0) return undefined;
    this.settle();
    return bytesRange(this.#min, this.#max, text);
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
