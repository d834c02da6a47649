/**
 * Named integers, computed layer by layer: a name stands in the layer above
 * those that it is made of, so that each is computed once.
 *
 * @module
 */
import { P } from "../../core/arithmetic.ts";
import type { Dialect, RowRange } from "./dialect.ts";
import {
  at,
  compare,
  type Expression,
  minus,
  name as nameOf,
  namesIn,
  times,
  when,
} from "./expression.ts";
import { print } from "./print.ts";

interface Binding {
  readonly name: string;
  readonly of: Expression;
  /** The layer, from 1; the row number is layer 0. */
  readonly layer: number;
  /** For people: `what: how`; without the first where the name says it. */
  readonly note: string;
}

/** The row number's name. */
export const ROW = "i";

const LINE = 92;

/** Names, as they are given, and the query that computes them. */
export class Layers {
  readonly #dialect: Dialect;
  readonly #bindings = new Map<string, Binding>();

  constructor(dialect: Dialect) {
    this.#dialect = dialect;
  }

  /** Names an expression of earlier names. The same name twice is the first. */
  bind(name: string, of: Expression, note: string): Expression {
    if (!this.#bindings.has(name)) {
      const below = namesIn(of).map((n) => this.#bindings.get(n)?.layer ?? 0);
      const layer = 1 + Math.max(0, ...below);
      this.#bindings.set(name, { name, of, layer, note });
    }
    return nameOf(name);
  }

  /**
   * The last place of a list, counted from 1, whose threshold is ≤ x: by the
   * dialect's function, else by a binary search, a layer a level.
   */
  search(
    name: string,
    thresholds: readonly number[],
    x: Expression,
    note: string,
  ): Expression {
    const count = thresholds.length;
    if (count <= 4) return firstOf(thresholds, x);
    if (this.#dialect.search) {
      return this.bind(name, { kind: "search", thresholds, x }, note);
    }
    // A balanced tree of thresholds: at each level, the place among the level's
    // nodes doubles, and goes to the left or right one. Beyond the last
    // threshold stands one that no x reaches.
    const levels = Math.ceil(Math.log2(count));
    const unreached = thresholds.at(-1)! < P ? P : Number.MAX_SAFE_INTEGER;
    let place: Expression = { kind: "number", value: 1 };
    for (let level = 0; level < levels; level++) {
      const stride = 2 ** (levels - level);
      const nodes = Array.from(
        { length: 2 ** level },
        (_, k) => thresholds[k * stride + stride / 2] ?? unreached,
      );
      if (level > 0) {
        place = this.bind(`${name}${level}`, place, `${note}, level ${level}`);
      }
      const left = when(compare(x, "<", at(nodes, place)), 1, 0);
      place = level === 0
        ? when(compare(x, "<", nodes[0]), 1, 2)
        : minus(times(place, 2), left);
    }
    return this.bind(name, place, note);
  }

  /**
   * The layers as common table expressions, and the name of the last.
   *
   * @param needed the names that the query above them uses
   */
  print(
    range: RowRange,
    needed: readonly string[],
  ): { expressions: string[]; last: string } {
    const bindings = this.#live(needed);
    const top = Math.max(0, ...bindings.map((b) => b.layer));
    const expressions = [
      this.#common("row_numbers", [], this.#dialect.rows(range)),
    ];
    let last = "row_numbers";
    for (let layer = 1; layer <= top; layer++) {
      const own = bindings.filter((b) => b.layer === layer);
      const usedAbove = new Set([
        ...needed,
        ...bindings.filter((b) => b.layer > layer).flatMap((b) =>
          namesIn(b.of)
        ),
      ]);
      const kept = [
        ROW,
        ...bindings.filter((b) => b.layer < layer).map((b) => b.name),
      ].filter((name) => usedAbove.has(name));
      const titles = [...new Set(own.map((b) => stageOf(b.note)))];
      const name = `layer_${layer}`;
      const lines = own.map((b, k) => {
        const comma = k < own.length - 1 ? "," : "";
        const note = b.note.startsWith(":") ? "" : `  -- ${b.note}`;
        return `    ${
          print(b.of, this.#dialect, "      ")
        } AS ${b.name}${comma}${note}`;
      });
      const query = [
        "SELECT",
        ...(kept.length > 0 ? wrapped(kept) : []),
        ...lines,
        `  FROM ${last}`,
      ].join("\n");
      expressions.push(this.#common(name, titles, query));
      last = name;
    }
    return { expressions, last };
  }

  /** The bindings that these names are made of, in the order in which they were given. */
  #live(needed: readonly string[]): Binding[] {
    const live = new Set<string>();
    const queue = [...needed];
    for (let n = queue.pop(); n !== undefined; n = queue.pop()) {
      const binding = this.#bindings.get(n);
      if (!binding || live.has(n)) continue;
      live.add(n);
      queue.push(...namesIn(binding.of));
    }
    return [...this.#bindings.values()].filter((b) => live.has(b.name));
  }

  #common(name: string, notes: readonly string[], query: string): string {
    const { as, barrier } = this.#dialect;
    const end = barrier === "" ? "" : `\n  ${barrier}`;
    const note = notes.length > 0 ? ` -- ${notes.join("; ")}` : "";
    return `${name} ${as} (${note}\n  ${query}${end}\n)`;
  }
}

/** What a note says after its last colon: how a value is made, which is a layer's title. */
function stageOf(note: string): string {
  return note.slice(note.lastIndexOf(": ") + 2);
}

/** Few thresholds are compared one by one. */
function firstOf(thresholds: readonly number[], x: Expression): Expression {
  let place: Expression = { kind: "number", value: thresholds.length };
  for (let k = thresholds.length - 1; k > 0; k--) {
    place = when(compare(x, "<", thresholds[k]), k, place);
  }
  return place;
}

/** Names in lines of bearable length, each ending in a comma. */
function wrapped(names: readonly string[]): string[] {
  const lines: string[] = [];
  let line = "   ";
  for (const name of names) {
    if (line.length + name.length + 2 > LINE) {
      lines.push(line);
      line = "   ";
    }
    line += ` ${name},`;
  }
  return [...lines, line];
}
