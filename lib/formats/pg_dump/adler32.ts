/**
 * Adler-32, which ends a zlib stream, of parts that follow one another. Source:
 * RFC 1950, section 8.2.
 *
 * @module
 */

const BASE = 65_521;
/** Bytes that may be added up before the sums pass 2³¹. */
const RUN = 3800;

/** The checksum of no bytes. */
export const ADLER_START = 1;

/** The checksum of some bytes. */
export function adler32(bytes: Uint8Array): number {
  let a = 1;
  let b = 0;
  for (let k = 0; k < bytes.length;) {
    const end = Math.min(k + RUN, bytes.length);
    for (; k < end; k++) {
      a += bytes[k];
      b += a;
    }
    a %= BASE;
    b %= BASE;
  }
  return b * 65_536 + a;
}

/** The checksum of two parts, from theirs, and the second's length. */
export function combineAdler32(
  first: number,
  second: number,
  secondLength: number,
): number {
  const a1 = first % 65_536;
  const a2 = second % 65_536;
  const b1 = Math.floor(first / 65_536);
  const b2 = Math.floor(second / 65_536);
  const length = secondLength % BASE;
  // Every byte of the second part also adds the first part's a − 1 to b.
  const a = (a1 + a2 - 1 + BASE) % BASE;
  const b = (b1 + b2 + length * (a1 - 1 + BASE)) % BASE;
  return b * 65_536 + a;
}
