import { nearest } from "../core/names.ts";
import type { YamlNode } from "../core/yaml_places.ts";
import {
  LAW_NAMES,
  type LawContext,
  readDistribution,
} from "./column_distribution.ts";
import { readColumnType } from "./column_type.ts";
import { checkReferences } from "./derived_law.ts";
import type { ColumnType } from "./schema.ts";
import type { ColumnSpec, Distribution } from "./spec.ts";

/** Longest name that every platform takes as an identifier. */
export const NAME = /^[a-z][a-z0-9_]{0,59}$/;
export const NAME_FORM = "lower-case letters, digits and _, at most 60";

/** Notes a problem with a name that not every platform would take. */
export function checkName(node: YamlNode, what: string): void {
  if (!NAME.test(node.name)) {
    node.problem(`${what} "${node.name}" must be ${NAME_FORM}`);
  }
}

/**
 * Reads a table's columns, in their order: each may refer to those before it.
 *
 * @param key the name of the column that holds the entity's key
 */
export function readColumns(
  node: YamlNode | undefined,
  key: string | undefined,
  hasIdleRows: boolean,
  context: Omit<LawContext, "earlier">,
): ColumnSpec[] {
  const entries = node?.entries("columns") ?? [];
  if (node && entries.length === 0) node.problem("columns must not be empty");
  const columns: ColumnSpec[] = [];
  for (const [name, column] of entries) {
    checkName(column, "column");
    if (name === key) {
      column.problem(`column "${name}" is the entity's key`, "Leave it out");
    }
    column.fields(`column "${name}"`, ["type"], [
      "nulls",
      "idle",
      "correlated",
      ...LAW_NAMES,
    ]);
    const typeNode = column.get("type");
    const type = typeNode && readColumnType(typeNode);
    const nulls = column.get("nulls")?.number("nulls", { min: 0, max: 1 }) ?? 0;
    const distribution = type &&
      readDistribution(column, type, { ...context, earlier: columns });
    if (!type || !distribution) continue;
    if (distribution.kind === "event_time" && nulls > 0) {
      column.problem(`column "${name}" is part of the key, so never NULL`);
    }
    const idle = readIdle(column.get("idle"), type, hasIdleRows);
    const correlated = readCorrelated(column, distribution, columns);
    const read: ColumnSpec = {
      name,
      type,
      nullable: nulls > 0 || idle === "null",
      distribution,
      nulls,
      ...(idle ? { idle } : {}),
      ...(correlated ? { correlated } : {}),
    };
    checkReferences(column, read, columns);
    columns.push(read);
  }
  return columns;
}

/** Laws whose values follow the ranks of hashes. */
const RANKED: readonly Distribution["kind"][] = [
  "uniform",
  "power_law",
  "normal",
  "hot_set",
  "categorical",
  "flag",
  "time",
  "fraction",
];

/** Reads `correlated: { with: risk_score, share: 0.7 }`. */
function readCorrelated(
  column: YamlNode,
  distribution: Distribution,
  earlier: readonly ColumnSpec[],
): ColumnSpec["correlated"] {
  const node = column.get("correlated");
  if (!node?.fields("correlated", ["with", "share"])) return undefined;
  const other = node.get("with")!;
  const name = other.text("with");
  const share = node.get("share")!.number("share", { min: -1, max: 1 });
  if (name === undefined || share === undefined) return undefined;
  const ranked = earlier.filter((c) => RANKED.includes(c.distribution.kind));
  if (!RANKED.includes(distribution.kind)) {
    return node.problem(
      `a column that follows "${distribution.kind}" cannot be correlated`,
    );
  }
  if (ranked.some((c) => c.name === name)) return { with: name, share };
  const known = ranked.map((c) => c.name);
  const near = nearest(name, known);
  return other.problem(
    `there is no column "${name}" before this one that could be followed`,
    near
      ? `Did you mean "${near}"?`
      : known.length > 0
      ? `Known: ${known.join(", ")}`
      : "Declare it above this one",
  );
}

/** What a column holds in idle rows: `idle: 0` or `idle: null`. */
function readIdle(
  node: YamlNode | undefined,
  type: ColumnType,
  hasIdleRows: boolean,
): "zero" | "null" | undefined {
  if (!node) return undefined;
  if (!hasIdleRows) {
    return node.problem(
      "idle has no meaning, as the table has no idle rows",
      "Give the table an `idle` share, or leave it out here",
    );
  }
  if (node.value === null) return "null";
  const numeric = type.kind !== "text" && type.kind !== "timestamp";
  if (node.value === 0 && numeric) return "zero";
  return node.problem(
    numeric ? "idle must be 0 or null" : `idle must be null for a ${type.kind}`,
  );
}
