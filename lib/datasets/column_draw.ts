import { spread } from "../core/arithmetic.ts";
import { ServemarkError } from "../core/errors.ts";
import { unknownName } from "../core/names.ts";
import { cycleOf } from "./cycle.ts";
import {
  type Draw,
  eventTimeDraw,
  stepDraw,
  timeDraw,
  uniformDraw,
} from "./draw.ts";
import { drawName } from "./draw_name.ts";
import { BLOCK, correlatedHashes, type Hashes, hashesOf } from "./hashes.ts";
import { popularDraw } from "./popularity.ts";
import type { KeyForm } from "./schema.ts";
import type { ColumnSpec, DatasetSpec, TableSpec } from "./spec.ts";
import {
  flagSteps,
  hotSetSteps,
  normalSteps,
  powerLawSteps,
  type Steps,
  weightedSteps,
} from "./steps.ts";

/** Units of a fraction's part. */
export const PART_UNIT = 2 ** 20;

/**
 * Writes the integers of a column's rows from, from + 1, … to `out`, from its
 * start; `earlier` holds those of the columns before it.
 */
export type ColumnDraw = (
  from: number,
  count: number,
  out: Float64Array,
  earlier: readonly Float64Array[],
) => void;

/** How the integers of each of a table's columns are drawn, in their order. */
export function columnDraws(spec: DatasetSpec, table: TableSpec): ColumnDraw[] {
  const hashes = new Map<string, Hashes>();
  return table.columns.map((column, c) => {
    const name = drawName(spec, table, column);
    const { correlated } = column;
    const own = correlated
      ? correlatedHashes(
        name,
        other(hashes, table, correlated.with),
        correlated.share,
      )
      : hashesOf(name);
    hashes.set(column.name, own);
    return columnDraw(name, own, spec, table, c);
  });
}

function other(
  hashes: ReadonlyMap<string, Hashes>,
  table: TableSpec,
  name: string,
): Hashes {
  const found = hashes.get(name);
  if (found) return found;
  throw unknownName(
    "earlier column",
    name,
    [...hashes.keys()],
    `table ${table.name}`,
  );
}

function columnDraw(
  name: string,
  hashes: Hashes,
  spec: DatasetSpec,
  table: TableSpec,
  at: number,
): ColumnDraw {
  const column = table.columns[at];
  const d = column.distribution;
  const steps = stepsOf(column);
  if (steps) return plain(stepDraw(hashes, steps));
  /** The place of an earlier column. */
  const place = (of: string) => {
    const found = table.columns.findIndex((c) => c.name === of);
    if (found >= 0 && found < at) return found;
    const known = table.columns.slice(0, at).map((c) => c.name);
    throw unknownName("earlier column", of, known, `table ${table.name}`);
  };
  switch (d.kind) {
    case "key":
      return plain(
        table.events
          ? keyDraw(name, spec, table.entity, table.keyForm)
          : sequence(firstOf(table.keyForm), 1),
      );
    case "foreign_key":
      return plain(keyDraw(name, spec, d.entity, d.keyForm));
    case "uniform":
      return plain(uniformDraw(hashes, d.min, d.max));
    case "time":
      return plain(
        timeDraw(hashes, d.from, d.to, d.cycle && cycleOf(d.cycle)),
      );
    case "event_time":
      return plain(
        eventTimeDraw(
          hashes,
          d.from,
          d.to,
          table.rows,
          d.cycle && cycleOf(d.cycle),
        ),
      );
    case "sequential":
      return plain(sequence(d.start, d.step));
    case "fraction": {
      const { least = 0 } = d;
      const floor = typeof least === "number" ? least : place(least);
      return fractionDraw(
        hashes,
        place(d.of),
        d.min,
        d.max,
        floor,
        typeof least === "string",
      );
    }
    case "product":
      return productDraw(place(d.of[0]), place(d.of[1]), d.divisor);
    default:
      throw new ServemarkError(`Cannot generate column "${column.name}"`, {
        cause: "its rows are not drawn: they are in the catalog's parts alone",
        place: `table ${table.name}`,
        remedy: "Read them from the catalog that the dataset was loaded into",
      });
  }
}

/** The steps of the laws that are drawn by steps. */
export function stepsOf({ distribution: d }: ColumnSpec): Steps | undefined {
  switch (d.kind) {
    case "power_law":
      return powerLawSteps(d.min, d.max, d.exponent, d.shift);
    case "normal":
      return normalSteps(d.mean, d.deviation, d.min, d.max);
    case "categorical":
      return weightedSteps(d.weights);
    case "flag":
      return flagSteps(d.share);
    case "hot_set":
      return hotSetSteps(d.min, d.max, d.hot, d.traffic);
  }
}

/** A draw that looks at no other column. */
function plain(draw: Draw): ColumnDraw {
  return (from, count, out) => draw(from, count, out, 0);
}

function sequence(start: number, step: number): Draw {
  return (from, count, out, at) => {
    for (let k = 0; k < count; k++) out[at + k] = start + step * (from + k);
  };
}

function firstOf(form: KeyForm): number {
  return form.as === "integer" ? form.first : 0;
}

/** Keys of an entity, popular ones more often; as integers where the key is one. */
function keyDraw(
  name: string,
  spec: DatasetSpec,
  entityName: string,
  form: KeyForm,
): Draw {
  const entity = spec.entities.find((e) => e.name === entityName);
  if (!entity) {
    throw unknownName("entity", entityName, spec.entities.map((e) => e.name));
  }
  const first = firstOf(form);
  const pick = popularDraw(name, spec.seed, entity);
  return (from, count, out, at) => {
    pick(from, count, out, at);
    for (let k = at; k < at + count; k++) out[k] += first;
  };
}

const PARTS = new Float64Array(BLOCK);

/** Parts of an earlier column's values; `least` is a value, or the place of an earlier column. */
function fractionDraw(
  hashes: Hashes,
  of: number,
  min: number,
  max: number,
  least: number,
  isColumn: boolean,
): ColumnDraw {
  const lowest = Math.round(min * PART_UNIT);
  const span = Math.round(max * PART_UNIT) - lowest + 1;
  return (from, count, out, earlier) => {
    for (let at = 0; at < count; at += BLOCK) {
      const n = Math.min(BLOCK, count - at);
      hashes.first(from + at, n, PARTS);
      for (let k = 0; k < n; k++) {
        const whole = earlier[of][at + k];
        const floor = isColumn ? earlier[least][at + k] : least;
        const part = partOf(whole, lowest + spread(PARTS[k], span));
        out[at + k] = Math.min(whole, Math.max(floor, part));
      }
    }
  };
}

/**
 * `part` 2²⁰ths of a value up to 2⁵³, rounded half up, by pieces whose products
 * stay below 2⁵³: `h · part + ⌊(l · part + 2¹⁹) / 2²⁰⌋`, where the value is
 * h · 2²⁰ + l.
 */
export function partOf(value: number, part: number): number {
  const high = Math.floor(value / PART_UNIT);
  const low = value - high * PART_UNIT;
  return high * part + Math.floor((low * part + PART_UNIT / 2) / PART_UNIT);
}

/** `⌊(a · b + ⌊divisor / 2⌋) / divisor⌋` of two earlier columns' values. */
function productDraw(a: number, b: number, divisor: number): ColumnDraw {
  const half = Math.floor(divisor / 2);
  return (_, count, out, earlier) => {
    const [left, right] = [earlier[a], earlier[b]];
    for (let k = 0; k < count; k++) {
      out[k] = Math.floor((left[k] * right[k] + half) / divisor);
    }
  };
}
