/**
 * Laws whose values follow from earlier columns of the same row, so that the
 * row does not contradict itself.
 *
 * @module
 */
import { nearest } from "../core/names.ts";
import type { YamlNode } from "../core/yaml_places.ts";
import { integerBounds } from "./column_type.ts";
import type { ColumnType } from "./schema.ts";
import type { ColumnSpec, Distribution } from "./spec.ts";

/** Reads `{ of: amount_sum, min: 0.3, max: 1, least: 1 }`. */
export function readFraction(
  node: YamlNode,
  type: ColumnType,
  earlier: readonly ColumnSpec[],
): Distribution | undefined {
  if (!node.fields("fraction", ["of", "min", "max"], ["least"])) {
    return undefined;
  }
  const part = (key: string) => node.get(key)!.number(key, { min: 0, max: 1 });
  const of = readReference(node.get("of")!, earlier);
  const [min, max] = [part("min"), part("max")];
  const least = readLeast(node.get("least"), type, earlier);
  if (!of || min === undefined || max === undefined || !least) return undefined;
  if (min > max) {
    return node.problem(`min must be at most max: they are ${min} and ${max}`);
  }
  if (scaleOf(of.type) !== scaleOf(type)) {
    return node.get("of")!.problem(
      `a part of column "${of.name}" has ${
        scaleOf(of.type)
      } decimals, as that has: the column's type has ${scaleOf(type)}`,
    );
  }
  if (!fits(node, type, largestOf(of, earlier), of.name)) return undefined;
  return { kind: "fraction", of: of.name, min, max, ...least };
}

/** Reads `{ of: [auth_count, amount_avg] }`. */
export function readProduct(
  node: YamlNode,
  type: ColumnType,
  earlier: readonly ColumnSpec[],
): Distribution | undefined {
  if (!node.fields("product", ["of"])) return undefined;
  const list = node.get("of")!;
  const [a, b] = ["0", "1"].map((k) => list.get(k));
  if (!Array.isArray(list.value) || list.value.length !== 2 || !a || !b) {
    return list.problem("of must be two columns", "Write [count, average]");
  }
  const [left, right] = [readReference(a, earlier), readReference(b, earlier)];
  if (!left || !right) return undefined;
  const surplus = scaleOf(left.type) + scaleOf(right.type) - scaleOf(type);
  if (surplus < 0) {
    return node.problem(
      `the product has ${scaleOf(left.type) + scaleOf(right.type)} decimals: ` +
        `the column's type has ${scaleOf(type)}`,
    );
  }
  const divisor = 10 ** surplus;
  const product = largestOf(left, earlier) * largestOf(right, earlier);
  if (product + divisor > Number.MAX_SAFE_INTEGER) {
    return node.problem(
      "the product can exceed 2^53, up to which integers are exact",
      "Lower the columns' max, or their decimals",
    );
  }
  const what = `${left.name} times ${right.name}`;
  if (!fits(node, type, Math.round(product / divisor), what)) return undefined;
  return { kind: "product", of: [left.name, right.name], divisor };
}

/**
 * Notes a problem where a column that is NULL in some rows is what another
 * follows from in them.
 */
export function checkReferences(
  node: YamlNode,
  column: ColumnSpec,
  earlier: readonly ColumnSpec[],
): void {
  const d = column.distribution;
  const names = d.kind === "fraction"
    ? [d.of, ...(typeof d.least === "string" ? [d.least] : [])]
    : d.kind === "product"
    ? d.of
    : [];
  for (const name of names) {
    const of = earlier.find((c) => c.name === name)!;
    if (of.nulls > 0) {
      node.problem(
        `column "${column.name}" follows from "${name}", which is NULL in some rows`,
        `Remove the nulls of "${name}", or draw this column by a law of its own`,
      );
    } else if (of.idle === "null" && !column.idle) {
      node.problem(
        `column "${column.name}" follows from "${name}", which is NULL in idle rows`,
        "Say what this column holds in them: `idle: null`, or `idle: 0`",
      );
    }
  }
}

/** Reads the name of an earlier column whose values are numbers from 0. */
function readReference(
  node: YamlNode,
  earlier: readonly ColumnSpec[],
): ColumnSpec | undefined {
  const name = node.text("column");
  if (name === undefined) return undefined;
  const found = earlier.find((c) => c.name === name);
  if (!found) {
    const known = earlier.map((c) => c.name);
    const near = nearest(name, known);
    return node.problem(
      `there is no column "${name}" before this one`,
      near
        ? `Did you mean "${near}"?`
        : known.length > 0
        ? `Known: ${known.join(", ")}`
        : "Declare it above this one",
    );
  }
  if (smallestOf(found) < 0) {
    return node.problem(
      `column "${name}" must be one of numbers from 0, not of ${found.distribution.kind} below 0, times or texts`,
    );
  }
  return found;
}

function readLeast(
  node: YamlNode | undefined,
  type: ColumnType,
  earlier: readonly ColumnSpec[],
): { least?: number | string } | undefined {
  if (!node) return {};
  if (typeof node.value === "number") {
    const unit = 10 ** scaleOf(type);
    const [, max] = integerBounds(type);
    const least = node.number("least", { min: 0, max: max / unit });
    return least === undefined
      ? undefined
      : { least: Math.round(least * unit) };
  }
  const column = readReference(node, earlier);
  if (!column) return undefined;
  if (scaleOf(column.type) === scaleOf(type)) return { least: column.name };
  return node.problem(
    `column "${column.name}" has ${scaleOf(column.type)} decimals, this one ${
      scaleOf(type)
    }`,
  );
}

function fits(
  node: YamlNode,
  type: ColumnType,
  largest: number,
  what: string,
): boolean {
  if (largest <= integerBounds(type)[1]) return true;
  node.problem(
    `${what} can be ${
      largest / 10 ** scaleOf(type)
    }, over what the column's type holds`,
  );
  return false;
}

function scaleOf(type: ColumnType): number {
  return type.kind === "decimal" ? type.scale : 0;
}

/** The least integer of a column that follows one of the laws for numbers; −1 for other laws. */
function smallestOf({ distribution: d, type }: ColumnSpec): number {
  if (type.kind === "date") return -1;
  switch (d.kind) {
    case "uniform":
    case "power_law":
    case "normal":
    case "hot_set":
      return d.min;
    case "sequential":
      return d.step >= 0 ? d.start : -1;
    case "flag":
    case "fraction":
    case "product":
      return 0;
  }
  return -1;
}

/** The largest integer that a column can hold. */
function largestOf(column: ColumnSpec, earlier: readonly ColumnSpec[]): number {
  const d = column.distribution;
  const named = (name: string) =>
    largestOf(earlier.find((c) => c.name === name)!, earlier);
  switch (d.kind) {
    case "uniform":
    case "power_law":
    case "normal":
    case "hot_set":
      return d.max;
    case "flag":
      return 1;
    case "fraction":
      return Math.ceil(named(d.of) * d.max);
    case "product":
      return Math.round(named(d.of[0]) * named(d.of[1]) / d.divisor);
  }
  return integerBounds(column.type)[1];
}
