import type { ColumnType } from "../../datasets/schema.ts";
import type { AttributeValue } from "./items.ts";
import { plainNumber } from "./plain_json.ts";

/** Digits of a DynamoDB number. */
const MOST_DIGITS = 38;
/** Digits that 64 bits hold, whatever they are. */
const WIDE_DIGITS = 18;

/** Looks at an attribute's values, and says which column holds them all. */
export class AttributeGuess {
  /** Items that have the attribute, and not as NULL. */
  values = 0;
  /** Type descriptor → how often. */
  readonly kinds = new Map<string, number>();
  #whole = 0;
  #scale = 0;

  /** Adds a value; a NULL counts as none. */
  add(value: AttributeValue): void {
    const kind = Object.keys(value ?? {})[0];
    if (kind === undefined || kind === "NULL") return;
    this.values++;
    this.kinds.set(kind, (this.kinds.get(kind) ?? 0) + 1);
    if (kind === "N") this.#number(String(value.N));
  }

  /**
   * The type of what was seen: texts also for values of several types; for
   * maps, lists and sets, texts that are JSON.
   *
   * @param complete whether nothing else is to come
   */
  type(complete: boolean): ColumnType {
    const [kind, ...others] = this.kinds.keys();
    const nested = (k: string) => ["M", "L", "SS", "NS", "BS"].includes(k);
    if (kind === undefined) return { kind: "text" };
    if (nested(kind) && others.every(nested)) {
      return { kind: "text", native: "jsonb" };
    }
    if (others.length > 0) return { kind: "text" };
    switch (kind) {
      case "BOOL":
        return { kind: "boolean" };
      case "B":
        return { kind: "bytes" };
      case "N":
        return this.#numberType(complete);
      default:
        return { kind: "text" };
    }
  }

  #number(text: string): void {
    // What is no number is reported when it is read, with its line.
    if (!/^-?\d+(?:\.\d+)?(?:[eE][+-]?\d{1,3})?$/.test(text)) return;
    const m = /^-?(\d+)(?:\.(\d+))?$/.exec(plainNumber(text))!;
    this.#whole = Math.max(this.#whole, m[1].length);
    this.#scale = Math.max(this.#scale, m[2]?.length ?? 0);
  }

  /** Integers, else decimals that hold every digit, else doubles. */
  #numberType(complete: boolean): ColumnType {
    if (this.#scale === 0) {
      if (this.#whole <= WIDE_DIGITS) return { kind: "bigint" };
      return this.#whole <= MOST_DIGITS
        ? { kind: "decimal", precision: MOST_DIGITS, scale: 0 }
        : { kind: "double" };
    }
    if (complete && this.#whole + this.#scale <= WIDE_DIGITS) {
      return { kind: "decimal", precision: WIDE_DIGITS, scale: this.#scale };
    }
    // Where more may come, there is room for more digits on both sides.
    const spare = MOST_DIGITS - this.#whole - this.#scale;
    return spare < 0 ? { kind: "double" } : {
      kind: "decimal",
      precision: MOST_DIGITS,
      scale: complete ? this.#scale : this.#scale + (spare >> 1),
    };
  }
}
