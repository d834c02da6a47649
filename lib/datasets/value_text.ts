/**
 * Values as texts that people and PostgreSQL read alike, and back, exactly:
 * `t`, `-12.30`, `2026-01-01 10:00:00.123456`, `1970-01-01`, `\x00ff`, `NaN`.
 *
 * @module
 */
import { ServemarkError } from "../core/errors.ts";
import type { Value } from "./batch.ts";
import type { ColumnType } from "./schema.ts";

const DAY = 86_400_000;
const HEX = Array.from(
  { length: 256 },
  (_, b) => b.toString(16).padStart(2, "0"),
);

/** The text of a value that is not NULL. */
export function writeValue(
  type: ColumnType,
  value: NonNullable<Value>,
): string {
  switch (type.kind) {
    case "boolean":
      return value === 1 ? "t" : "f";
    case "decimal":
      return decimalText(value as number | bigint | string, type.scale);
    case "double":
      return Object.is(value, -0) ? "-0" : String(value);
    case "timestamp":
      return timestampText(value as number | bigint);
    case "date":
      return dateText(value as number);
    case "bytes":
      return "\\x" + hexOf(value as Uint8Array);
    default:
      return String(value);
  }
}

/**
 * The value of a text. Integers beyond ±2⁵³ are bigints; decimals beyond 18
 * digits texts of their scaled integers. See {@link Values}.
 *
 * @throws {ServemarkError} for a text that the type cannot hold
 */
export function readValue(type: ColumnType, text: string): NonNullable<Value> {
  const value = read(type, text);
  if (value !== undefined) return value;
  const shown = text.length > 60 ? `${text.slice(0, 60)}…` : text;
  throw new ServemarkError(`Cannot read "${shown}" as ${typeText(type)}`, {
    remedy: "Declare the column as text, or correct the value",
  });
}

/** A type for people: `decimal(12,2)`. */
export function typeText(type: ColumnType): string {
  return type.kind === "decimal"
    ? `decimal(${type.precision},${type.scale})`
    : type.kind;
}

function read(type: ColumnType, text: string): NonNullable<Value> | undefined {
  switch (type.kind) {
    case "boolean":
      return readBoolean(text);
    case "integer": {
      const n = Number(text);
      return /^[+-]?\d+$/.test(text) && n === (n | 0) ? n | 0 : undefined;
    }
    case "bigint":
      return readInteger(text);
    case "decimal":
      return readDecimal(text, type.precision, type.scale);
    case "double":
      return readDouble(text);
    case "text":
      return text;
    case "bytes":
      return readHex(text);
    case "date":
      return readDate(text);
    case "timestamp":
      return readTimestamp(text);
  }
}

function readBoolean(text: string): number | undefined {
  switch (text.toLowerCase()) {
    case "t":
    case "true":
      return 1;
    case "f":
    case "false":
      return 0;
  }
}

const INT64 = 2n ** 63n;

/** A number where it is exact, else a 64-bit bigint. */
export function integerOf(value: bigint): number | bigint {
  const n = Number(value);
  return Number.isSafeInteger(n) ? n : value;
}

function readInteger(text: string): number | bigint | undefined {
  if (!/^[+-]?\d{1,24}$/.test(text)) return undefined;
  const n = Number(text);
  if (Number.isSafeInteger(n)) return n + 0;
  const exact = BigInt(text.replace(/^\+/, ""));
  return exact >= -INT64 && exact < INT64 ? exact : undefined;
}

function readDecimal(
  text: string,
  precision: number,
  scale: number,
): number | bigint | string | undefined {
  const m = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,4}))?$/.exec(text);
  if (!m || (m[2] === "" && (m[3] ?? "") === "")) return undefined;
  let fraction = m[3] ?? "";
  let shift = scale - fraction.length + Number(m[4] ?? 0);
  let digits = m[2] + fraction;
  while (shift < 0 && digits.endsWith("0")) {
    digits = digits.slice(0, -1);
    shift++;
  }
  fraction = digits.replace(/^0+/, "");
  if (fraction === "") return precision > 18 ? "0" : 0;
  if (shift < 0 || fraction.length + shift > precision) return undefined;
  const scaled = (m[1] === "-" ? "-" : "") + fraction + "0".repeat(shift);
  return precision > 18 ? scaled : integerOf(BigInt(scaled));
}

function readDouble(text: string): number | undefined {
  switch (text.toLowerCase()) {
    case "nan":
      return NaN;
    case "infinity":
    case "inf":
    case "+infinity":
      return Infinity;
    case "-infinity":
    case "-inf":
      return -Infinity;
  }
  if (!/^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(text)) return undefined;
  const value = Number(text);
  // What is too large is not infinite.
  return Number.isFinite(value) ? value : undefined;
}

