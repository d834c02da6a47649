/** The place of the first byte that is no UTF-8 (RFC 3629); `end` where all is. */
export function firstBadByte(
  bytes: Uint8Array,
  start: number,
  end: number,
): number {
  for (let at = start; at < end;) {
    const lead = bytes[at];
    if (lead < 0x80) {
      at++;
      continue;
    }
    const more = lead >= 0xc2 && lead <= 0xdf
      ? 1
      : lead >= 0xe0 && lead <= 0xef
      ? 2
      : lead >= 0xf0 && lead <= 0xf4
      ? 3
      : 0;
    if (more === 0 || at + more >= end) return at;
    // The shortest forms only, no surrogates, nothing beyond U+10FFFF.
    const low = lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80;
    const high = lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf;
    for (let k = 1; k <= more; k++) {
      const byte = bytes[at + k];
      const fits = k === 1
        ? byte >= low && byte <= high
        : byte >= 0x80 && byte <= 0xbf;
      if (!fits) return at;
    }
    at += more + 1;
  }
  return end;
}
