/**
 * YAML whose problems have places: values as `@std/yaml` reads them, with the
 * line, the column and the source text of each.
 *
 * @module
 */
import { parse } from "@std/yaml";
import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
} from "yaml";
import { messageOf, type Problem } from "./errors.ts";
import { nearest } from "./names.ts";

interface Spot {
  readonly offset: number;
  readonly keyOffset: number;
  readonly source?: string;
}

interface Source {
  readonly file: string;
  readonly lines: LineCounter;
  readonly spots: ReadonlyMap<string, Spot>;
  readonly problems: Problem[];
}

const MAX_DEPTH = 20;
const MAX_SPOTS = 50_000;

/** Limits of a number; all inclusive. */
export interface NumberLimits {
  readonly min?: number;
  readonly max?: number;
  readonly integer?: boolean;
}

/**
 * One value of a YAML file. Its readers check the value, and note what is wrong
 * in the list of problems that all nodes of the file share; they return
 * `undefined` then, so that reading goes on and finds the other problems.
 */
export class YamlNode {
  readonly value: unknown;
  readonly #source: Source;
  readonly #path: readonly string[];

  private constructor(
    source: Source,
    path: readonly string[],
    value: unknown,
  ) {
    this.#source = source;
    this.#path = path;
    this.value = value;
  }

  /**
   * Parses a file's text. Syntax errors are noted as problems; the root's value
   * is `undefined` then.
   */
  static parse(text: string, file: string): YamlNode {
    const lines = new LineCounter();
    const document = parseDocument(text, { lineCounter: lines });
    const spots = new Map<string, Spot>();
    const source: Source = { file, lines, spots, problems: [] };
    for (const error of document.errors) {
      const at = lines.linePos(error.pos[0]);
      source.problems.push({
        message: `not valid YAML: ${error.message.split("\n")[0]}`
          .replace(/ at line \d+, column \d+:?$/, ""),
        place: `${file}:${at.line}:${at.col}`,
      });
    }
    let value: unknown;
    if (source.problems.length === 0) {
      try {
        value = parse(text);
      } catch (error) {
        // The parsers place errors as `(3:7)` or `at line 3, column 7`.
        const [message] = messageOf(error).split("\n");
        const at = /\(?(?:at line )?(\d+)(?::|, column )(\d+)\)?:?/.exec(
          message,
        );
        source.problems.push({
          message: `not valid YAML: ${
            at ? message.slice(0, at.index).trim() : message
          }`,
          place: at ? `${file}:${at[1]}:${at[2]}` : file,
        });
      }
      walk(document.contents as Node | null, [], 0);
    }
    return new YamlNode(source, [], value);

    function walk(node: Node | null, path: string[], keyOffset: number) {
      // Aliases of aliases can stand for endless text: what lies deeper than
      // any real file is left without places.
      if (path.length > MAX_DEPTH || spots.size > MAX_SPOTS) return;
      const offset = node?.range?.[0] ?? keyOffset;
      const target = isAlias(node) ? node.resolve(document) ?? null : node;
      const text = isScalar(target) ? target.source : undefined;
      spots.set(path.join("\0"), { offset, keyOffset, source: text });
      if (isMap(target)) {
        for (const pair of target.items) {
          const key = pair.key as Node | null;
          const name = isScalar(key) ? key.source ?? String(key.value) : "";
          walk(
            pair.value as Node | null,
            [...path, name],
            key?.range?.[0] ?? offset,
          );
        }
      } else if (isSeq(target)) {
        target.items.forEach((item, k) =>
          walk(item as Node, [...path, String(k)], offset)
        );
      }
    }
  }

  /** Everything wrong so far, in the whole file, from its start to its end. */
  get problems(): readonly Problem[] {
    const at = ({ place = "" }: Problem) => {
      const [line, column] = place.split(":").slice(-2).map(Number);
      return line * 1e6 + column || 0;
    };
    return this.#source.problems.toSorted((a, b) => at(a) - at(b));
  }

  /** The last name of this value's path. */
  get name(): string {
    return this.#path.at(-1) ?? "";
  }

  /** Where a scalar, or the key of a mapping or a list, stands: `retail.yaml:12:7`. */
  get place(): string {
    return this.#at(this.#path, isScalarValue(this.value));
  }

