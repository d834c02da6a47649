/**
 * How a row is laid out as an item: one attribute a column; N for integers,
 * decimals (as real decimal text, `12.34`) and timestamps (µs since 1970), BOOL,
 * S for texts. A NULL is an attribute that is not there: DynamoDB bills stored
 * and read bytes, and a missing attribute has none.
 *
 * @module
 */
import type { Batch, Vector } from "../../datasets/batch.ts";
import { escapeText } from "../../datasets/canonical.ts";
import type { ColumnSchema, TableSchema } from "../../datasets/schema.ts";

/** A value as DynamoDB's JSON has it. */
export interface AttributeValue {
  readonly N?: string;
  readonly S?: string;
  readonly BOOL?: boolean;
  readonly NULL?: boolean;
}

/** An item as DynamoDB's JSON has it. */
export type Item = Readonly<Record<string, AttributeValue>>;

/** Writes rows of one table as items' JSON. */
export class ItemWriter {
  readonly #columns: readonly ((vector: Vector, row: number) => string)[];

  constructor(table: TableSchema) {
    this.#columns = table.columns.map(columnWriter);
  }

  /** The item of a batch's row. */
  item(batch: Batch, row: number): string {
    let text = "";
    for (let c = 0; c < this.#columns.length; c++) {
      const vector = batch.columns[c];
      if (vector.nulls !== null && vector.nulls[row] === 1) continue;
      const value = this.#columns[c](vector, row);
      text += text === "" ? value : "," + value;
    }
    return `{${text}}`;
  }
}

function columnWriter(
  column: ColumnSchema,
): (vector: Vector, row: number) => string {
  const name = JSON.stringify(column.name);
  const { type } = column;
  switch (type.kind) {
    case "boolean":
      return (vector, row) =>
        `${name}:{"BOOL":${vector.values[row] === 1 ? "true" : "false"}}`;
    case "text":
      return (vector, row) =>
        `${name}:{"S":${JSON.stringify(vector.values[row])}}`;
    case "decimal":
      return (vector, row) =>
        `${name}:{"N":"${
          decimalText(vector.values[row] as number, type.scale)
        }"}`;
    default:
      return (vector, row) => `${name}:{"N":"${vector.values[row]}"}`;
  }
}

/** A scaled integer as decimal text: 1234 with scale 2 is `12.34`. */
export function decimalText(scaled: number, scale: number): string {
  if (scale === 0) return String(scaled);
  const digits = String(Math.abs(scaled)).padStart(scale + 1, "0");
  const point = digits.length - scale;
  return `${scaled < 0 ? "-" : ""}${digits.slice(0, point)}.${
    digits.slice(point)
  }`;
}

/** A decimal text as a scaled integer: `12.3` with scale 2 is 1230. */
export function scaledInteger(text: string, scale: number): number {
  const quick = Math.round(Number(text) * 10 ** scale);
  // Two roundings of at most 2⁻⁵³ each cannot move a value below 2⁵⁰ by a half.
  if (Math.abs(quick) < 2 ** 50) return quick === 0 ? 0 : quick;
  const match = /^(-?)(\d+)(?:\.(\d*))?(?:[eE]\+?(\d+))?$/.exec(text);
  if (!match) return quick;
  const [, sign, whole, fraction = "", exponent = "0"] = match;
  const shift = scale + Number(exponent);
  return Number(sign + whole + fraction.padEnd(shift, "0").slice(0, shift));
}

/** A NULL, a number, or a text, as batches hold it. */
export function columnValue(
  column: ColumnSchema,
  item: Item,
): number | string | null {
  const value = item[column.name];
  if (value === undefined || value.NULL === true) return null;
  switch (column.type.kind) {
    case "boolean":
      return value.BOOL === true ? 1 : 0;
    case "text":
      return value.S ?? "";
    case "decimal":
      return scaledInteger(value.N ?? "NaN", column.type.scale);
    default:
      return Number(value.N ?? "NaN");
  }
}

/** The row's canonical text, as `datasets/canonical.ts` defines it. */
export function itemText(table: TableSchema, item: Item): string {
  return table.columns.map((column) => {
    const value = columnValue(column, item);
    if (value === null) return "\\N";
    return typeof value === "number" ? String(value) : escapeText(value);
  }).join("|");
}

/** Items as a batch, to be fingerprinted. */
export function itemBatch(table: TableSchema, items: readonly Item[]): Batch {
  const rows = items.length;
  const columns = table.columns.map((column): Vector => {
    const texts = column.type.kind === "text";
    const values: Float64Array | string[] = texts
      ? new Array<string>(rows)
      : new Float64Array(rows);
    let nulls: Uint8Array | null = null;
    for (let r = 0; r < rows; r++) {
      const value = columnValue(column, items[r]);
      if (value === null) {
        nulls ??= new Uint8Array(rows);
        nulls[r] = 1;
        values[r] = texts ? "" : 0;
      } else values[r] = value;
    }
    return { values, nulls };
  });
  return { table, from: 0, rows, columns };
}

/** The JSON of a key attribute's value, around the value's own text: prefix and suffix. */
export function keyAround(column: ColumnSchema): readonly [string, string] {
  const kind = column.type.kind === "text" ? "S" : "N";
  return [`{${JSON.stringify(column.name)}:{"${kind}":"`, `"}}`];
}
