import { Damage } from "./damage.ts";

/**
 * Reads the format's hybrid of repeated and bit-packed runs
 * (https://github.com/apache/parquet-format/blob/master/Encodings.md#RLE).
 */
export class RleReader {
  readonly #bytes: Uint8Array;
  readonly #end: number;
  readonly #width: number;
  #at: number;
  /** Values left in the run. */
  #left = 0;
  #repeated = false;
  /** The repeated value. */
  #value = 0;
  /** The next value's first bit, from the run's first byte. */
  #bit = 0;

  constructor(bytes: Uint8Array, from: number, to: number, width: number) {
    if (width > 32) throw new Damage(`a page has values of ${width} bits`);
    this.#bytes = bytes;
    this.#at = from;
    this.#end = to;
    this.#width = width;
  }

  /** Reads the next values. */
  read(out: Uint8Array | Int32Array, at: number, count: number): void {
    const end = at + count;
    while (at < end) {
      if (this.#left === 0) this.#run();
      const n = Math.min(this.#left, end - at);
      if (this.#repeated) out.fill(this.#value, at, at + n);
      else this.#unpack(out, at, n);
      this.#left -= n;
      at += n;
      if (this.#left === 0 && !this.#repeated) {
        this.#at = Math.min(this.#end, this.#at + Math.ceil(this.#bit / 8));
      }
    }
  }

  #run(): void {
    let head = 0;
    for (let scale = 1;; scale *= 128) {
      if (this.#at >= this.#end || scale > 2 ** 35) {
        throw new Damage("a page's runs end early");
      }
      const byte = this.#bytes[this.#at++];
      head += (byte & 127) * scale;
      if (byte < 128) break;
    }
    this.#repeated = head % 2 === 0;
    if (this.#repeated) {
      this.#left = head / 2;
      this.#value = 0;
      for (let k = 0; k < this.#width; k += 8) {
        if (this.#at >= this.#end) throw new Damage("a page's runs end early");
        this.#value |= this.#bytes[this.#at++] << k;
      }
    } else {
      this.#left = (head - 1) / 2 * 8;
      this.#bit = 0;
    }
    if (this.#left === 0) throw new Damage("a page has an empty run");
  }

  #unpack(out: Uint8Array | Int32Array, at: number, count: number): void {
    const bytes = this.#bytes;
    const width = this.#width;
    // Few bits from here, so that their number stays a small integer.
    this.#at += this.#bit >>> 3;
    this.#bit &= 7;
    const from = this.#at;
    if ((this.#end - from) * 8 < this.#bit + count * width) {
      throw new Damage("a page's bit-packed values end early");
    }
    if (width === 8) {
      const first = from + this.#bit / 8;
      for (let k = 0; k < count; k++) out[at + k] = bytes[first + k];
    } else if (width <= 24) {
      const mask = (1 << width) - 1;
      let bit = this.#bit;
      for (let k = 0; k < count; k++) {
        const p = from + (bit >> 3);
        // Past the memory's end there are only bits that the mask takes away.
        const word = bytes[p] | bytes[p + 1] << 8 | bytes[p + 2] << 16 |
          bytes[p + 3] << 24;
        out[at + k] = word >>> (bit & 7) & mask;
        bit += width;
      }
    } else {
      const mask = width === 32 ? -1 : (1 << width) - 1;
      let bit = this.#bit;
      for (let k = 0; k < count; k++) {
        const p = from + Math.floor(bit / 8);
        const shift = bit & 7;
        const low = bytes[p] | bytes[p + 1] << 8 | bytes[p + 2] << 16 |
          bytes[p + 3] << 24;
        const high = shift === 0 ? 0 : bytes[p + 4] << 32 - shift;
        out[at + k] = (low >>> shift | high) & mask;
        bit += width;
      }
    }
    this.#bit += count * width;
  }
}
