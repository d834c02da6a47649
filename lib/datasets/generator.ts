import { ServemarkError } from "../core/errors.ts";
import { unknownName } from "../core/names.ts";
import { type Batch, type Value, valueAt, type Vector } from "./batch.ts";
import { canonicalRow } from "./canonical.ts";
import {
  type Draw,
  eventTimeDraw,
  nullDraw,
  stepDraw,
  uniformDraw,
} from "./draw.ts";
import { popularDraw } from "./popularity.ts";
import type { ColumnSpec, DatasetSpec, TableSpec } from "./spec.ts";
import {
  flagSteps,
  normalSteps,
  powerLawSteps,
  weightedSteps,
} from "./steps.ts";

/** Makes any rows of one table, in any order, without making others. */
export interface TableGenerator {
  readonly table: TableSpec;
  /** Rows from, from + 1, … as columns. */
  batch(from: number, count: number): Batch;
  /** One row's values, in the schema's order. */
  row(i: number): Value[];
  /** One row's canonical text. */
  canonicalText(i: number): string;
}

/**
 * Compiles one table of a dataset into its generator. Row i of a column depends
 * on the seed, the table's and the column's names, and i alone.
 *
 * @throws {ServemarkError} when the dataset has no such table, or when rows
 * beyond the table's end are asked for.
 */
export function tableGenerator(
  spec: DatasetSpec,
  table: string,
): TableGenerator {
  const found = spec.tables.find((t) => t.name === table);
  if (!found) {
    throw unknownName("table", table, spec.tables.map((t) => t.name));
  }
  const fills = found.columns.map((column) => columnFill(spec, found, column));
  // Its name cannot be a column's, whose NULLs would be idle rows then.
  const drawIdle = found.idle
    ? nullDraw(`${spec.seed}/${found.name}//idle`, found.idle)
    : undefined;

  function batch(from: number, count: number): Batch {
    if (!(from >= 0 && count >= 0 && from + count <= found!.rows)) {
      throw new ServemarkError(
        `Cannot generate rows ${from} to ${from + count - 1} of "${table}"`,
        { cause: `the table has ${found!.rows} rows, numbered from 0` },
      );
    }
    const idle = drawIdle ? new Uint8Array(count) : null;
    if (idle) drawIdle!(from, count, idle);
    const columns = fills.map((fill) => fill(from, count, idle));
    return { table: found!, from, rows: count, columns };
  }
  return {
    table: found,
    batch,
    row: (i) => batch(i, 1).columns.map((vector) => valueAt(vector, 0)),
    canonicalText: (i) => canonicalRow(batch(i, 1), 0),
  };
}

/** Makes one column of a batch; `idle` marks idle rows by 1. */
type Fill = (from: number, count: number, idle: Uint8Array | null) => Vector;

function columnFill(
  spec: DatasetSpec,
  table: TableSpec,
  column: ColumnSpec,
): Fill {
  const name = `${spec.seed}/${table.name}/${column.name}`;
  const draw = columnDraw(name, spec, table, column);
  const drawNulls = column.nulls > 0 ? nullDraw(name, column.nulls) : undefined;
  const write = textWriter(table, column);
  return (from, count, idle) => {
    const numbers = new Float64Array(count);
    draw(from, count, numbers, 0);
    const nulls = column.nullable ? new Uint8Array(count) : null;
    if (nulls && drawNulls) drawNulls(from, count, nulls);
    if (idle && column.idle) applyIdle(column.idle, idle, numbers, nulls);
    if (!write) return { values: numbers, nulls };
    const values = new Array<string>(count);
    for (let k = 0; k < count; k++) values[k] = write(numbers[k]);
    return { values, nulls };
  };
}

function applyIdle(
  as: "zero" | "null",
  idle: Uint8Array,
  numbers: Float64Array,
  nulls: Uint8Array | null,
): void {
  for (let k = 0; k < idle.length; k++) {
    if (idle[k] === 0) continue;
    if (as === "zero") numbers[k] = 0;
    if (nulls) nulls[k] = as === "null" ? 1 : 0;
  }
}

/** How a column's integers are drawn. */
function columnDraw(
  name: string,
  spec: DatasetSpec,
  table: TableSpec,
  column: ColumnSpec,
): Draw {
  const d = column.distribution;
  switch (d.kind) {
    case "key":
      return keyDraw(name, spec, table);
    case "uniform":
      return uniformDraw(name, d.min, d.max);
    case "power_law":
      return stepDraw(
        name,
        powerLawSteps(d.min, d.max, d.exponent, d.shift),
      );
    case "normal":
      return stepDraw(name, normalSteps(d.mean, d.deviation, d.min, d.max));
    case "categorical":
      return stepDraw(name, weightedSteps(d.weights));
    case "flag":
      return stepDraw(name, flagSteps(d.share));
    case "time":
      return uniformDraw(name, d.from, d.to - 1);
    case "event_time":
      return eventTimeDraw(name, d.from, d.to, table.rows);
    default:
      throw new ServemarkError(`Cannot generate column ${column.name}`, {
        cause: `its values are not drawn: ${d.kind}`,
        place: `table ${table.name}`,
      });
  }
}

/** Key numbers, written as integers where the key is one. */
function keyDraw(name: string, spec: DatasetSpec, table: TableSpec): Draw {
  const form = table.keyForm;
  const first = form.as === "integer" ? form.first : 0;
  if (!table.events) {
    return (from, count, out, at) => {
      for (let k = 0; k < count; k++) out[at + k] = first + from + k;
    };
  }
  const entity = spec.entities.find((e) => e.name === table.entity);
  if (!entity) {
    throw unknownName(
      "entity",
      table.entity,
      spec.entities.map((e) => e.name),
      `table ${table.name}`,
    );
  }
  const pick = popularDraw(name, spec.seed, entity);
  return (from, count, out, at) => {
    pick(from, count, out, at);
    for (let k = at; k < at + count; k++) out[k] += first;
  };
}

/** How a text column writes its integers; `undefined` for other columns. */
function textWriter(
  table: TableSpec,
  column: ColumnSpec,
): ((n: number) => string) | undefined {
  const d = column.distribution;
  if (d.kind === "categorical") return (n) => d.words[n];
  if (d.kind === "key" && table.keyForm.as === "id") {
    const { prefix, digits } = table.keyForm;
    return (n) => prefix + String(n).padStart(digits, "0");
  }
  return undefined;
}
