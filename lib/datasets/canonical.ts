/**
 * A row's canonical text: columns in the schema's order joined by `|`, NULL as
 * `\N`, `\` and `|` of texts escaped by `\`, booleans 0 and 1, decimals as
 * their scaled integers, timestamps as µs and dates as days since 1970, doubles
 * as the 16 hex digits of their bits (one NaN), bytes as hex.
 *
 * @module
 */
import { ServemarkError } from "../core/errors.ts";
import { type Batch, type Value, valueAt } from "./batch.ts";
import type { ColumnSchema, ColumnType } from "./schema.ts";
import { hexOf, readValue } from "./value_text.ts";

/** NULL's canonical text. */
export const CANONICAL_NULL = "\\N";

/** The canonical text of one row of a batch. */
export function canonicalRow({ table, columns }: Batch, row: number): string {
  let text = canonicalValue(table.columns[0].type, valueAt(columns[0], row));
  for (let c = 1; c < columns.length; c++) {
    text += "|" +
      canonicalValue(table.columns[c].type, valueAt(columns[c], row));
  }
  return text;
}

/** The canonical text of a row's values, in the order of the columns. */
export function canonicalOfValues(
  columns: readonly ColumnSchema[],
  values: readonly Value[],
): string {
  return values.map((v, c) => canonicalValue(columns[c].type, v)).join("|");
}

/** The canonical text of one value; −0 is 0 but for doubles. */
export function canonicalValue(type: ColumnType, value: Value): string {
  if (value === null) return CANONICAL_NULL;
  if (type.kind === "double") return doubleBits(value as number);
  if (typeof value === "string") return escapeText(value);
  return value instanceof Uint8Array ? hexOf(value) : String(value);
}

const bits = new DataView(new ArrayBuffer(8));

/** The 16 hex digits of a double's bits; every NaN is 7ff8000000000000. */
export function doubleBits(value: number): string {
  bits.setFloat64(0, Number.isNaN(value) ? NaN : value);
  return hexOf(new Uint8Array(bits.buffer));
}

/** Escapes `\` and `|`. */
export function escapeText(text: string): string {
  return text.includes("\\") || text.includes("|")
    ? text.replace(/[\\|]/g, "\\$&")
    : text;
}

/**
 * The canonical text of one value that PostgreSQL wrote as text: `t`, `12.30`,
 * `2026-01-01 10:00:00.123456` or, with a zone, `…+00`. Fields joined by `|`
 * are a row's canonical text. Values that no integer stands for (NaN, infinity,
 * years BC) stay as they are.
 *
 * @throws {ServemarkError} for a decimal with more digits than its scale has.
 */
export function canonicalFromText(
  column: ColumnSchema,
  text: string | null,
): string {
  if (text === null) return CANONICAL_NULL;
  switch (column.type.kind) {
    case "boolean":
      return text === "t" || text === "true" ? "1" : "0";
    case "double":
      return doubleBits(
        column.type.native === "real"
          ? Math.fround(readValue(column.type, text) as number)
          : readValue(column.type, text) as number,
      );
    case "date":
      return /^\d/.test(text) && !text.endsWith("BC")
        ? String(readValue(column.type, text))
        : text;
    case "bytes":
      return text.slice(2);
    case "decimal":
      return scaledInteger(text, column.type.scale, column.name);
    case "timestamp":
      return microseconds(text);
    case "text":
      return escapeText(text);
    default:
      return text;
  }
}

const ZERO = 48;

function scaledInteger(text: string, scale: number, column: string): string {
  const last = text.charCodeAt(text.length - 1);
  if (last < ZERO || last > ZERO + 9) return text;
  const point = text.indexOf(".");
  let whole = point < 0 ? text : text.slice(0, point);
  let fraction = point < 0 ? "" : text.slice(point + 1);
  if (fraction.length > scale) {
    if (/[1-9]/.test(fraction.slice(scale))) {
      throw new ServemarkError(`Cannot read ${text} of column "${column}"`, {
        cause: `the column has ${scale} decimals`,
      });
    }
    fraction = fraction.slice(0, scale);
  }
  const negative = whole.charCodeAt(0) === 45;
  if (negative) whole = whole.slice(1);
  const digits = (whole + fraction.padEnd(scale, "0")).replace(/^0+/, "");
  if (digits === "") return "0";
  return negative ? "-" + digits : digits;
}

const INSTANT =
  /^(\d{4,6})-(\d\d)-(\d\d)[ T](\d\d):(\d\d):(\d\d)(?:\.(\d{1,6}))?(?:Z|([+-])(\d\d)(?::?(\d\d))?(?::(\d\d))?)?$/;

function microseconds(text: string): string {
  const m = INSTANT.exec(text);
  if (!m) return text;
  let ms = Date.UTC(
    Number(m[1]),
    Number(m[2]) - 1,
    Number(m[3]),
    Number(m[4]),
    Number(m[5]),
    Number(m[6]),
  );
  // Date.UTC takes the years 0 to 99 for 1900 to 1999.
  if (Number(m[1]) < 100) ms = new Date(ms).setUTCFullYear(Number(m[1]));
  if (m[8]) {
    const offset = (Number(m[9]) * 60 + Number(m[10] ?? 0)) * 60_000 +
      Number(m[11] ?? 0) * 1000;
    ms -= m[8] === "-" ? -offset : offset;
  }
  const micros = Number((m[7] ?? "").padEnd(6, "0"));
  const total = ms * 1000 + micros;
  return Number.isSafeInteger(total)
    ? String(total)
    : String(BigInt(ms) * 1000n + BigInt(micros));
}
