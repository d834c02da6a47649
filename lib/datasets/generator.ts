import { ServemarkError } from "../core/errors.ts";
import { unknownName } from "../core/names.ts";
import {
  type Batch,
  type TextSource,
  type Value,
  valueAt,
  type Vector,
} from "./batch.ts";
import { canonicalRow } from "./canonical.ts";
import { columnDraws } from "./column_draw.ts";
import { nullDraw } from "./draw.ts";
import { drawName, idleName } from "./draw_name.ts";
import type { ColumnSpec, DatasetSpec, TableSpec } from "./spec.ts";
import { LazyTexts } from "./lazy_texts.ts";
import { type DrawRows, withUpdates } from "./updated_rows.ts";

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
  const rowsOf = found.updates?.length
    ? withUpdates(spec, found, (variant) => drawnRows(spec, variant))
    : drawnRows(spec, found);

  function batch(from: number, count: number): Batch {
    if (!(from >= 0 && count >= 0 && from + count <= found!.rows)) {
      throw new ServemarkError(
        `Cannot generate rows ${from} to ${from + count - 1} of "${table}"`,
        { cause: `the table has ${found!.rows} rows, numbered from 0` },
      );
    }
    const columns = rowsOf(from, count);
    return { table: found!, from, rows: count, columns };
  }
  return {
    table: found,
    batch,
    row: (i) => batch(i, 1).columns.map((vector) => valueAt(vector, 0)),
    canonicalText: (i) => canonicalRow(batch(i, 1), 0),
  };
}

/** Draws a table's rows, those of its updates left aside. */
function drawnRows(spec: DatasetSpec, table: TableSpec): DrawRows {
  const draws = columnDraws(spec, table);
  const finish = table.columns.map((column) => finisher(spec, table, column));
  const drawIdle = table.idle
    ? nullDraw(idleName(spec, table), table.idle)
    : undefined;
  return (from, count) => {
    const idle = drawIdle ? new Uint8Array(count) : null;
    if (idle) drawIdle!(from, count, idle);
    const numbers: Float64Array[] = [];
    return draws.map((draw, c) => {
      const out = new Float64Array(count);
      draw(from, count, out, numbers);
      numbers.push(out);
      return finish[c](from, out, idle);
    });
  };
}

/** Turns a column's integers into its values; `idle` marks idle rows by 1. */
type Finisher = (
  from: number,
  numbers: Float64Array,
  idle: Uint8Array | null,
) => Vector;

function finisher(
  spec: DatasetSpec,
  table: TableSpec,
  column: ColumnSpec,
): Finisher {
  const name = drawName(spec, table, column);
  const drawNulls = column.nulls > 0 ? nullDraw(name, column.nulls) : undefined;
  const texts = textsOf(table, column);
  return (from, numbers, idle) => {
    const nulls = column.nullable ? new Uint8Array(numbers.length) : null;
    if (nulls && drawNulls) drawNulls(from, numbers.length, nulls);
    if (idle && column.idle) applyIdle(column.idle, idle, numbers, nulls);
    return texts
      ? new LazyTexts({ ...texts, numbers }, nulls)
      : { values: numbers, nulls };
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

/** How a text column writes its integers; `undefined` for other columns. */
function textsOf(
  table: TableSpec,
  { distribution: d }: ColumnSpec,
): WithoutNumbers<TextSource> | undefined {
  if (d.kind === "categorical") return { kind: "words", words: d.words };
  const form = d.kind === "key"
    ? table.keyForm
    : d.kind === "foreign_key"
    ? d.keyForm
    : undefined;
  if (form?.as !== "id") return undefined;
  return { kind: "ids", prefix: form.prefix, digits: form.digits };
}

type WithoutNumbers<T> = T extends unknown ? Omit<T, "numbers"> : never;
