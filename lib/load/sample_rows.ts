import {
  allocateSamples,
  type SampleColumns,
} from "../frames/sample_columns.ts";

/** One row is one line of the processor's cache. */
const ROW_BYTES = 64;

/**
 * Samples while they are recorded: by row, so that an operation touches one
 * line of memory instead of one a column. Columns are made at the end.
 *
 * A row, in bytes: planned 0, sent 8, first byte 16, done 24 (float64);
 * operation 32, rows 36, bytes 40 (uint32); client 44, part 46, table 48
 * (16 bits); code 50 (8 bits).
 */
export class SampleRows {
  readonly capacity: number;
  readonly #f64: Float64Array;
  readonly #u32: Uint32Array;
  readonly #i16: Int16Array;
  readonly #u8: Uint8Array;

  constructor(capacity: number) {
    const buffer = new ArrayBuffer(ROW_BYTES * capacity);
    this.capacity = capacity;
    this.#f64 = new Float64Array(buffer);
    this.#u32 = new Uint32Array(buffer);
    this.#i16 = new Int16Array(buffer);
    this.#u8 = new Uint8Array(buffer);
    // Written once now, so that the system does not hand out pages while it is measured.
    this.#f64.fill(0);
  }

  /** Writes a row. */
  write(
    at: number,
    client: number,
    operation: number,
    part: number,
    table: number,
    planned: number,
    sent: number,
    firstByte: number,
    done: number,
    rows: number,
    bytes: number,
    code: number,
  ): void {
    const f64 = this.#f64;
    f64[at * 8] = planned;
    f64[at * 8 + 1] = sent;
    f64[at * 8 + 2] = firstByte;
    f64[at * 8 + 3] = done;
    const u32 = this.#u32;
    u32[at * 16 + 8] = operation;
    u32[at * 16 + 9] = rows;
    u32[at * 16 + 10] = bytes;
    const i16 = this.#i16;
    i16[at * 32 + 22] = client;
    i16[at * 32 + 23] = part;
    i16[at * 32 + 24] = table;
    this.#u8[at * 64 + 50] = code;
  }

  /** The done instant of a row. */
  done(at: number): number {
    return this.#f64[at * 8 + 3];
  }

  /** The part of a row. */
  part(at: number): number {
    return this.#i16[at * 32 + 23];
  }

  /** These rows as columns, in this order; `kind` is 0, `point` and `weight` are the caller's to set. */
  columns(order: Uint32Array): SampleColumns {
    const into = allocateSamples(order.length);
    into.length = order.length;
    for (let k = 0; k < order.length; k++) {
      const at = order[k];
      into.planned[k] = this.#f64[at * 8];
      into.sent[k] = this.#f64[at * 8 + 1];
      into.firstByte[k] = this.#f64[at * 8 + 2];
      into.done[k] = this.#f64[at * 8 + 3];
      into.operation[k] = this.#u32[at * 16 + 8];
      into.rows[k] = this.#u32[at * 16 + 9];
      into.bytes[k] = this.#u32[at * 16 + 10];
      into.client[k] = this.#i16[at * 32 + 22];
      into.part[k] = this.#i16[at * 32 + 23];
      into.table[k] = this.#i16[at * 32 + 24];
      into.code[k] = this.#u8[at * 64 + 50];
    }
    return into;
  }
}
