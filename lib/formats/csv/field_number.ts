/**
 * Numbers straight from a file's bytes. Each function gives NaN for what it
 * does not read, which `readValue` may still.
 *
 * @module
 */
const MINUS = 45;
const POINT = 46;
const ZERO = 48;
const COLON = 58;
const DAYS = [0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
/** Digits that float64 always holds. */
const DIGITS = 15;

/** Digits alone, at most 15, with a minus or not. */
export function integerAt(
  bytes: Uint8Array,
  start: number,
  end: number,
): number {
  const negative = bytes[start] === MINUS;
  if (negative) start++;
  if (end === start || end - start > DIGITS) return NaN;
  const n = naturalAt(bytes, start, end);
  return negative ? 0 - n : n;
}

/** A decimal of at most 15 digits as a scaled integer. */
export function scaledAt(
  bytes: Uint8Array,
  start: number,
  end: number,
  scale: number,
): number {
  const negative = bytes[start] === MINUS;
  if (negative) start++;
  if (end === start || end - start + scale > DIGITS) return NaN;
  let n = 0;
  let fraction = -1;
  for (let at = start; at < end; at++) {
    const byte = bytes[at];
    if (byte === POINT && fraction < 0 && at > start) fraction = 0;
    else if (byte >= ZERO && byte < COLON) {
      if (fraction >= 0) fraction++;
      n = n * 10 + byte - ZERO;
    } else return NaN;
  }
  if (fraction === 0 || fraction > scale) return NaN;
  for (let k = Math.max(0, fraction); k < scale; k++) n *= 10;
  return negative ? 0 - n : n;
}

/** A double of at most 15 digits without an exponent: its division rounds correctly. */
export function doubleAt(
  bytes: Uint8Array,
  start: number,
  end: number,
): number {
  const negative = bytes[start] === MINUS;
  if (negative) start++;
  if (end === start || end - start > DIGITS) return NaN;
  let n = 0;
  let fraction = -1;
  for (let at = start; at < end; at++) {
    const byte = bytes[at];
    if (byte === POINT && fraction < 0 && at > start) fraction = 0;
    else if (byte >= ZERO && byte < COLON) {
      if (fraction >= 0) fraction++;
      n = n * 10 + byte - ZERO;
    } else return NaN;
  }
  if (fraction > 0) n /= 10 ** fraction;
  return negative ? -n : n;
}

/** `t` and `f`. */
export function booleanAt(
  bytes: Uint8Array,
  start: number,
  end: number,
): number {
  if (end - start !== 1) return NaN;
  return bytes[start] === 116 ? 1 : bytes[start] === 102 ? 0 : NaN;
}

/** `2026-01-31` as days since 1970. */
export function dateAt(bytes: Uint8Array, start: number, end: number): number {
  if (
    end - start !== 10 || bytes[start + 4] !== MINUS ||
    bytes[start + 7] !== MINUS
  ) return NaN;
  const year = naturalAt(bytes, start, start + 4);
  if (!(year >= 1)) return NaN;
  const month = naturalAt(bytes, start + 5, start + 7);
  const day = naturalAt(bytes, start + 8, start + 10);
  // The 29th of February wants a look at the calendar, which `readValue` has.
  if (!(month >= 1 && month <= 12 && day >= 1 && day <= DAYS[month])) {
    return NaN;
  }
  return daysFromCivil(year, month, day);
}

/** `2026-01-01 10:00:00.5`, in UTC, as µs since 1970. */
export function timestampAt(
  bytes: Uint8Array,
  start: number,
  end: number,
): number {
  const days = dateAt(bytes, start, start + 10);
  if (
    !(end - start >= 19) || bytes[start + 13] !== COLON ||
    bytes[start + 16] !== COLON ||
    (bytes[start + 10] !== 32 && bytes[start + 10] !== 84)
  ) return NaN;
  const hour = naturalAt(bytes, start + 11, start + 13);
  const minute = naturalAt(bytes, start + 14, start + 16);
  const second = naturalAt(bytes, start + 17, start + 19);
  if (!(hour < 24 && minute < 60 && second < 60)) return NaN;
  let micros = 0;
  if (end > start + 19) {
    const digits = end - start - 20;
    if (bytes[start + 19] !== POINT || digits < 1 || digits > 6) return NaN;
    micros = naturalAt(bytes, start + 20, end) * 10 ** (6 - digits);
  }
  const total = (days * 86_400 + hour * 3600 + minute * 60 + second) * 1e6 +
    micros;
  return Number.isSafeInteger(total) ? total : NaN;
}

/** Digits alone; NaN where there is anything else. */
function naturalAt(bytes: Uint8Array, start: number, end: number): number {
  let n = 0;
  for (let at = start; at < end; at++) {
    const digit = bytes[at] - ZERO;
    if (!(digit >= 0 && digit <= 9)) return NaN;
    n = n * 10 + digit;
  }
  return n;
}

/**
 * Days since 1970 of a day from 0001-01-01 on. Source: H. Hinnant,
 * "chrono-Compatible Low-Level Date Algorithms", days_from_civil.
 */
function daysFromCivil(year: number, month: number, day: number): number {
  const shifted = month <= 2 ? year - 1 : year;
  const era = (shifted / 400) | 0;
  const ofEra = shifted - era * 400;
  const ofYear = (((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) | 0) +
    day - 1;
  const days = ofEra * 365 + ((ofEra / 4) | 0) - ((ofEra / 100) | 0) + ofYear;
  return era * 146_097 + days - 719_468;
}
