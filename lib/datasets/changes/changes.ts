import { messageOf, type Problem, throwProblems } from "../../core/errors.ts";
import { freeze } from "../../core/frozen.ts";
import { pick, unknownName } from "../../core/names.ts";
import type { DatasetSpec } from "../spec.ts";
import {
  type ChangeKind,
  type NamedChange,
  type Parameter,
  Parameters,
} from "./change.ts";
import {
  addColumn,
  dropColumn,
  renameColumn,
  widenColumn,
} from "./column_changes.ts";
import { decreaseHotKeys, increaseHotKeys } from "./hot_keys.ts";
import { addTable, dropTable } from "./table_changes.ts";
import {
  increaseNulls,
  reseedTable,
  skewValues,
  updateRows,
} from "./value_changes.ts";

/** Every change by its name. */
export const CHANGES: Readonly<Record<string, ChangeKind>> = {
  increase_hot_keys: increaseHotKeys,
  decrease_hot_keys: decreaseHotKeys,
  increase_nulls: increaseNulls,
  skew_values: skewValues,
  reseed_table: reseedTable,
  update_rows: updateRows,
  add_table: addTable,
  drop_table: dropTable,
  add_column: addColumn,
  drop_column: dropColumn,
  rename_column: renameColumn,
  widen_column: widenColumn,
};

/**
 * A dataset's spec with changes applied, one after the other, as another
 * version. Changes come back with their defaults filled in.
 *
 * @throws {ServemarkError} for unknown changes, tables and columns, listing the
 * known ones, and for parameters out of range
 */
export async function applyChanges(
  spec: DatasetSpec,
  version: string,
  changes: readonly NamedChange[],
): Promise<{ spec: DatasetSpec; changes: NamedChange[] }> {
  const problems: Problem[] = [];
  const full = changes.map((change) => complete(change, problems));
  throwProblems("Cannot change the dataset", problems);
  let changed: DatasetSpec = { ...spec, version };
  for (const { change, ...values } of full) {
    const parameters = new Parameters(values);
    changed = await CHANGES[change].apply(changed, parameters);
  }
  return { spec: freeze(changed), changes: full };
}

/** A change with its defaults; problems are noted. */
function complete(change: NamedChange, problems: Problem[]): NamedChange {
  const kind = pick("change", String(change?.change), CHANGES);
  const values: Record<string, unknown> = {};
  const known = Object.keys(kind.parameters);
  const place = change.change;
  for (const name of Object.keys(change)) {
    if (name === "change" || known.includes(name)) continue;
    const { message } = unknownName("parameter", name, known);
    problems.push({ place, message });
  }
  for (const [name, parameter] of Object.entries(kind.parameters)) {
    const value = change[name] ??
      ("default" in parameter ? parameter.default : undefined);
    if (value === undefined) {
      if (parameter.optional) continue;
      problems.push({
        place,
        message: `${name} is missing: ${parameter.what}`,
      });
      continue;
    }
    const wrong = misfit(name, value, parameter);
    if (wrong) problems.push({ place, message: wrong });
    else values[name] = value;
  }
  return { change: change.change, ...values };
}

function misfit(
  name: string,
  value: unknown,
  parameter: Parameter,
): string | undefined {
  switch (parameter.kind) {
    case "text":
      return typeof value === "string" && value !== ""
        ? undefined
        : `${name} must be a text: ${parameter.what}`;
    case "definition":
      return typeof value === "string" || value && typeof value === "object"
        ? undefined
        : `${name} must be a definition: ${parameter.what}`;
    case "number": {
      const { min, max, integer } = parameter;
      const fits = typeof value === "number" && value >= min && value <= max &&
        (!integer || Number.isSafeInteger(value));
      return fits
        ? undefined
        : `${name} must be a ${
          integer ? "whole number" : "number"
        } from ${min} to ${max}: current value is ${value}`;
    }
  }
}

/**
 * Reads a change from the command line: `increase_hot_keys`,
 * `increase_nulls:table=card_profile,share=0.2`, or JSON.
 *
 * @throws {ServemarkError} for a text that is none, and for unknown changes
 */
export function readChange(text: string): NamedChange {
  const trimmed = text.trim();
  if (trimmed.startsWith("{")) return readJson(trimmed);
  const colon = trimmed.indexOf(":");
  const change = colon < 0 ? trimmed : trimmed.slice(0, colon);
  const { parameters } = pick("change", change, CHANGES);
  const values: Record<string, unknown> = {};
  const problems: Problem[] = [];
  for (const item of colon < 0 ? [] : splitTop(trimmed.slice(colon + 1))) {
    const equals = item.indexOf("=");
    const name = item.slice(0, equals < 0 ? undefined : equals).trim();
    const value = equals < 0 ? "" : item.slice(equals + 1).trim();
    if (value === "") {
      problems.push({ place: change, message: `write ${name}=VALUE` });
    } else {
      const isNumber = Object.hasOwn(parameters, name) &&
        parameters[name].kind === "number";
      values[name] = isNumber ? Number(value) : value;
    }
  }
  throwProblems(`Cannot read the change "${text}"`, problems);
  return { change, ...values };
}

function readJson(text: string): NamedChange {
  try {
    return JSON.parse(text) as NamedChange;
  } catch (error) {
    throwProblems("Cannot read the change", [{ message: messageOf(error) }]);
    throw error;
  }
}

/** Splits at commas that stand in no brackets. */
function splitTop(text: string): string[] {
  const items: string[] = [];
  let depth = 0;
  let start = 0;
  for (let k = 0; k < text.length; k++) {
    if ("{[(".includes(text[k])) depth++;
    else if ("}])".includes(text[k])) depth--;
    else if (text[k] === "," && depth === 0) {
      items.push(text.slice(start, k));
      start = k + 1;
    }
  }
  return [...items, text.slice(start)].filter((item) => item.trim() !== "");
}
