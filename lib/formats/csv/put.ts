/**
 * Values as ASCII, straight into a buffer: each function writes at a place,
 * and gives the place after it. Callers see to the room.
 *
 * @module
 */
const GROUP = 1e9;
const MINUS = 45;
const POINT = 46;
const ZERO = 48;
const TENS = Uint8Array.from(
  { length: 100 },
  (_, n) => ZERO + Math.floor(n / 10),
);
const ONES = Uint8Array.from({ length: 100 }, (_, n) => ZERO + n % 10);
const HEX = Uint8Array.from("0123456789abcdef", (digit) => digit.charCodeAt(0));

/** Room for any value that is not a text or bytes: sign, 40 digits, point, exponent. */
export const NUMBER_ROOM = 48;

/** The number of decimal digits of 0 ≤ n < 10⁹. */
function digitsOf(n: number): number {
  if (n < 1e4) return n < 100 ? (n < 10 ? 1 : 2) : n < 1000 ? 3 : 4;
  if (n < 1e7) return n < 1e5 ? 5 : n < 1e6 ? 6 : 7;
  return n < 1e8 ? 8 : 9;
}

/** The last `digits` digits of 0 ≤ n < 10⁹, zero-padded. */
export function putPadded(
  bytes: Uint8Array,
  at: number,
  n: number,
  digits: number,
): number {
  let rest = n | 0;
  let place = at + digits;
  for (; place - at >= 2; place -= 2) {
    const hundredth = (rest / 100) | 0;
    const pair = rest - 100 * hundredth;
    bytes[place - 1] = ONES[pair];
    bytes[place - 2] = TENS[pair];
    rest = hundredth;
  }
  if (place > at) bytes[at] = ZERO + rest % 10;
  return at + digits;
}

/** A whole number ≥ 0 within 2⁵³. */
export function putNatural(bytes: Uint8Array, at: number, n: number): number {
  if (n < GROUP) return putPadded(bytes, at, n, digitsOf(n));
  const high = Math.floor(n / GROUP);
  at = putPadded(bytes, at, high, digitsOf(high));
  return putPadded(bytes, at, n - high * GROUP, 9);
}

/** A whole number ≥ 0 within 2⁵³, zero-padded to at least this many digits. */
export function putId(
  bytes: Uint8Array,
  at: number,
  n: number,
  digits: number,
): number {
  if (n < GROUP) {
    const own = digitsOf(n);
    for (let k = own; k < digits; k++) bytes[at++] = ZERO;
    return putPadded(bytes, at, n, own);
  }
  const high = Math.floor(n / GROUP);
  at = putId(bytes, at, high, digits - 9);
  return putPadded(bytes, at, n - high * GROUP, 9);
}

/** A whole number within ±2⁵³; −0 is 0. */
export function putInteger(bytes: Uint8Array, at: number, n: number): number {
  if (n >= 0) return putNatural(bytes, at, n);
  bytes[at] = MINUS;
  return putNatural(bytes, at + 1, -n);
}

/** A scaled integer within ±2⁵³ as decimal text; `unit` is 10 to the scale. */
export function putDecimal(
  bytes: Uint8Array,
  at: number,
  scaled: number,
  scale: number,
  unit: number,
): number {
  if (scale === 0) return putInteger(bytes, at, scaled);
  if (scaled < 0) {
    bytes[at++] = MINUS;
    scaled = -scaled;
  }
  if (scaled < GROUP && scale < 9) {
    const whole = (scaled / unit) | 0;
    at = putPadded(bytes, at, whole, digitsOf(whole));
    bytes[at] = POINT;
    return putPadded(bytes, at + 1, scaled - whole * unit, scale);
  }
  const end = putId(bytes, at, scaled, scale + 1);
  const point = end - scale;
  for (let k = end; k > point; k--) bytes[k] = bytes[k - 1];
  bytes[point] = POINT;
  return end + 1;
}

/** Two digits and what stands after them. */
function putPair(
  bytes: Uint8Array,
  at: number,
  n: number,
  after: number,
): number {
  bytes[at] = TENS[n];
  bytes[at + 1] = ONES[n];
  bytes[at + 2] = after;
  return at + 3;
}

/** Days since 1970 of 0001-01-01 and 9999-12-31: years of four digits. */
export const FIRST_DAY = -719_162;
export const LAST_DAY = 2_932_896;

/**
 * A day between {@link FIRST_DAY} and {@link LAST_DAY} as `2026-01-31`.
 * Source: H. Hinnant, "chrono-Compatible Low-Level Date Algorithms",
 * civil_from_days; years begin in March, so that leap days end them.
 */
