/**
 * How a row is laid out as an item: one attribute a column; N for integers,
 * decimals (as real decimal text, `12.34`), doubles, dates (days since 1970) and
 * timestamps (µs since 1970), BOOL, S for texts, B for bytes. What no DynamoDB
 * number can be is an S: NaN, infinities, −0, doubles beyond ±1E125 or nearer to
 * 0 than 1E-130, decimals of more than 38 digits. A NULL is an attribute that is
 * not there: DynamoDB bills stored and read bytes, and a missing attribute has
 * none. Source: DynamoDB's developer guide, "Supported data types".
 *
 * @module
 */
import { ServemarkError } from "../../core/errors.ts";
import type { Batch, Value, Vector } from "../../datasets/batch.ts";
import { canonicalOfValues } from "../../datasets/canonical.ts";
import { ColumnBuilder } from "../../datasets/column_builder.ts";
import type {
  ColumnSchema,
  ColumnType,
  TableSchema,
} from "../../datasets/schema.ts";
import {
  decimalText,
  integerOf,
  readValue,
  typeText,
} from "../../datasets/value_text.ts";
import { plainText } from "./plain_json.ts";

/** A value as DynamoDB's JSON has it: one of these. */
export interface AttributeValue {
  readonly N?: string;
  readonly S?: string;
  readonly BOOL?: boolean;
  /** Base64. */
  readonly B?: string;
  readonly NULL?: boolean;
  readonly M?: Readonly<Record<string, AttributeValue>>;
  readonly L?: readonly AttributeValue[];
  readonly SS?: readonly string[];
  readonly NS?: readonly string[];
  /** Base64. */
  readonly BS?: readonly string[];
}

/** An item as DynamoDB's JSON has it. */
export type Item = Readonly<Record<string, AttributeValue>>;

/** Digits of a DynamoDB number. */
const MOST_DIGITS = 38;
const LARGEST = 9.9e125, SMALLEST = 1e-130;

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
    case "bytes":
      return (vector, row) =>
        `${name}:{"B":"${(vector.values[row] as Uint8Array).toBase64()}"}`;
    case "double":
      return (vector, row) => {
        const value = vector.values[row] as number;
        const text = Object.is(value, -0) ? "-0" : String(value);
        return `${name}:{"${isNumber(value) ? "N" : "S"}":"${text}"}`;
      };
    case "decimal": {
      const kind = type.precision > MOST_DIGITS ? "S" : "N";
      return (vector, row) =>
        `${name}:{"${kind}":"${
          decimalText(
            vector.values[row] as number | bigint | string,
            type.scale,
          )
        }"}`;
    }
    default:
      return (vector, row) => `${name}:{"N":"${vector.values[row]}"}`;
  }
}

/** Whether DynamoDB has this number. */
function isNumber(value: number): boolean {
  const size = Math.abs(value);
  return size === 0
    ? !Object.is(value, -0)
    : size >= SMALLEST && size <= LARGEST;
}

/**
 * A NULL, or a value as batches hold it. Texts also take other attributes: N as
 * its digits, BOOL as `true`, B as base64, maps, lists and sets as JSON.
 *
 * @throws {ServemarkError} naming the attribute, where the column cannot hold it
 */
export function columnValue(column: ColumnSchema, item: Item): Value {
  // A column may be called "constructor".
  const value = Object.hasOwn(item, column.name)
    ? item[column.name]
    : undefined;
  if (value === undefined || value?.NULL === true) return null;
  try {
    const found = valueOf(column.type, value);
    if (found !== undefined) return found;
  } catch (error) {
    throw misfit(column, value, error);
  }
  throw misfit(column, value);
}

function valueOf(
  type: ColumnType,
  value: AttributeValue,
): NonNullable<Value> | undefined {
  switch (type.kind) {
    case "boolean":
      return typeof value.BOOL === "boolean" ? Number(value.BOOL) : undefined;
    case "text":
      return typeof value.S === "string" ? value.S : plainText(value);
    case "bytes":
      return value.B === undefined
        ? undefined
        : Uint8Array.fromBase64(value.B, { alphabet: "base64" });
    case "double":
      return doubleOf(value);
    case "decimal": {
      const text = value.N ??
        (type.precision > MOST_DIGITS ? value.S : undefined);
      return text === undefined ? undefined : scaledInteger(text, type);
    }
    default: {
      const n = value.N === undefined ? undefined : wholeNumber(value.N);
      const narrow = type.kind === "integer" || type.kind === "date";
      return narrow && n !== (n as number | 0) ? undefined : n;
    }
  }
}

/** Texts are only what no number can be. */
function doubleOf({ N, S }: AttributeValue): number | undefined {
  if (N === undefined && S === undefined) return undefined;
  const value = readValue({ kind: "double" }, N ?? S!) as number;
  return N !== undefined && !Number.isFinite(value) ? undefined : value;
}

function wholeNumber(text: string): number | bigint | undefined {
  if (/^-?\d{1,15}$/.test(text)) return Number(text) + 0;
  const exact = readValue(
    { kind: "decimal", precision: MOST_DIGITS, scale: 0 },
    text,
  );
  const whole = BigInt(exact as string);
  return BigInt.asIntN(64, whole) === whole ? integerOf(whole) : undefined;
}

/** A decimal text as a scaled integer: `12.3` with scale 2 is 1230. */
export function scaledInteger(
  text: string,
  type: ColumnType & { readonly kind: "decimal" },
): NonNullable<Value> {
  const m = type.precision > 18 ? null : /^-?\d+(?:\.(\d+))?$/.exec(text);
  if (m && (m[1]?.length ?? 0) <= type.scale) {
    const quick = Math.round(Number(text) * 10 ** type.scale);
    // Two roundings of at most 2⁻⁵³ each cannot move a value below 2⁵⁰ by a half.
    if (Math.abs(quick) < Math.min(2 ** 50, 10 ** type.precision)) {
      return quick === 0 ? 0 : quick;
    }
  }
  return readValue(type, text);
}

function misfit(
  column: ColumnSchema,
  value: AttributeValue,
  error?: unknown,
): ServemarkError {
  const known = typeof value === "object" && value !== null;
  const [kind, content] = known ? Object.entries(value)[0] ?? [] : [];
  const shown = typeof content === "string" ? content.slice(0, 60) : "it";
  return new ServemarkError(
    `Cannot read ${shown} as ${typeText(column.type)}`,
    {
      cause: error instanceof ServemarkError && error.details.cause
        ? error.details.cause
        : `attribute "${column.name}" is of type ${kind ?? "none"}`,
      place: `attribute "${column.name}"`,
      remedy: "Declare the column as text, or correct the item",
      error,
    },
  );
}

/** The row's canonical text, as `datasets/canonical.ts` defines it. */
export function itemText({ columns }: TableSchema, item: Item): string {
  return canonicalOfValues(
    columns,
    columns.map((column) => columnValue(column, item)),
  );
}

/** Items as a batch. */
export function itemBatch(table: TableSchema, items: readonly Item[]): Batch {
  const columns = table.columns.map((column): Vector => {
    const builder = new ColumnBuilder(column.type);
    for (const item of items) builder.add(columnValue(column, item));
    return builder.finish();
  });
  return { table, from: 0, rows: items.length, columns };
}

/** The JSON of a key attribute's value, around the value's own text: prefix and suffix. */
export function keyAround(column: ColumnSchema): readonly [string, string] {
  const kind = column.type.kind === "text"
    ? "S"
    : column.type.kind === "bytes"
    ? "B"
    : "N";
  return [`{${JSON.stringify(column.name)}:{"${kind}":"`, `"}}`];
}
