import { type Problem, ServemarkError, throwProblems } from "../core/errors.ts";
import { freeze } from "../core/frozen.ts";
import { unknownName } from "../core/names.ts";
import { power } from "../core/portable_math.ts";
import { integerBounds } from "./column_type.ts";
import { cycleGap, cycleOf } from "./cycle.ts";
import type { Domain, DomainTable } from "./domain.ts";
import type { KeyForm } from "./schema.ts";
import { shareRows } from "./shares.ts";
import type { ColumnSpec, DatasetSpec, EntitySpec, TableSpec } from "./spec.ts";

/** What decides a dataset besides its domain. */
export interface DatasetOptions {
  /** @default the domain's own */
  version?: string;
  /** @default the domain's own */
  seed?: number;
  /**
   * Rows of all feature tables of the domain together, also of those that
   * `tables` leaves out.
   *
   * @default the domain's own
   */
  rows?: number;
  /** The first n feature tables, or some by name. @default all */
  tables?: number | readonly string[];
  /** Event tables: all, or some by name. @default none */
  events?: boolean | readonly string[];
  /**
   * `power_law`: entity sizes and popularity follow the domain's exponents.
   * `uniform`: entities have equally many keys, all equally popular.
   *
   * @default "power_law"
   */
  distribution?: DistributionName;
}

/** The laws of entity sizes and popularity. */
export const DISTRIBUTIONS = ["power_law", "uniform"] as const;
export type DistributionName = typeof DISTRIBUTIONS[number];

/** Row numbers are hashed up to here. */
const MAX_ROWS = 2 ** 40;

/**
 * The spec of a dataset of a domain. Pure and synchronous; `tables` selects:
 * the tables that it keeps are the very same as without it.
 *
 * @throws {ServemarkError} for options out of range, all of them at once, and
 * for unknown tables, listing the known ones.
 */
export function datasetSpec(
  domain: Domain,
  options: DatasetOptions = {},
): DatasetSpec {
  const {
    version = domain.version,
    seed = domain.seed,
    rows = domain.rows,
    distribution = "power_law",
  } = options;
  const tables = selected(domain.tables, options.tables ?? true, "table");
  const events = selected(
    domain.events,
    options.events ?? false,
    "event table",
  );
  check(version, seed, rows, distribution);

  const powerLaw = distribution === "power_law";
  const keys = shareRows(
    rows,
    domain.entities.map((entity, rank) => ({
      weight: powerLaw ? power(rank + 1, -domain.sizeExponent) : 1,
      tables: domain.tables.filter((t) => t.entity === entity.name).length,
    })),
  );
  const entities = domain.entities.map((entity, e): EntitySpec => ({
    name: entity.name,
    keys: keys[e],
    keyForm: widened(entity.keyForm, keys[e]),
    popularity: powerLaw ? entity.popularity : 0,
  }));
  const table = (source: DomainTable, isEvents: boolean): TableSpec => {
    const e = entities.findIndex((entity) => entity.name === source.entity);
    const key = domain.entities[e].column;
    return tableSpec(source, key, entities[e], entities, isEvents);
  };
  return freeze({
    name: domain.name,
    version,
    seed,
    description: domain.description,
    entities,
    tables: [
      ...tables.map((t) => table(t, false)),
      ...events.map((t) => table(t, true)),
    ],
  });
}

function check(
  version: string,
  seed: number,
  rows: number,
  distribution: string,
): void {
  const problems: Problem[] = [];
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$/.test(version)) {
    problems.push({
      message:
        `version must be letters, digits, dots, _ and -: current value is "${version}"`,
    });
  }
  if (!Number.isSafeInteger(seed) || seed < 0) {
    problems.push({
      message: `seed must be a whole number from 0: current value is ${seed}`,
    });
  }
  if (!Number.isSafeInteger(rows) || rows < 1 || rows > MAX_ROWS) {
    problems.push({
      message:
        `rows must be a whole number from 1 to 2^40: current value is ${rows}`,
    });
  }
  if (!(DISTRIBUTIONS as readonly string[]).includes(distribution)) {
    problems.push({
      message: `unknown distribution "${distribution}"`,
      remedy: `Known: ${DISTRIBUTIONS.join(", ")}`,
    });
  }
  throwProblems("Cannot make the dataset", problems);
}

