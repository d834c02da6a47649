import { Damage } from "./damage.ts";
import { repeat } from "./snappy.ts";

/**
 * Decompresses a block of LZ4
 * (https://github.com/lz4/lz4/blob/dev/doc/lz4_Block_format.md).
 *
 * @param size of the result; a block that comes to another is damaged
 */
export function unlz4(bytes: Uint8Array, size: number): Uint8Array {
  // A byte of a match's length stands for 255 bytes.
  if (size > bytes.length * 256) bad();
  const out = new Uint8Array(size);
  let at = 0;
  let to = 0;
  const more = (count: number): number => {
    if (count < 15) return count;
    for (;;) {
      if (at >= bytes.length) bad();
      const byte = bytes[at++];
      count += byte;
      if (byte < 255) return count;
    }
  };
  while (at < bytes.length) {
    const token = bytes[at++];
    const literals = more(token >> 4);
    if (literals > bytes.length - at || literals > size - to) bad();
    out.set(bytes.subarray(at, at + literals), to);
    at += literals;
    to += literals;
    // The last sequence has literals only.
    if (at >= bytes.length) break;
    if (at + 2 > bytes.length) bad();
    const back = bytes[at] | bytes[at + 1] << 8;
    at += 2;
    const count = more(token & 15) + 4;
    if (back === 0 || back > to || count > size - to) bad();
    repeat(out, to, back, count);
    to += count;
  }
  if (to !== size) bad();
  return out;
}

/**
 * Decompresses what the format's older LZ4 codec stands for: blocks as Hadoop
 * frames them, each after its two big-endian sizes; some writers left the
 * frames out.
 */
export function unlz4Hadoop(bytes: Uint8Array, size: number): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const out = new Uint8Array(Math.min(size, bytes.length * 256));
  let at = 0;
  let to = 0;
  while (at + 8 <= bytes.length) {
    const plain = view.getUint32(at);
    const packed = view.getUint32(at + 4);
    if (packed > bytes.length - at - 8 || plain > size - to) break;
    out.set(unlz4(bytes.subarray(at + 8, at + 8 + packed), plain), to);
    at += 8 + packed;
    to += plain;
  }
  return at === bytes.length && to === size ? out : unlz4(bytes, size);
}

function bad(): never {
  throw new Damage("a page is not the LZ4 block that its header promises");
}
