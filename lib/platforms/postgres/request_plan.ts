import { keyValue, type TableSchema } from "../../datasets/schema.ts";
import type { Template } from "../driver.ts";
import { bind, type Bytes, concat, EXECUTE, SYNC } from "./wire.ts";

const encoder = new TextEncoder();
const INT8 = 20, TEXT = 25, UNSPECIFIED = 0;

interface Field {
  /** Where the key's changing part lies. */
  readonly at: number;
  readonly length: number;
  /** Added to the row's number. */
  readonly first: number;
  readonly binary: boolean;
  /** No formula: such a key is never written in place. */
  readonly listed?: boolean;
}

/** Type OID of the parameter by which a table's rows are asked for. */
export function parameterType(table: TableSchema): number {
  switch (table.keyForm.as) {
    case "integer":
      return INT8;
    case "id":
      return TEXT;
    case "listed":
      // The server takes the column's own type: uuid, smallint …
      return UNSPECIFIED;
  }
}

function parameter(table: TableSchema, row: number): Uint8Array {
  const value = keyValue(table.keyForm, row);
  if (typeof value === "string" || table.keyForm.as === "listed") {
    return encoder.encode(String(value));
  }
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigInt64(0, BigInt(value));
  return bytes;
}

/**
 * The bytes of one template's requests, built once. Between operations only
 * the keys change, in place, since a key's bytes always have the same length.
 */
export class RequestPlan {
  /** The bytes for the rows given to the constructor; patch copies of them. */
  readonly bytes: Bytes;
  /** Where each request ends; one request for all tables when batched. */
  readonly ends: readonly number[];
  readonly #fields: readonly Field[];

  /**
   * @param statements the prepared statement of each of the template's reads
   * @param rows key numbers that the bytes ask for at first
   */
  constructor(
    readonly template: Template,
    statements: readonly string[],
    rows: ArrayLike<number> = template.reads.map(() => 0),
  ) {
    const parts: Uint8Array[] = [];
    const ends: number[] = [];
    const fields: Field[] = [];
    let at = 0;
    template.reads.forEach((table, k) => {
      const key = parameter(table, rows[k]);
      const bound = bind(statements[k], key, table.keyForm.as === "integer");
      const end = at + bound.length - 2; // after it come two bytes: no result formats
      fields.push(field(table, end, key.length));
      parts.push(bound, EXECUTE);
      at += bound.length + EXECUTE.length;
      if (template.strategy !== "batched" || k === template.reads.length - 1) {
        parts.push(SYNC);
        ends.push(at += SYNC.length);
      }
    });
    this.bytes = concat(...parts);
    this.ends = ends;
    this.#fields = fields;
  }

  /**
   * Writes the keys of these rows into a copy of the bytes.
   *
   * @returns false when a key is longer than its place, which a row beyond the
   * table's own may have, or follows no formula
   */
  patch(target: Uint8Array, rows: ArrayLike<number>): boolean {
    for (let k = 0; k < this.#fields.length; k++) {
      const { at, length, first, binary, listed } = this.#fields[k];
      if (listed) return false;
      let n = first + rows[k];
      if (binary) {
        const high = Math.floor(n / 4_294_967_296);
        const low = n >>> 0;
        target[at] = high >> 24;
        target[at + 1] = high >> 16;
        target[at + 2] = high >> 8;
        target[at + 3] = high;
        target[at + 4] = low >>> 24;
        target[at + 5] = low >>> 16;
        target[at + 6] = low >>> 8;
        target[at + 7] = low;
        continue;
      }
      for (let d = at + length - 1; d >= at; d--) {
        const rest = Math.floor(n / 10);
        target[d] = 48 + n - 10 * rest;
        n = rest;
      }
      if (n > 0) return false;
    }
    return true;
  }
}

function field(table: TableSchema, end: number, length: number): Field {
  const { keyForm } = table;
  if (keyForm.as === "integer") {
    return { at: end - 8, length: 8, first: keyForm.first, binary: true };
  }
  if (keyForm.as === "listed") {
    return { at: end, length: 0, first: 0, binary: false, listed: true };
  }
  const digits = length - encoder.encode(keyForm.prefix).length;
  return { at: end - digits, length: digits, first: 0, binary: false };
}
