import { Buffer } from "node:buffer";
import { Damage } from "./damage.ts";

/** Texts that are decoded together, and whose strings may share memory. */
const BLOCK = 64;

/** Bytes of such a block, at most: what a single string may keep alive. */
const BLOCK_BYTES = 8192;

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const starts = new Int32Array(BLOCK);
const ends = new Int32Array(BLOCK);

/** Decodes UTF-8; bytes that are none are damage. */
export function decodeText(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes);
  } catch {
    throw new Damage("a text is not UTF-8");
  }
}

/** The length of a plain byte array at `at`, checked against the page's end. */
export function lengthAt(bytes: Uint8Array, at: number): number {
  if (at + 4 > bytes.length) throw new Damage("a page's texts end early");
  const length = (bytes[at] | bytes[at + 1] << 8 | bytes[at + 2] << 16 |
    bytes[at + 3] << 24) >>> 0;
  if (length > bytes.length - at - 4) {
    throw new Damage("a page's texts end early");
  }
  return length;
}

/**
 * Decodes plain texts, each after its length; says where they end. Those of
 * ASCII are cut out of one string a block, which is many times faster than
 * decoding each.
 */
export function readTexts(
  bytes: Uint8Array,
  at: number,
  out: string[],
  outAt: number,
  count: number,
): number {
  const whole = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const end = outAt + count;
  while (outAt < end) {
    const from = at;
    const most = Math.min(BLOCK, end - outAt);
    let n = 0;
    while (n < most && at - from < BLOCK_BYTES) {
      const length = lengthAt(bytes, at);
      starts[n] = at + 4;
      at += 4 + length;
      ends[n++] = at;
    }
    if (n === 1) {
      out[outAt++] = decodeText(bytes.subarray(starts[0], ends[0]));
      continue;
    }
    const block = whole.toString("latin1", from, at);
    for (let k = 0; k < n; k++) {
      let high = 0;
      for (let p = starts[k]; p < ends[k]; p++) high |= bytes[p];
      out[outAt++] = high < 128
        ? block.substring(starts[k] - from, ends[k] - from)
        : decodeText(bytes.subarray(starts[k], ends[k]));
    }
  }
  return at;
}
