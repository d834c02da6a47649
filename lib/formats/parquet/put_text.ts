/** Bytes of a text's UTF-8, at most. */
export function mostBytes(text: string): number {
  return 3 * text.length;
}

/**
 * Writes a text as UTF-8 and says where it ends; half a surrogate pair becomes
 * U+FFFD, as `TextEncoder` has it.
 */
export function putText(text: string, out: Uint8Array, at: number): number {
  const { length } = text;
  for (let k = 0; k < length; k++) {
    let code = text.charCodeAt(k);
    if (code < 0x80) {
      out[at++] = code;
      continue;
    }
    if (code < 0x800) {
      out[at++] = 0xc0 | code >> 6;
      out[at++] = 0x80 | code & 63;
      continue;
    }
    if (code >= 0xd800 && code < 0xe000) {
      const low = k + 1 < length ? text.charCodeAt(k + 1) : 0;
      if (code < 0xdc00 && low >= 0xdc00 && low < 0xe000) {
        k++;
        code = 0x10000 + (code - 0xd800 << 10) + (low - 0xdc00);
        out[at++] = 0xf0 | code >> 18;
        out[at++] = 0x80 | code >> 12 & 63;
        out[at++] = 0x80 | code >> 6 & 63;
        out[at++] = 0x80 | code & 63;
        continue;
      }
      code = 0xfffd;
    }
    out[at++] = 0xe0 | code >> 12;
    out[at++] = 0x80 | code >> 6 & 63;
    out[at++] = 0x80 | code & 63;
  }
  return at;
}

/** Writes a length in front of a value, as plain byte arrays have it. */
export function putLength(length: number, out: Uint8Array, at: number): void {
  out[at] = length;
  out[at + 1] = length >>> 8;
  out[at + 2] = length >>> 16;
  out[at + 3] = length >>> 24;
}
