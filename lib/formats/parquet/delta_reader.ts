import { Damage } from "./damage.ts";

/** Values of a block, at most; writers make 128. */
const MAX_BLOCK = 65_536;

/** Integers, and where the bytes after them begin. */
export interface DeltaResult {
  readonly values: BigInt64Array;
  readonly end: number;
}

/**
 * Decodes DELTA_BINARY_PACKED
 * (https://github.com/apache/parquet-format/blob/master/Encodings.md#delta-encoding-delta_binary_packed--5).
 *
 * @param most how many values there can be
 * @param bits of an integer, 32 or 64: sums wrap around
 */
export function readDeltas(
  bytes: Uint8Array,
  at: number,
  most: number,
  bits: 32 | 64,
): DeltaResult {
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      if (at >= bytes.length) break;
      const byte = bytes[at++];
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) return value;
    }
    throw new Damage("a page's deltas end early");
  };
  const zigzag = () => {
    const n = varint();
    return n >> 1n ^ -(n & 1n);
  };
  const block = Number(varint());
  const minis = Number(varint());
  const count = Number(varint());
  const each = block / minis;
  if (!(block <= MAX_BLOCK && minis > 0 && each % 32 === 0 && each > 0)) {
    throw new Damage(`a page has blocks of ${block} deltas in ${minis}`);
  }
  if (count > most) {
    throw new Damage(`a page has ${count} values in place of ${most}`);
  }
  const values = new BigInt64Array(count);
  let last = zigzag();
  if (count > 0) values[0] = BigInt.asIntN(bits, last);
  for (let k = 1; k < count;) {
    const least = zigzag();
    const widths = bytes.subarray(at, at + minis);
    if (widths.length < minis) throw new Damage("a page's deltas end early");
    at += minis;
    for (let m = 0; m < minis && k < count; m++) {
      const width = widths[m];
      if (width > 64) throw new Damage(`a page has deltas of ${width} bits`);
      const size = each / 8 * width;
      const mini = bytes.subarray(at, at + size);
      // The last block may be cut where its values end.
      const n = Math.min(each, count - k);
      if (mini.length * 8 < n * width) {
        throw new Damage("a page's deltas end early");
      }
      for (let j = 0; j < n; j++) {
        last = BigInt.asIntN(bits, last + least + unpackOne(mini, j, width));
        values[k++] = last;
      }
      at = Math.min(bytes.length, at + size);
    }
  }
  return { values, end: at };
}

function unpackOne(bytes: Uint8Array, index: number, width: number): bigint {
  if (width === 0) return 0n;
  let bit = index * width;
  let value = 0n;
  for (let got = 0; got < width;) {
    const byte = bytes[bit >> 3] >> (bit & 7);
    const take = Math.min(8 - (bit & 7), width - got);
    value |= BigInt(byte & (1 << take) - 1) << BigInt(got);
    got += take;
    bit += take;
  }
  return value;
}

/** Decodes DELTA_LENGTH_BYTE_ARRAY: views of the page. */
export function readDeltaLengths(
  bytes: Uint8Array,
  from: number,
  most: number,
): Uint8Array[] {
  const { values, end } = readDeltas(bytes, from, most, 32);
  let at = end;
  return Array.from(values, (length) => {
    const to = at + Number(length);
    if (length < 0n || to > bytes.length) {
      throw new Damage("a page's texts end early");
    }
    const value = bytes.subarray(at, to);
    at = to;
    return value;
  });
}

/** Decodes DELTA_BYTE_ARRAY: each value begins like the one before it. */
export function readDeltaTexts(
  bytes: Uint8Array,
  from: number,
  most: number,
  mostBytes: number,
): Uint8Array[] {
  const { values: shared, end } = readDeltas(bytes, from, most, 32);
  const rests = readDeltaLengths(bytes, end, most);
  if (rests.length !== shared.length) {
    throw new Damage(
      `a page has ${rests.length} endings for ${shared.length} beginnings`,
    );
  }
  let last = new Uint8Array(0);
  let total = 0;
  return rests.map((rest, k) => {
    const begin = Number(shared[k]);
    if (begin < 0 || begin > last.length) {
      throw new Damage("a page's text begins like a longer one");
    }
    total += begin + rest.length;
    if (total > mostBytes) throw new Damage("a page's texts are too long");
    const value = new Uint8Array(begin + rest.length);
    value.set(last.subarray(0, begin));
    value.set(rest, begin);
    last = value;
    return value;
  });
}

/** The bytes of BYTE_STREAM_SPLIT as plain values. */
export function joinStreams(bytes: Uint8Array, width: number): Uint8Array {
  const count = bytes.length / width;
  if (!Number.isInteger(count)) {
    throw new Damage("a page's streams are not of one length");
  }
  const out = new Uint8Array(bytes.length);
  for (let b = 0; b < width; b++) {
    for (let k = 0; k < count; k++) out[k * width + b] = bytes[b * count + k];
  }
  return out;
}
