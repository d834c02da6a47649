import { dateText, timestampText } from "../../datasets/value_text.ts";

const BACKSLASH = 92;
const MINUS = 45;
const ZERO = 48;
const POINT = 46;
const DAY_MICROS = 86_400_000_000;
/** Room for any number, instant or escape, so that it is asked for once. */
const ROOM = 64;

/** The letter after the backslash, for bytes that COPY escapes; 0 for the others. */
const ESCAPES = new Uint8Array(128);
for (
  const [plain, letter] of [
    ["\b", "b"],
    ["\f", "f"],
    ["\n", "n"],
    ["\r", "r"],
    ["\t", "t"],
    ["\v", "v"],
    ["\\", "\\"],
  ]
) ESCAPES[plain.charCodeAt(0)] = letter.charCodeAt(0);

const ESCAPED = /[\b\f\n\r\t\v\\]/g;

/** "00" to "99", as two bytes each. */
const PAIRS = new Uint8Array(200);
for (let n = 0; n < 100; n++) {
  PAIRS[2 * n] = ZERO + Math.floor(n / 10);
  PAIRS[2 * n + 1] = ZERO + n % 10;
}
/** The days of the years 1 to 9999, since 1970. */
const FIRST_DAY = -719_162, LAST_DAY = 2_932_896;
/** Powers of ten that are exact. */
const POWERS = Array.from({ length: 16 }, (_, n) => 10 ** n);
const HEX = new TextEncoder().encode("0123456789abcdef");

/**
 * Bytes of COPY's text form, straight from values: no strings between. Every
 * method says whether PostgreSQL can hold the value.
 */
export class CopyBytes {
  length = 0;
  #bytes = new Uint8Array(1 << 16);
  readonly #encoder = new TextEncoder();
  #words: readonly string[] = [];
  #encoded: (Uint8Array | undefined)[] = [];
  readonly #dictionaries = new WeakMap<
    readonly string[],
    (Uint8Array | undefined)[]
  >();
  #day = NaN;
  readonly #dayText = new Uint8Array(16);
  #dayLength = 0;

  /** What was written, valid until more is; begins anew. */
  take(): Uint8Array {
    const taken = this.#bytes.subarray(0, this.length);
    this.length = 0;
    return taken;
  }

  byte(value: number): void {
    this.#reserve(1);
    this.#bytes[this.length++] = value;
  }

  null(): void {
    this.ascii("\\N");
  }

  letter(letter: "t" | "f"): boolean {
    this.byte(letter === "t" ? 116 : 102);
    return true;
  }

  /** A text that needs no escapes. */
  ascii(text: string): boolean {
    this.#reserve(text.length);
    for (let k = 0; k < text.length; k++) {
      this.#bytes[this.length++] = text.charCodeAt(k);
    }
    return true;
  }

  integer(value: number | bigint): boolean {
    if (typeof value === "bigint") return this.ascii(String(value));
    if (!Number.isSafeInteger(value)) return false;
    this.#reserve(ROOM);
    if (value < 0) {
      this.#bytes[this.length++] = MINUS;
      value = -value;
    }
    this.#digits(value, digitsOf(value));
    return true;
  }

  /** A whole number from 0, with zeros before it. */
  padded(value: number, digits: number): boolean {
    const own = digitsOf(value);
    this.#reserve(ROOM + digits);
    this.#digits(value, Math.max(own, digits));
    return true;
  }

  decimal(scaled: number, scale: number): boolean {
    if (!Number.isSafeInteger(scaled)) return false;
    if (scale === 0) return this.integer(scaled);
    this.#reserve(ROOM);
    if (scaled < 0) {
      this.#bytes[this.length++] = MINUS;
      scaled = -scaled;
    }
    const unit = POWERS[scale];
    if (unit === undefined) {
      // Zeros behind the point that no safe integer reaches.
      const digits = String(scaled).padStart(scale + 1, "0");
      return this.ascii(
        `${digits.slice(0, -scale)}.${digits.slice(-scale)}`,
      );
    }
    const whole = Math.floor(scaled / unit);
    this.#digits(whole, digitsOf(whole));
    this.#bytes[this.length++] = POINT;
    this.#digits(scaled - whole * unit, scale);
    return true;
  }

  double(value: number): boolean {
    return this.ascii(Object.is(value, -0) ? "-0" : String(value));
  }

  date(days: number): boolean {
    return this.ascii(dateText(days));
  }

