import type { Batch } from "./batch.ts";
import { CanonicalBytes } from "./canonical_bytes.ts";
import { md5, MD5_PADDING } from "./md5.ts";

/**
 * An order-independent fingerprint of a table: the number of rows, and four
 * sums of 28-bit words of the md5 of each row's canonical text (hex digits 1–7,
 * 8–14, 15–21, 22–28). Written `rows:sum:sum:sum:sum`, in decimal.
 */
export type Fingerprint = string;

/** Rows whose words float64 adds up exactly: 2²⁵ of 28 bits. */
const EXACT_ROWS = 2 ** 25;

/** Adds rows up into a fingerprint. */
export class Fingerprinter {
  #rows = 0;
  readonly #sums: [bigint, bigint, bigint, bigint] = [0n, 0n, 0n, 0n];
  /** Sums of the rows since they were last carried over to `#sums`. */
  readonly #recent = new Float64Array(4);
  #recentRows = 0;
  readonly #row = new CanonicalBytes(MD5_PADDING);
  readonly #digest = new DataView(new ArrayBuffer(16));

  /** Adds all rows of a batch. */
  add(batch: Batch): void {
    for (let r = 0; r < batch.rows; r++) {
      this.#row.row(batch, r);
      this.#hash();
    }
  }

  /** Adds one row by its canonical text. */
  addText(canonical: string): void {
    this.#row.text(canonical);
    this.#hash();
  }

  /** Adds the sum of another fingerprint: parts add up to their table. */
  merge(other: Fingerprint): void {
    const [rows, ...sums] = other.split(":");
    this.#rows += Number(rows);
    for (let k = 0; k < 4; k++) this.#sums[k] += BigInt(sums[k]);
  }

  /** The fingerprint of all rows added. */
  digest(): Fingerprint {
    this.#carry();
    return [this.#rows, ...this.#sums].join(":");
  }

  #hash(): void {
    md5(this.#row.view, this.#row.length, this.#digest);
    // Hex digits follow the digest's bytes, so its words are big-endian here.
    const a = this.#digest.getUint32(0);
    const b = this.#digest.getUint32(4);
    const c = this.#digest.getUint32(8);
    const d = this.#digest.getUint32(12);
    const sums = this.#recent;
    sums[0] += a >>> 4;
    sums[1] += (a & 0xf) << 24 | b >>> 8;
    sums[2] += (b & 0xff) << 20 | c >>> 12;
    sums[3] += (c & 0xfff) << 16 | d >>> 16;
    if (++this.#recentRows === EXACT_ROWS) this.#carry();
  }

  #carry(): void {
    this.#rows += this.#recentRows;
    this.#recentRows = 0;
    for (let k = 0; k < 4; k++) {
      this.#sums[k] += BigInt(this.#recent[k]);
      this.#recent[k] = 0;
    }
  }
}
