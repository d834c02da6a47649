import type { ColumnType } from "../../datasets/schema.ts";
import { readValue } from "../../datasets/value_text.ts";

/** Words that stand for NULL in some files, when nothing else speaks for texts. */
export const NULL_WORDS: readonly string[] = [
  "\\N",
  "NULL",
  "null",
  "NA",
  "N/A",
  "None",
];

const BOOLEAN = /^(?:t|f|true|false)$/i;
/** Without leading zeros or plus signs: those are codes and telephone numbers. */
const INTEGER = /^-?(?:0|[1-9]\d*)$/;
const DECIMAL = /^-?(?:0|[1-9]\d*)\.(\d+)$/;
const DOUBLE =
  /^(?:-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|NaN|[+-]?Infinity|-?inf)$/;
const DATE = /^\d{4}-\d\d-\d\d$/;
const TIMESTAMP = /^\d{4}-\d\d-\d\d[ T]\d\d:\d\d/;
const ZONE = /(?:Z|UTC|[+-]\d\d(?::?\d\d)?)$/;
const BYTES = /^\\x(?:[0-9a-fA-F]{2})*$/;
const INT64 = 2n ** 63n;
/** Digits that a double always gives back. */
const DOUBLE_DIGITS = 15;
const EXAMPLES = 3;

/** Looks at a column's values, and says which type holds them all. */
export class TypeGuess {
  /** Values that are not NULL. */
  values = 0;
  nulls = 0;
  /** Of the values, how often each word stood that may mean NULL. */
  readonly words = new Map<string, number>();
  /** A few different values, for people. */
  readonly examples: string[] = [];
  #fitting = new Set(TESTS.keys());
  #scales = new Set<number>();
  #least = 0n;
  #most = 0n;
  #digits = 0;
  #zones = 0;

  /** Adds a NULL. */
  addNull(): void {
    this.nulls++;
  }

  /** Adds a value's text; `quoted` ones are never taken for NULL. */
  add(text: string, quoted: boolean): void {
    if (!quoted && NULL_WORDS.includes(text)) {
      this.words.set(text, (this.words.get(text) ?? 0) + 1);
      return;
    }
    this.values++;
    if (this.examples.length < EXAMPLES && !this.examples.includes(text)) {
      this.examples.push(text.length > 40 ? `${text.slice(0, 40)}…` : text);
    }
    for (const kind of this.#fitting) {
      if (!TESTS.get(kind)!(text)) this.#fitting.delete(kind);
    }
    if (this.#fitting.has("double")) this.#number(text);
    if (this.#fitting.has("timestamp") && ZONE.test(text)) this.#zones++;
  }

  /**
   * The type of what was seen.
   *
   * @param complete whether nothing else is to come
   */
  type(complete: boolean): ColumnType {
    const fits = (kind: string) => this.#fitting.has(kind);
    if (this.values === 0) return { kind: "text" };
    if (fits("boolean")) return { kind: "boolean" };
    if (fits("integer")) return this.#integer(complete);
    if (fits("double")) return this.#fraction();
    if (fits("date")) return { kind: "date" };
    if (fits("timestamp")) {
      return this.#zones === this.values
        ? { kind: "timestamp", native: "timestamp with time zone" }
        : this.#zones === 0
        ? { kind: "timestamp" }
        : { kind: "text" };
    }
    return fits("bytes") ? { kind: "bytes" } : { kind: "text" };
  }

  #number(text: string): void {
    if (INTEGER.test(text)) {
      if (text.length > 15) {
        const n = BigInt(text);
        if (n < this.#least) this.#least = n;
        if (n > this.#most) this.#most = n;
      } else {
        const n = Number(text);
        if (n < Number(this.#least)) this.#least = BigInt(n);
        if (n > Number(this.#most)) this.#most = BigInt(n);
      }
      this.#scales.add(0);
    } else this.#scales.add(DECIMAL.exec(text)?.[1].length ?? -1);
    // Zeros in front say nothing about a value's precision.
    const digits = text.replace(/[eE].*$/, "").replace(/^[-0.]+/, "")
      .replace(/\D/g, "").length;
    if (digits > this.#digits) this.#digits = digits;
  }

  /** A 64-bit one, where more rows may come than were seen. */
  #integer(complete: boolean): ColumnType {
    if (this.#least < -INT64 || this.#most >= INT64) {
      return this.#digits > 38
        ? { kind: "text" }
        : { kind: "decimal", precision: 38, scale: 0 };
    }
    const small = Number(this.#least) >= -(2 ** 31) &&
      Number(this.#most) < 2 ** 31;
    return { kind: complete && small ? "integer" : "bigint" };
  }

  /** A decimal where all have the same number of decimals, as prices have; else a double. */
  #fraction(): ColumnType {
    const [scale] = this.#scales;
    const fixed = this.#scales.size === 1 && scale > 0;
    if (fixed && this.#digits <= 18) {
      return { kind: "decimal", precision: 18, scale };
    }
    if (this.#digits <= DOUBLE_DIGITS + 2) return { kind: "double" };
    return fixed && this.#digits <= 38
      ? { kind: "decimal", precision: 38, scale }
      : { kind: "text" };
  }
}

const TESTS: ReadonlyMap<string, (text: string) => boolean> = new Map([
  ["boolean", (text: string) => BOOLEAN.test(text)],
  ["integer", (text: string) => INTEGER.test(text) && text.length < 40],
  ["double", (text: string) => DOUBLE.test(text) && text.length < 60],
  ["date", (text: string) => DATE.test(text) && reads("date", text)],
  [
    "timestamp",
    (text: string) => TIMESTAMP.test(text) && reads("timestamp", text),
  ],
  ["bytes", (text: string) => BYTES.test(text)],
]);

function reads(kind: "date" | "timestamp", text: string): boolean {
  try {
    readValue({ kind }, text);
    return true;
  } catch {
    // It is of no such form: that is the answer.
    return false;
  }
}