  timestamp(micros: number): boolean {
    const day = Math.floor(micros / DAY_MICROS);
    this.#reserve(ROOM);
    if (day !== this.#day) this.#newDay(day);
    const bytes = this.#bytes;
    let at = this.length;
    for (let k = 0; k < this.#dayLength; k++) bytes[at++] = this.#dayText[k];
    const rest = micros - day * DAY_MICROS;
    const seconds = Math.floor(rest / 1e6);
    const hour = (seconds / 3600) | 0;
    const minute = ((seconds - hour * 3600) / 60) | 0;
    at = pair(bytes, at, hour);
    bytes[at++] = 58;
    at = pair(bytes, at, minute);
    bytes[at++] = 58;
    at = pair(bytes, at, seconds - hour * 3600 - minute * 60);
    let fraction = rest - seconds * 1e6;
    if (fraction > 0) {
      bytes[at++] = POINT;
      const high = (fraction / 10_000) | 0;
      fraction -= high * 10_000;
      at = pair(bytes, at, high);
      at = pair(bytes, at, (fraction / 100) | 0);
      at = pair(bytes, at, fraction % 100);
      while (bytes[at - 1] === ZERO) at--;
    }
    this.length = at;
    return true;
  }

  hex(value: Uint8Array): boolean {
    this.#reserve(2 * value.length + 3);
    const bytes = this.#bytes;
    let at = this.length;
    bytes[at++] = BACKSLASH;
    bytes[at++] = BACKSLASH;
    bytes[at++] = 120;
    for (let k = 0; k < value.length; k++) {
      bytes[at++] = HEX[value[k] >> 4];
      bytes[at++] = HEX[value[k] & 15];
    }
    this.length = at;
    return true;
  }

  /** `words[number]`, each of them encoded once. */
  word(words: readonly string[], number: number): boolean {
    if (words !== this.#words) {
      this.#words = words;
      let known = this.#dictionaries.get(words);
      if (!known) {
        known = new Array(words.length);
        this.#dictionaries.set(words, known);
      }
      this.#encoded = known;
    }
    const encoded = this.#encoded[number];
    if (encoded === undefined) {
      const start = this.length;
      if (!this.text(words[number])) return false;
      this.#encoded[number] = this.#bytes.slice(start, this.length);
      return true;
    }
    this.#reserve(encoded.length);
    const bytes = this.#bytes;
    let at = this.length;
    for (let k = 0; k < encoded.length; k++) bytes[at++] = encoded[k];
    this.length = at;
    return true;
  }

  text(text: string): boolean {
    // Three bytes are the most that a UTF-16 unit takes; two, if escaped.
    this.#reserve(3 * text.length);
    const bytes = this.#bytes;
    let at = this.length;
    for (let k = 0; k < text.length; k++) {
      const unit = text.charCodeAt(k);
      if (unit > 127) {
        this.length = at;
        return this.#encode(text.slice(k));
      }
      const letter = ESCAPES[unit];
      if (letter !== 0) {
        bytes[at++] = BACKSLASH;
        bytes[at++] = letter;
      } else if (unit === 0) return false;
      else bytes[at++] = unit;
    }
    this.length = at;
    return true;
  }

  #encode(text: string): boolean {
    if (text.includes("\0")) return false;
    const escaped = text.replace(
      ESCAPED,
      (c) => "\\" + String.fromCharCode(ESCAPES[c.charCodeAt(0)]),
    );
    const { written } = this.#encoder.encodeInto(
      escaped,
      this.#bytes.subarray(this.length),
    );
    this.length += written;
    return true;
  }

  /** Writes the day's text aside, for the timestamps of that day. */
  #newDay(day: number): void {
    this.#day = day;
    const text = this.#dayText;
    if (day < FIRST_DAY || day > LAST_DAY) {
      this.#dayLength = this.#encoder.encodeInto(
        timestampText(day * DAY_MICROS).slice(0, -8),
        text,
      ).written;
      return;
    }
    // Days since 1 March of the year 0, in eras of 400 years whose years begin
    // in March: leap days then come last. Source: Howard Hinnant,
    // "chrono-Compatible Low-Level Date Algorithms", civil_from_days.
    const shifted = day + 719_468;
    const era = (shifted / 146_097) | 0;
    const inEra = shifted - era * 146_097;
    const ofEra = ((inEra - ((inEra / 1460) | 0) + ((inEra / 36_524) | 0) -
      ((inEra / 146_096) | 0)) / 365) | 0;
    const inYear = inEra -
      (365 * ofEra + ((ofEra / 4) | 0) - ((ofEra / 100) | 0));
    const march = ((5 * inYear + 2) / 153) | 0;
    const month = march < 10 ? march + 3 : march - 9;
    const year = ofEra + era * 400 + (month <= 2 ? 1 : 0);
    const century = (year / 100) | 0;
    let at = pair(text, 0, century);
    at = pair(text, at, year - 100 * century);
    text[at++] = MINUS;
    at = pair(text, at, month);
    text[at++] = MINUS;
    at = pair(text, at, inYear - (((153 * march + 2) / 5) | 0) + 1);
    text[at++] = 32;
    this.#dayLength = at;
  }

  /** Writes 0 ≤ value < 2⁵³ in so many digits. */
  #digits(value: number, digits: number): void {
    const bytes = this.#bytes;
    let at = this.length + digits;
    this.length = at;
    while (value >= 1e9) {
      const high = Math.floor(value / 1e8);
      let low = (value - high * 1e8) | 0;
      for (let k = 0; k < 8; k++) {
        const tenth = (low / 10) | 0;
        bytes[--at] = ZERO + low - 10 * tenth;
        low = tenth;
      }
      value = high;
      digits -= 8;
    }
    let rest = value | 0;
    for (let k = 0; k < digits; k++) {
      const tenth = (rest / 10) | 0;
      bytes[--at] = ZERO + rest - 10 * tenth;
      rest = tenth;
    }
  }

  /** Makes room for this many bytes more. */
  #reserve(room: number): void {
    const needed = this.length + room;
    if (needed <= this.#bytes.length) return;
    const larger = new Uint8Array(2 * needed);
    larger.set(this.#bytes.subarray(0, this.length));
    this.#bytes = larger;
  }
}

function pair(bytes: Uint8Array, at: number, n: number): number {
  bytes[at] = PAIRS[2 * n];
  bytes[at + 1] = PAIRS[2 * n + 1];
  return at + 2;
}

/** The number of decimal digits of 0 ≤ n < 2⁵³. */
function digitsOf(n: number): number {
  if (n < 1e4) return n < 100 ? (n < 10 ? 1 : 2) : n < 1000 ? 3 : 4;
  if (n < 1e8) return n < 1e6 ? (n < 1e5 ? 5 : 6) : n < 1e7 ? 7 : 8;
  let digits = 8;
  for (let rest = Math.floor(n / 1e8); rest > 0; rest = Math.floor(rest / 10)) {
    digits++;
  }
  return digits;
}
