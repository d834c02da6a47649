import { unknownName } from "../core/names.ts";
import { ServemarkError } from "../core/errors.ts";
import { freeze } from "../core/frozen.ts";
import { canonicalJson } from "./digest.ts";
import type { DatasetSpec, TableSpec } from "./spec.ts";

/** Which tables of a dataset. */
export interface TableChoice {
  /** The first n feature tables, or some by name. @default all */
  tables?: number | readonly string[];
  /** Event tables: all, none, or some by name. @default all */
  events?: boolean | readonly string[];
}

/**
 * Some of a dataset's tables, which stay the very same.
 *
 * @throws {ServemarkError} for tables that the dataset has not, listing those it has
 */
export function selectTables(
  spec: DatasetSpec,
  { tables, events }: TableChoice,
): DatasetSpec {
  const features = spec.tables.filter((table) => !table.events);
  const eventful = spec.tables.filter((table) => table.events);
  const kept = [
    ...pickTables(features, tables ?? true, "table", spec),
    ...pickTables(
      eventful,
      events ?? tables === undefined,
      "event table",
      spec,
    ),
  ];
  if (kept.length === spec.tables.length) return spec;
  return freeze({ ...spec, tables: kept });
}

function pickTables(
  tables: readonly TableSpec[],
  choice: boolean | number | readonly string[],
  what: string,
  spec: DatasetSpec,
): readonly TableSpec[] {
  const place = `dataset ${spec.name}_v${spec.version}`;
  if (choice === false) return [];
  if (choice === true) return tables;
  if (typeof choice === "number") {
    if (choice >= 1 && choice <= tables.length) return tables.slice(0, choice);
    throw new ServemarkError(`Cannot take ${choice} ${what}s`, {
      cause: `the dataset has ${tables.length}`,
      place,
      remedy: `Ask for 1 to ${tables.length}`,
      exitCode: 2,
    });
  }
  const known = tables.map((table) => table.name);
  for (const name of choice) {
    if (!known.includes(name)) throw unknownName(what, name, known, place);
  }
  return tables.filter((table) => choice.includes(table.name));
}

/** Whether a dataset is some of another's tables, each the very same. */
export function isSelection(part: DatasetSpec, whole: DatasetSpec): boolean {
  const { tables: some, ...head } = part;
  const { tables: all, ...wholeHead } = whole;
  if (canonicalJson(head) !== canonicalJson(wholeHead)) return false;
  const known = new Map(all.map((t) => [t.name, t]));
  return some.every((table) => {
    const same = known.get(table.name);
    return same !== undefined && canonicalJson(table) === canonicalJson(same);
  });
}