/** Those of a domain's tables that were asked for, in the domain's order. */
function selected(
  tables: readonly DomainTable[],
  choice: boolean | number | readonly string[],
  what: string,
): readonly DomainTable[] {
  if (choice === true) return tables;
  if (choice === false) return [];
  if (typeof choice === "number") {
    if (Number.isInteger(choice) && choice >= 1 && choice <= tables.length) {
      return tables.slice(0, choice);
    }
    throw new ServemarkError(`Cannot take ${choice} ${what}s`, {
      cause: `the domain has ${tables.length}`,
      remedy: `Ask for 1 to ${tables.length}`,
      exitCode: 2,
    });
  }
  const known = tables.map((table) => table.name);
  for (const name of choice) {
    if (!known.includes(name)) throw unknownName(what, name, known);
  }
  if (choice.length === 0) {
    throw new ServemarkError(`Cannot take no ${what}s`, {
      remedy: `Name some of ${known.join(", ")}`,
      exitCode: 2,
    });
  }
  return tables.filter((table) => choice.includes(table.name));
}

/** Ids get more digits where a large dataset needs them, so that all have one length. */
function widened(form: KeyForm, keys: number): KeyForm {
  if (form.as !== "id") return form;
  return { ...form, digits: Math.max(form.digits, String(keys - 1).length) };
}

function tableSpec(
  source: DomainTable,
  keyColumn: string,
  entity: EntitySpec,
  entities: readonly EntitySpec[],
  events: boolean,
): TableSpec {
  const key: ColumnSpec = {
    name: keyColumn,
    type: { kind: entity.keyForm.as === "integer" ? "bigint" : "text" },
    nullable: false,
    distribution: { kind: "key" },
    nulls: 0,
  };
  const time = source.columns.find((c) => c.distribution.kind === "event_time");
  const rows = events
    ? Math.max(1, Math.round(entity.keys * source.rowsPerKey!))
    : entity.keys;
  for (const column of source.columns) checkRows(source, column, rows);
  return {
    name: source.name,
    entity: entity.name,
    columns: [key, ...source.columns.map((c) => resolved(c, entities))],
    key: time ? [keyColumn, time.name] : [keyColumn],
    keyForm: entity.keyForm,
    rows,
    events,
    description: source.description,
    ...(source.idle ? { idle: source.idle } : {}),
  };
}

/** A column whose foreign key knows its entity's keys. */
function resolved(
  column: ColumnSpec,
  entities: readonly EntitySpec[],
): ColumnSpec {
  const d = column.distribution;
  if (d.kind !== "foreign_key") return column;
  const { keys, keyForm } = entities.find((e) => e.name === d.entity)!;
  return { ...column, distribution: { ...d, keys, keyForm } };
}

/** Refuses more rows than a column's law has values for. */
function checkRows(
  table: DomainTable,
  column: ColumnSpec,
  rows: number,
): void {
  const d = column.distribution;
  let most = MAX_ROWS;
  let cause = "over 2^40";
  if (d.kind === "event_time") {
    // Times increase by at least 1 µs a row, after the cycle moved them too.
    const gap = d.cycle ? cycleGap(cycleOf(d.cycle)) : 1;
    most = Math.min(MAX_ROWS, Math.floor((d.to - d.from) / gap));
    cause = `over 2^40 or the ${d.to - d.from} µs of its window` +
      (gap > 1 ? `, of which the busiest hour's rows need ${gap} each` : "");
  } else if (d.kind === "sequential" && d.step !== 0) {
    const [low, high] = integerBounds(column.type);
    const room = d.step > 0 ? high - d.start : d.start - low;
    most = Math.min(MAX_ROWS, 1 + Math.floor(room / Math.abs(d.step)));
    cause = `and its column "${column.name}" counts beyond what its type holds`;
  }
  if (rows <= most) return;
  throw new ServemarkError("Cannot make the dataset", {
    cause: `the ${
      table.rowsPerKey ? "event table" : "table"
    } "${table.name}" would have ${rows} rows, ${cause}`,
    remedy: "Ask for fewer rows, or leave this table out",
    exitCode: 2,
  });
}
