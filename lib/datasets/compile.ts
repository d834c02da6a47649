import { type Problem, ServemarkError, throwProblems } from "../core/errors.ts";
import { freeze } from "../core/frozen.ts";
import { unknownName } from "../core/names.ts";
import { power } from "../core/portable_math.ts";
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
    return tableSpec(source, domain.entities[e].column, entities[e], isEvents);
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
  if (time?.distribution.kind === "event_time") {
    const { from, to } = time.distribution;
    // Event times increase by at least 1 µs a row.
    if (rows > Math.min(MAX_ROWS, to - from)) {
      throw new ServemarkError("Cannot make the dataset", {
        cause: `the event table "${source.name}" would have ${rows} rows, ` +
          `over 2^40 or the ${to - from} µs of its window`,
        remedy: "Ask for fewer rows, or leave this event table out",
        exitCode: 2,
      });
    }
  }
  return {
    name: source.name,
    entity: entity.name,
    columns: [key, ...source.columns],
    key: time ? [keyColumn, time.name] : [keyColumn],
    keyForm: entity.keyForm,
    rows,
    events,
    description: source.description,
    ...(source.idle ? { idle: source.idle } : {}),
  };
}