export function putDate(bytes: Uint8Array, at: number, days: number): number {
  // From 0000-03-01, so that nothing is negative.
  const shifted = (days + 719_468) | 0;
  if (shifted < 0) {
    // January and February of year 0001 come before the first era's March.
    return putDateText(bytes, at, days);
  }
  const era = (shifted / 146_097) | 0;
  const day = shifted - era * 146_097;
  const year = ((day - ((day / 1460) | 0) + ((day / 36_524) | 0) -
    ((day / 146_096) | 0)) / 365) | 0;
  const ofYear = day - (365 * year + ((year / 4) | 0) - ((year / 100) | 0));
  const shiftedMonth = ((5 * ofYear + 2) / 153) | 0;
  const ofMonth = ofYear - (((153 * shiftedMonth + 2) / 5) | 0) + 1;
  const month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9;
  const full = year + era * 400 + (month <= 2 ? 1 : 0);
  const century = (full / 100) | 0;
  bytes[at] = TENS[century];
  bytes[at + 1] = ONES[century];
  at = putPair(bytes, at + 2, full - 100 * century, MINUS);
  at = putPair(bytes, at, month, MINUS);
  bytes[at] = TENS[ofMonth];
  bytes[at + 1] = ONES[ofMonth];
  return at + 2;
}

function putDateText(bytes: Uint8Array, at: number, days: number): number {
  return putAscii(
    bytes,
    at,
    new Date(days * 86_400_000).toISOString().slice(0, 10),
  );
}

const SPACE = 32;
const COLON = 58;

/**
 * µs since 1970 within ±2⁵³ as `2026-01-01 10:00:00.5`; gives −1 where the
 * year has not four digits.
 */
export function putTimestamp(
  bytes: Uint8Array,
  at: number,
  micros: number,
): number {
  let seconds = Math.floor(micros / 1e6);
  let fraction = micros - seconds * 1e6;
  if (fraction < 0) {
    // The quotient was rounded up to a whole second.
    seconds--;
    fraction += 1e6;
  }
  const days = Math.floor(seconds / 86_400);
  if (days < FIRST_DAY || days > LAST_DAY) return -1;
  const ofDay = (seconds - days * 86_400) | 0;
  at = putDate(bytes, at, days);
  bytes[at] = SPACE;
  const hour = (ofDay / 3600) | 0;
  const minute = ((ofDay - hour * 3600) / 60) | 0;
  at = putPair(bytes, at + 1, hour, COLON);
  at = putPair(bytes, at, minute, COLON);
  const second = ofDay - hour * 3600 - minute * 60;
  at = putPair(bytes, at, second, POINT);
  if (fraction === 0) return at - 1;
  at = putPadded(bytes, at, fraction, 6);
  while (bytes[at - 1] === ZERO) at--;
  return at;
}

/** The shortest text that gives the same double again; `-0`, `NaN`, `Infinity`. */
export function putDouble(bytes: Uint8Array, at: number, x: number): number {
  const magnitude = Math.abs(x);
  if (magnitude < 1e9) {
    // Decimals of at most 15 digits are the shortest of their double, and the
    // division rounds correctly: so what gives x again is its shortest text.
    const scaled = Math.round(magnitude * 1e6);
    if (scaled / 1e6 === magnitude && !Object.is(x, -0)) {
      if (x < 0) bytes[at++] = MINUS;
      const whole = Math.floor(magnitude);
      at = putNatural(bytes, at, whole);
      const fraction = scaled - whole * 1e6;
      if (fraction === 0) return at;
      bytes[at] = POINT;
      at = putPadded(bytes, at + 1, fraction, 6);
      while (bytes[at - 1] === ZERO) at--;
      return at;
    }
  }
  return putAscii(bytes, at, Object.is(x, -0) ? "-0" : String(x));
}

/** A text of ASCII. */
export function putAscii(bytes: Uint8Array, at: number, text: string): number {
  for (let k = 0; k < text.length; k++) bytes[at++] = text.charCodeAt(k);
  return at;
}

/** `\x` and two hex digits a byte. */
export function putHex(
  bytes: Uint8Array,
  at: number,
  value: Uint8Array,
): number {
  bytes[at++] = 92;
  bytes[at++] = 120;
  for (let k = 0; k < value.length; k++) {
    const byte = value[k];
    bytes[at++] = HEX[byte >> 4];
    bytes[at++] = HEX[byte & 15];
  }
  return at;
}

/** A piece of another buffer. */
export function putBytes(
  bytes: Uint8Array,
  at: number,
  from: Uint8Array,
  start: number,
  end: number,
): number {
  if (end - start > 64) {
    bytes.set(from.subarray(start, end), at);
    return at + end - start;
  }
  for (let k = start; k < end; k++) bytes[at++] = from[k];
  return at;
}
