import type { Value, Values, Vector } from "./batch.ts";
import type { ColumnType } from "./schema.ts";

/** Gathers a column's values, one after the other, into a {@link Vector}. */
export class ColumnBuilder {
  #values: NonNullable<Value>[] = [];
  #nulls: number[] = [];
  readonly #type: ColumnType;

  constructor(type: ColumnType) {
    this.#type = type;
  }

  /** The values so far. */
  get length(): number {
    return this.#values.length;
  }

  /** Adds a value, in the form that {@link Values} gives its type. */
  add(value: Value): void {
    if (value === null) {
      this.#nulls.push(this.#values.length);
      this.#values.push(blank(this.#type));
    } else this.#values.push(value);
  }

  /** The values so far as a vector; begins anew. */
  finish(): Vector {
    const values = pack(this.#type, this.#values);
    let nulls: Uint8Array | null = null;
    if (this.#nulls.length > 0) {
      nulls = new Uint8Array(this.#values.length);
      for (const row of this.#nulls) nulls[row] = 1;
    }
    this.#values = [];
    this.#nulls = [];
    return { values, nulls };
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
