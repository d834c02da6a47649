import { createHash } from "node:crypto";
import type { Batch } from "./batch.ts";
import { canonicalRow } from "./canonical.ts";

/**
 * An order-independent fingerprint of a table: the number of rows, and four
 * sums of 28-bit words of the md5 of each row's canonical text (hex digits 1–7,
 * 8–14, 15–21, 22–28). Written `rows:sum:sum:sum:sum`, in decimal.
 */
export type Fingerprint = string;

/** Adds rows up into a fingerprint. */
export class Fingerprinter {
  #rows = 0;
  readonly #sums: [bigint, bigint, bigint, bigint] = [0n, 0n, 0n, 0n];

  /** Adds all rows of a batch. */
  add(batch: Batch): void {
    const sums = [0, 0, 0, 0];
    for (let r = 0; r < batch.rows; r++) {
      this.#hash(canonicalRow(batch, r), sums);
    }
    this.#rows += batch.rows;
    for (let k = 0; k < 4; k++) this.#sums[k] += BigInt(sums[k]);
  }

  /** Adds the sum of another fingerprint: parts add up to their table. */
  merge(other: Fingerprint): void {
    const [rows, ...sums] = other.split(":");
    this.#rows += Number(rows);
    for (let k = 0; k < 4; k++) this.#sums[k] += BigInt(sums[k]);
  }

  /** The fingerprint of all rows added. */
  digest(): Fingerprint {
    return [this.#rows, ...this.#sums].join(":");
  }

  #hash(text: string, sums: number[]): void {
    const m = createHash("md5").update(text).digest("hex");
    for (let k = 0; k < 4; k++) {
      sums[k] += parseInt(m.slice(7 * k, 7 * k + 7), 16);
    }
  }
}