  /** Notes a problem with this value. */
  problem(message: string, remedy?: string): undefined {
    this.#note(message, this.place, remedy);
  }

  /** The value under a key, if it is there. */
  get(key: string): YamlNode | undefined {
    const inner = this.value as Record<string, unknown> | null | undefined;
    if (
      typeof inner !== "object" || inner === null || !Object.hasOwn(inner, key)
    ) return undefined;
    return new YamlNode(this.#source, [...this.#path, key], inner[key]);
  }

  /** All keys with their values, in the file's order; notes a problem unless this is a mapping. */
  entries(what: string): [string, YamlNode][] {
    if (!isRecord(this.value)) {
      this.problem(`${what} must be a mapping`, "Write `key: value` lines");
      return [];
    }
    return Object.keys(this.value).map((key) => [key, this.get(key)!]);
  }

  /** Checks that this is a mapping of known keys, with all required ones. */
  fields(
    what: string,
    required: readonly string[],
    optional: readonly string[] = [],
  ): boolean {
    const known = [...required, ...optional];
    const entries = this.entries(what);
    if (!isRecord(this.value)) return false;
    for (const [key] of entries) {
      if (known.includes(key)) continue;
      const near = nearest(key, known);
      this.#note(
        `unknown key "${key}" in ${what}`,
        this.#at([...this.#path, key], false),
        (near ? `Did you mean "${near}"? ` : "") + `Known: ${known.join(", ")}`,
      );
    }
    const missing = required.filter((key) => !this.get(key));
    for (const key of missing) {
      this.#note(
        `${what} lacks "${key}"`,
        this.#at(this.#path, false),
        `Add "${key}"`,
      );
    }
    return missing.length === 0;
  }

  /** A finite number within limits. */
  number(what: string, limits: NumberLimits = {}): number | undefined {
    const { value } = this;
    const { min = -Infinity, max = Infinity, integer = false } = limits;
    if (
      typeof value === "number" && Number.isFinite(value) && value >= min &&
      value <= max && (!integer || Number.isSafeInteger(value))
    ) return value;
    const kind = integer ? "a whole number" : "a number";
    const range = min > -Infinity && max < Infinity
      ? ` from ${min} to ${max}`
      : min > -Infinity
      ? ` of at least ${min}`
      : max < Infinity
      ? ` of at most ${max}`
      : "";
    return this.problem(
      `${what} must be ${kind}${range}: current value is ${this.#shown()}`,
    );
  }

  /** A scalar's text as written, so that `1.10` stays `1.10`. */
  text(what: string, pattern?: RegExp, form?: string): string | undefined {
    const text = typeof this.value === "string"
      ? this.value
      : this.#spot(this.#path)?.source;
    if (text !== undefined && text !== "" && (pattern?.test(text) ?? true)) {
      return text;
    }
    return this.problem(
      `${what} must be ${form ?? "a text"}: current value is ${this.#shown()}`,
    );
  }

  /** One of some words. */
  word<T extends string>(what: string, known: readonly T[]): T | undefined {
    const text = this.text(what);
    if (text === undefined || known.includes(text as T)) return text as T;
    const near = nearest(text, known);
    return this.problem(
      `unknown ${what} "${text}"`,
      (near ? `Did you mean "${near}"? ` : "") + `Known: ${known.join(", ")}`,
    );
  }

  #shown(): string {
    return this.#spot(this.#path)?.source ?? JSON.stringify(this.value) ??
      "missing";
  }

  #note(message: string, place: string, remedy?: string): void {
    this.#source.problems.push({ message, place, remedy });
  }

  #spot(path: readonly string[]): Spot | undefined {
    return this.#source.spots.get(path.join("\0"));
  }

  #at(path: readonly string[], atValue: boolean): string {
    // What a merge key (<<) brought in has no place of its own: the parent's.
    let spot = this.#spot(path);
    for (let up = path; !spot && up.length > 0;) {
      up = up.slice(0, -1);
      spot = this.#spot(up);
    }
    const { line, col } = this.#source.lines.linePos(
      (atValue ? spot?.offset : spot?.keyOffset) ?? 0,
    );
    return `${this.#source.file}:${line}:${col}`;
  }
}

function isScalarValue(value: unknown): boolean {
  return !Array.isArray(value) && !isRecord(value);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null &&
    !Array.isArray(value) && !(value instanceof Date);
}