function readHex(text: string): Uint8Array | undefined {
  if (!/^\\x(?:[0-9a-fA-F]{2})*$/.test(text)) return undefined;
  const bytes = new Uint8Array((text.length - 2) / 2);
  for (let k = 0; k < bytes.length; k++) {
    bytes[k] = parseInt(text.slice(2 * k + 2, 2 * k + 4), 16);
  }
  return bytes;
}

/** Days since 1970 of a calendar day, or `undefined` where there is no such day. */
function daysOf(year: number, month: number, day: number): number | undefined {
  // Date.UTC takes the years 0 to 99 for 1900 to 1999.
  const date = new Date(Date.UTC(2000, month - 1, day));
  date.setUTCFullYear(year, month - 1, day);
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day
    ? date.getTime() / DAY
    : undefined;
}

function readDate(text: string): number | undefined {
  const m = /^(\d{4,6})-(\d\d)-(\d\d)$/.exec(text);
  return m ? daysOf(Number(m[1]), Number(m[2]), Number(m[3])) : undefined;
}

const INSTANT =
  /^(\d{4,6})-(\d\d)-(\d\d)(?:[ T](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?)?\s?(?:Z|UTC|([+-])(\d\d)(?::?(\d\d))?(?::?(\d\d))?)?$/;

function readTimestamp(text: string): number | bigint | undefined {
  const m = INSTANT.exec(text);
  if (!m) return undefined;
  const days = daysOf(Number(m[1]), Number(m[2]), Number(m[3]));
  const [hour, minute, second] = [m[4], m[5], m[6]].map((t) => Number(t ?? 0));
  const fraction = (m[7] ?? "").padEnd(6, "0");
  if (days === undefined || hour > 24 || minute > 59 || second > 60) {
    return undefined;
  }
  // Digits beyond µs must say nothing.
  if (/[1-9]/.test(fraction.slice(6))) return undefined;
  let seconds = days * 86_400 + hour * 3600 + minute * 60 + second;
  if (m[8]) {
    const offset = Number(m[9]) * 3600 + Number(m[10] ?? 0) * 60 +
      Number(m[11] ?? 0);
    seconds -= m[8] === "-" ? -offset : offset;
  }
  const micros = seconds * 1e6 + Number(fraction.slice(0, 6));
  return Number.isSafeInteger(micros)
    ? micros
    : BigInt(seconds) * 1_000_000n + BigInt(fraction.slice(0, 6));
}

/** A scaled integer as decimal text: 1234 with scale 2 is `12.34`. */
export function decimalText(
  scaled: number | bigint | string,
  scale: number,
): string {
  const text = String(scaled);
  if (scale === 0) return text;
  const negative = text.startsWith("-");
  const digits = (negative ? text.slice(1) : text).padStart(scale + 1, "0");
  const point = digits.length - scale;
  return `${negative ? "-" : ""}${digits.slice(0, point)}.${
    digits.slice(point)
  }`;
}

/** Days since 1970 as `2026-01-31`. */
export function dateText(days: number): string {
  const date = new Date(days * DAY);
  const pad = (n: number, width: number) => String(n).padStart(width, "0");
  const year = date.getUTCFullYear();
  if (!(year >= 1)) {
    throw new ServemarkError(`Cannot write the day ${days}`, {
      cause: "it lies before the year 1, or beyond what dates can be",
    });
  }
  return `${pad(year, 4)}-${pad(date.getUTCMonth() + 1, 2)}-${
    pad(date.getUTCDate(), 2)
  }`;
}

/** µs since 1970 as `2026-01-01 10:00:00.5`, UTC. */
export function timestampText(micros: number | bigint): string {
  const second = 1_000_000;
  let seconds: number;
  let rest: number;
  if (typeof micros === "number") {
    seconds = Math.floor(micros / second);
    rest = micros - seconds * second;
  } else {
    rest = Number(((micros % 1_000_000n) + 1_000_000n) % 1_000_000n);
    seconds = Number((micros - BigInt(rest)) / 1_000_000n);
  }
  const days = Math.floor(seconds / 86_400);
  const time = new Date((seconds - days * 86_400) * 1000).toISOString()
    .slice(11, 19);
  const fraction = rest === 0
    ? ""
    : `.${String(rest).padStart(6, "0").replace(/0+$/, "")}`;
  return `${dateText(days)} ${time}${fraction}`;
}

/** Bytes as lower-case hex. */
export function hexOf(bytes: Uint8Array): string {
  let text = "";
  for (const b of bytes) text += HEX[b];
  return text;
}
