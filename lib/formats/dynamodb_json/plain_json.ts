import { ServemarkError } from "../../core/errors.ts";
import type { AttributeValue } from "./items.ts";

/** Levels of maps and lists that DynamoDB takes, and some more. */
const MOST_LEVELS = 64;

/**
 * An attribute that is no S as text: a number's digits, `true`, base64; maps,
 * lists and sets as JSON, in the one form in which PostgreSQL gives `jsonb`
 * back, so that a column of them has one fingerprint everywhere: shorter keys
 * first, then by their bytes; numbers without exponents. Source: PostgreSQL
 * documentation, "JSON Types", and jsonb_util.c, lengthCompareJsonbStringValue().
 *
 * @throws {ServemarkError} for what is no attribute, or nested too deeply
 */
export function plainText(value: AttributeValue): string {
  if (value.N !== undefined) return value.N;
  if (value.B !== undefined) return value.B;
  return json(value, 0);
}

function json(value: AttributeValue, level: number): string {
  if (level > MOST_LEVELS) {
    throw new ServemarkError("Cannot read an attribute", {
      cause: `it is nested more than ${MOST_LEVELS} levels deep`,
    });
  }
  const [kind] = Object.keys(value);
  const list = (items: readonly string[]) => `[${items.join(", ")}]`;
  switch (kind) {
    case "S":
      return quoted(value.S!);
    case "N":
      return plainNumber(value.N!);
    case "B":
      return quoted(value.B!);
    case "BOOL":
      return value.BOOL ? "true" : "false";
    case "NULL":
      return "null";
    case "SS":
      return list(value.SS!.map(quoted));
    case "NS":
      return list(value.NS!.map(plainNumber));
    case "BS":
      return list(value.BS!.map(quoted));
    case "L":
      return list(value.L!.map((item) => json(item, level + 1)));
    case "M": {
      const members = Object.entries(value.M!)
        .sort(([a], [b]) => byLengthThenBytes(a, b))
        .map(([name, item]) => `${quoted(name)}: ${json(item, level + 1)}`);
      return `{${members.join(", ")}}`;
    }
  }
  throw new ServemarkError("Cannot read an attribute", {
    cause: `"${kind}" is no type of DynamoDB's`,
  });
}

/** PostgreSQL escapes what JSON must have escaped, and DEL not. */
function quoted(text: string): string {
  if (typeof text !== "string") {
    throw new ServemarkError("Cannot read an attribute", {
      cause: `${JSON.stringify(text)} is not a text`,
    });
  }
  return JSON.stringify(text);
}

const encoder = new TextEncoder();

function byLengthThenBytes(a: string, b: string): number {
  const [x, y] = [encoder.encode(a), encoder.encode(b)];
  if (x.length !== y.length) return x.length - y.length;
  for (let k = 0; k < x.length; k++) if (x[k] !== y[k]) return x[k] - y[k];
  return 0;
}

/** A number without an exponent: `1.5E+3` is `1500`. */
export function plainNumber(text: string): string {
  const m = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d{1,3}))?$/.exec(text);
  if (!m) {
    throw new ServemarkError("Cannot read an attribute", {
      cause: `"${String(text).slice(0, 60)}" is not a number of DynamoDB's`,
    });
  }
  const [, sign, whole, fraction = "", exponent = "0"] = m;
  const shift = Number(exponent);
  if (shift === 0) {
    return sign + trimmed(whole) + (fraction ? `.${fraction}` : "");
  }
  const digits = whole + fraction;
  const point = whole.length + shift;
  if (point <= 0) return `${sign}0.${"0".repeat(-point)}${digits}`;
  if (point >= digits.length) {
    return sign + trimmed(digits + "0".repeat(point - digits.length));
  }
  return `${sign}${trimmed(digits.slice(0, point))}.${digits.slice(point)}`;
}

function trimmed(digits: string): string {
  return digits.replace(/^0+(?=\d)/, "");
}
