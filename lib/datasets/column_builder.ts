import type { Value, Values, Vector } from "./batch.ts";
import type { ColumnType } from "./schema.ts";

/** Gathers a column's values, one after the other, into a {@link Vector}. */
export class ColumnBuilder {
  /** Values so far, while all of them are numbers. */
  #numbers: Float64Array | null;
  /** Values so far, otherwise. */
  #values: NonNullable<Value>[] = [];
  #nulls: number[] = [];
  #length = 0;
  readonly #type: ColumnType;

  constructor(type: ColumnType) {
    this.#type = type;
    this.#numbers = this.#begin();
  }

  /** The values so far. */
  get length(): number {
    return this.#length;
  }

  /** Adds a value, in the form that {@link Values} gives its type. */
  add(value: Value): void {
    if (typeof value === "number" && this.#numbers !== null) {
      if (this.#length === this.#numbers.length) this.#grow(this.#numbers);
      this.#numbers[this.#length++] = value;
      return;
    }
    if (value === null) {
      this.#nulls.push(this.#length);
      value = blank(this.#type);
      if (this.#numbers !== null) return this.add(value);
    }
    // The first 64-bit integer: from here on, the column is not of numbers.
    if (this.#numbers !== null) {
      this.#values = Array.from(this.#numbers.subarray(0, this.#length));
      this.#numbers = null;
    }
    this.#values.push(value);
    this.#length++;
  }

  /** The values so far as a vector; begins anew. */
  finish(): Vector {
    const values = this.#numbers !== null
      ? this.#numbers.slice(0, this.#length)
      : pack(this.#type, this.#values);
    let nulls: Uint8Array | null = null;
    if (this.#nulls.length > 0) {
      nulls = new Uint8Array(this.#length);
      for (const row of this.#nulls) nulls[row] = 1;
    }
    this.#numbers ??= this.#begin();
    this.#values = [];
    this.#nulls = [];
    this.#length = 0;
    return { values, nulls };
  }

  #begin(): Float64Array | null {
    return typeof blank(this.#type) === "number"
      ? new Float64Array(1024)
      : null;
  }

  #grow(full: Float64Array): void {
    this.#numbers = new Float64Array(2 * full.length);
    this.#numbers.set(full);
  }
}

/** What stands at a NULL. */
export function blank(type: ColumnType): NonNullable<Value> {
  if (type.kind === "text") return "";
  if (type.kind === "bytes") return new Uint8Array(0);
  return type.kind === "decimal" && type.precision > 18 ? "0" : 0;
}

/** Values, none of them NULL, in the form that {@link Values} gives their type. */
export function pack(
  type: ColumnType,
  values: readonly NonNullable<Value>[],
): Values {
  if (
    type.kind === "text" || type.kind === "bytes" ||
    type.kind === "decimal" && type.precision > 18
  ) return values as Values;
  return values.some((v) => typeof v === "bigint")
    ? BigInt64Array.from(values as (number | bigint)[], BigInt)
    : Float64Array.from(values as number[]);
}
