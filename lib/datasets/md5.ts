/**
 * MD5 (RFC 1321) of many short texts, which is what a fingerprint spends its
 * time on: a call into the runtime's own implementation takes several times as
 * long as the hash.
 *
 * @module
 */

/** ⌊2³² · |sin(step + 1)|⌋ for each of 64 steps. */
const K = Int32Array.from(
  { length: 64 },
  (_, step) => Math.floor(2 ** 32 * Math.abs(Math.sin(step + 1))) | 0,
);

/** Room that {@link md5} needs after a text, for its padding. */
export const MD5_PADDING = 72;

/** The words of the block at hand. */
const W = new Int32Array(16);

const START = Int32Array.of(0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476);
const STATE = new Int32Array(4);

/**
 * Hashes the first `length` bytes of a buffer, padding them in place, and writes
 * the digest to a view of its 16 bytes.
 */
export function md5(view: DataView, length: number, digest: DataView): void {
  const end = 64 * ((length + 8 >>> 6) + 1);
  view.setUint8(length, 0x80);
  for (let at = length + 1; at < end - 8; at++) view.setUint8(at, 0);
  view.setUint32(end - 8, length * 8 >>> 0, true);
  view.setUint32(end - 4, Math.floor(length / 2 ** 29), true);
  STATE.set(START);
  for (let at = 0; at < end; at += 64) {
    for (let w = 0; w < 16; w++) W[w] = view.getInt32(at + 4 * w, true);
    addBlock();
  }
  for (let w = 0; w < 4; w++) digest.setInt32(4 * w, STATE[w], true);
}

/** The four rounds of 16 steps over one block. */
function addBlock(): void {
  let [a, b, c, d] = [STATE[0], STATE[1], STATE[2], STATE[3]];
  for (let s = 0; s < 16; s += 4) {
    a = turn(a + (d ^ (b & (c ^ d))) + K[s] + W[s], 7) + b | 0;
    d = turn(d + (c ^ (a & (b ^ c))) + K[s + 1] + W[s + 1], 12) + a | 0;
    c = turn(c + (b ^ (d & (a ^ b))) + K[s + 2] + W[s + 2], 17) + d | 0;
    b = turn(b + (a ^ (c & (d ^ a))) + K[s + 3] + W[s + 3], 22) + c | 0;
  }
  for (let s = 16; s < 32; s += 4) {
    const w = 5 * s + 1;
    a = turn(a + (c ^ (d & (b ^ c))) + K[s] + W[w & 15], 5) + b | 0;
    d = turn(d + (b ^ (c & (a ^ b))) + K[s + 1] + W[w + 5 & 15], 9) + a | 0;
    c = turn(c + (a ^ (b & (d ^ a))) + K[s + 2] + W[w + 10 & 15], 14) + d | 0;
    b = turn(b + (d ^ (a & (c ^ d))) + K[s + 3] + W[w + 15 & 15], 20) + c | 0;
  }
  for (let s = 32; s < 48; s += 4) {
    const w = 3 * s + 5;
    a = turn(a + (b ^ c ^ d) + K[s] + W[w & 15], 4) + b | 0;
    d = turn(d + (a ^ b ^ c) + K[s + 1] + W[w + 3 & 15], 11) + a | 0;
    c = turn(c + (d ^ a ^ b) + K[s + 2] + W[w + 6 & 15], 16) + d | 0;
    b = turn(b + (c ^ d ^ a) + K[s + 3] + W[w + 9 & 15], 23) + c | 0;
  }
  for (let s = 48; s < 64; s += 4) {
    const w = 7 * s;
    a = turn(a + (c ^ (b | ~d)) + K[s] + W[w & 15], 6) + b | 0;
    d = turn(d + (b ^ (a | ~c)) + K[s + 1] + W[w + 7 & 15], 10) + a | 0;
    c = turn(c + (a ^ (d | ~b)) + K[s + 2] + W[w + 14 & 15], 15) + d | 0;
    b = turn(b + (d ^ (c | ~a)) + K[s + 3] + W[w + 21 & 15], 21) + c | 0;
  }
  STATE[0] += a;
  STATE[1] += b;
  STATE[2] += c;
  STATE[3] += d;
}

/** Rotates the low 32 bits of a sum to the left. */
function turn(sum: number, bits: number): number {
  return (sum << bits) | (sum >>> (32 - bits));
}
