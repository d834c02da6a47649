import { Damage } from "./damage.ts";

/**
 * Decompresses a block of Snappy
 * (https://github.com/google/snappy/blob/main/format_description.txt).
 *
 * @param size of the result; a block that says otherwise is damaged
 */
export function unsnappy(bytes: Uint8Array, size: number): Uint8Array {
  let at = 0;
  let length = 0;
  for (let scale = 1;; scale *= 128) {
    if (at >= bytes.length || scale > 2 ** 28) bad();
    const byte = bytes[at++];
    length += (byte & 127) * scale;
    if (byte < 128) break;
  }
  // 64 bytes from two or three is the most that an element gives.
  if (length !== size || size > bytes.length * 32) bad();
  const out = new Uint8Array(size);
  let to = 0;
  while (at < bytes.length) {
    const tag = bytes[at++];
    let count: number;
    let back: number;
    switch (tag & 3) {
      case 0: {
        count = tag >> 2;
        if (count >= 60) {
          const extra = count - 59;
          count = little(bytes, at, extra);
          at += extra;
        }
        count++;
        if (count > bytes.length - at || count > size - to) bad();
        out.set(bytes.subarray(at, at + count), to);
        at += count;
        to += count;
        continue;
      }
      case 1:
        count = (tag >> 2 & 7) + 4;
        back = (tag >> 5) * 256 + little(bytes, at, 1);
        at += 1;
        break;
      case 2:
        count = (tag >> 2) + 1;
        back = little(bytes, at, 2);
        at += 2;
        break;
      default:
        count = (tag >> 2) + 1;
        back = little(bytes, at, 4);
        at += 4;
    }
    if (back === 0 || back > to || count > size - to) bad();
    repeat(out, to, back, count);
    to += count;
  }
  if (to !== size) bad();
  return out;
}

/** Copies what lies `back` bytes before; the two may overlap, and then repeat. */
export function repeat(
  out: Uint8Array,
  to: number,
  back: number,
  count: number,
): void {
  if (back >= count && count > 16) {
    out.copyWithin(to, to - back, to - back + count);
  } else for (let k = 0; k < count; k++) out[to + k] = out[to + k - back];
}

function little(bytes: Uint8Array, at: number, count: number): number {
  if (count > bytes.length - at) bad();
  let value = 0;
  for (let k = count - 1; k >= 0; k--) value = value * 256 + bytes[at + k];
  return value;
}

function bad(): never {
  throw new Damage("a page is not the Snappy block that its header promises");
}
