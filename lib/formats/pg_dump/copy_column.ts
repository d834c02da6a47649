import { ServemarkError } from "../../core/errors.ts";
import type { Value, Vector } from "../../datasets/batch.ts";
import { blank } from "../../datasets/column_builder.ts";
import type { ColumnType } from "../../datasets/schema.ts";
import { readValue } from "../../datasets/value_text.ts";
import { byteaValue, unescapeCopy } from "./copy_escapes.ts";

const MINUS = 45;
const POINT = 46;
const ZERO = 48;
const DASH = 45;
const COLON = 58;
/** Digits that are exact whatever they are. */
const EXACT_DIGITS = 15;

/** One column of COPY text, gathered into vectors. */
export class CopyColumn {
  readonly #type: ColumnType;
  readonly #capacity: number;
  readonly #isNumber: boolean;
  #numbers: Float64Array;
  #others: (string | Uint8Array)[] = [];
  #wide: Map<number, bigint> | undefined;
  #nulls: Uint8Array | undefined;

  constructor(type: ColumnType, capacity: number) {
    this.#type = type;
    this.#capacity = capacity;
    this.#isNumber = typeof blank(type) === "number";
    this.#numbers = new Float64Array(this.#isNumber ? capacity : 0);
  }

  null(row: number): void {
    this.#nulls ??= new Uint8Array(this.#capacity);
    this.#nulls[row] = 1;
    if (!this.#isNumber) this.#others.push(blank(this.#type) as string);
  }

  /**
   * Adds the field `text[from, to)`.
   *
   * @throws {ServemarkError} for a text that the type cannot hold
   */
  add(
    row: number,
    text: string,
    from: number,
    to: number,
    escaped: boolean,
  ): void {
    const value = this.#read(text, from, to, escaped);
    if (typeof value === "number") this.#numbers[row] = value;
    else if (typeof value === "bigint") {
      (this.#wide ??= new Map()).set(row, value);
    } else this.#others.push(value);
  }

  /** The column of so many rows; begins anew. */
  finish(rows: number): Vector {
    const nulls = this.#nulls?.slice(0, rows) ?? null;
    this.#nulls = undefined;
    if (!this.#isNumber) {
      const values = this.#others as Vector["values"];
      this.#others = [];
      return { values, nulls };
    }
    const numbers = this.#numbers.subarray(0, rows);
    this.#numbers = new Float64Array(this.#capacity);
    if (!this.#wide) return { values: numbers, nulls };
    const values = BigInt64Array.from(numbers, BigInt);
    for (const [row, value] of this.#wide) values[row] = value;
    this.#wide = undefined;
    return { values, nulls };
  }

  #read(
    text: string,
    from: number,
    to: number,
    escaped: boolean,
  ): NonNullable<Value> {
    const type = this.#type;
    let quick = NaN;
    switch (type.kind) {
      case "text": {
        const field = text.slice(from, to);
        return escaped ? unescapeCopy(field) : field;
      }
      case "bytes":
        return byteaValue(text, from, to);
      case "integer":
        quick = wholeNumber(text, from, to);
        if (quick !== (quick | 0)) quick = NaN;
        break;
      case "bigint":
        quick = wholeNumber(text, from, to);
        break;
      case "decimal":
        if (type.precision <= EXACT_DIGITS) {
          quick = scaledNumber(text, from, to, type.scale);
        }
        break;
      case "timestamp":
        quick = instant(text, from, to);
        break;
      case "date":
        if (to - from === 10) quick = day(text, from);
        break;
    }
    if (quick === quick) return quick;
    return this.#slow(
      escaped ? unescapeCopy(text.slice(from, to)) : text.slice(from, to),
    );
  }

  #slow(field: string): NonNullable<Value> {
    const { kind, native } = this.#type;
    if (
      (kind === "timestamp" || kind === "date") && !/^\d/.test(field) ||
      field.endsWith(" BC")
    ) {
      throw new ServemarkError(
        `"${field.slice(0, 60)}" is no ${kind} that can be counted from 1970`,
      );
    }
    const value = readValue(this.#type, field);
    return native === "real" ? Math.fround(value as number) : value;
  }
}

/** An integer of few digits, or NaN. */
function wholeNumber(text: string, from: number, to: number): number {
  const negative = text.charCodeAt(from) === MINUS;
  const start = negative ? from + 1 : from;
  if (to === start || to - start > EXACT_DIGITS) return NaN;
  let value = 0;
  for (let k = start; k < to; k++) {
    const digit = text.charCodeAt(k) - ZERO;
    if (digit < 0 || digit > 9) return NaN;
    value = value * 10 + digit;
  }
  return negative && value !== 0 ? -value : value;
}

/** A decimal with exactly its scale's digits, scaled; or NaN. */
function scaledNumber(
  text: string,
  from: number,
  to: number,
  scale: number,
): number {
  if (scale === 0) return wholeNumber(text, from, to);
  const point = to - scale - 1;
  const negative = text.charCodeAt(from) === MINUS;
  const start = negative ? from + 1 : from;
  if (
    point <= start || to - start > EXACT_DIGITS + 1 ||
    text.charCodeAt(point) !== POINT
  ) return NaN;
  let value = 0;
  for (let k = start; k < to; k++) {
    if (k === point) continue;
    const digit = text.charCodeAt(k) - ZERO;
    if (digit < 0 || digit > 9) return NaN;
    value = value * 10 + digit;
  }
  return negative && value !== 0 ? -value : value;
}

function two(text: string, at: number): number {
  const tens = text.charCodeAt(at) - ZERO;
  const ones = text.charCodeAt(at + 1) - ZERO;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9
    ? 10 * tens + ones
    : NaN;
}

/** Days of the months, in a leap year. */
const MONTHS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** Days since 1970 of `2026-01-31`, or NaN. Source: H. Hinnant, days_from_civil. */
function day(text: string, at: number): number {
  const year = 100 * two(text, at) + two(text, at + 2);
  const month = two(text, at + 5);
  const date = two(text, at + 8);
  if (
    text.charCodeAt(at + 4) !== DASH || text.charCodeAt(at + 7) !== DASH ||
    !(year >= 1 && month >= 1 && month <= 12 && date >= 1) ||
    date > MONTHS[month - 1] ||
    month === 2 && date === 29 &&
      (year % 4 !== 0 || year % 100 === 0 && year % 400 !== 0)
  ) return NaN;
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = Math.floor((153 * ((month + 9) % 12) + 2) / 5) + date - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) -
    Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}

/** µs since 1970 of `2026-01-28 10:00:00.123456`, without a zone or with `+00`; or NaN. */
function instant(text: string, from: number, to: number): number {
  let end = to;
  if (
    text.charCodeAt(to - 3) === 43 && two(text, to - 2) === 0
  ) end -= 3;
  if (end - from < 19 || end - from > 26) return NaN;
  const hour = two(text, from + 11);
  const minute = two(text, from + 14);
  const second = two(text, from + 17);
  if (
    text.charCodeAt(from + 10) !== 32 || text.charCodeAt(from + 13) !== COLON ||
    text.charCodeAt(from + 16) !== COLON ||
    !(hour < 24 && minute < 60 && second < 60)
  ) return NaN;
  let micros = 0;
  if (end > from + 19) {
    if (text.charCodeAt(from + 19) !== POINT || end === from + 20) return NaN;
    let unit = 100_000;
    for (let k = from + 20; k < end; k++, unit /= 10) {
      const digit = text.charCodeAt(k) - ZERO;
      if (digit < 0 || digit > 9) return NaN;
      micros += digit * unit;
    }
  }
  const seconds = day(text, from) * 86_400 + hour * 3600 + minute * 60 + second;
  const total = seconds * 1e6 + micros;
  return Number.isSafeInteger(total) ? total : NaN;
}
