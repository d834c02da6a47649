import { ServemarkError } from "../core/errors.ts";
import type { Vector } from "./batch.ts";
import { nullDraw } from "./draw.ts";
import { updateName } from "./draw_name.ts";
import { LazyTexts } from "./lazy_texts.ts";
import type { ColumnSpec, DatasetSpec, TableSpec } from "./spec.ts";

/** Draws rows from, from + 1, … as columns. */
export type DrawRows = (from: number, count: number) => Vector[];

/**
 * Draws a table's rows with its updates: an updated row is the row that the
 * table would have under the update's seed, but for its keys and sequences.
 *
 * @param drawn draws a variant of the table without updates
 */
export function withUpdates(
  spec: DatasetSpec,
  table: TableSpec,
  drawn: (variant: TableSpec) => DrawRows,
): DrawRows {
  const { updates = [], ...plain } = table;
  const base = drawn(plain);
  const layers = updates.map((update) => ({
    chosen: nullDraw(updateName(spec, table, update), update.share),
    rows: drawn({ ...plain, seed: update.seed }),
  }));
  const fixed = table.columns.map((column) => isFixed(table, column));
  return (from, count) => {
    let columns = base(from, count);
    for (const { chosen, rows } of layers) {
      const mask = new Uint8Array(count);
      chosen(from, count, mask);
      if (!mask.includes(1)) continue;
      const other = rows(from, count);
      columns = columns.map((vector, c) =>
        fixed[c] ? vector : mixed(vector, other[c], mask)
      );
    }
    return columns;
  };
}

/** Whether updates leave a column's values alone. */
export function isFixed(table: TableSpec, column: ColumnSpec): boolean {
  const { kind } = column.distribution;
  return table.key.includes(column.name) || kind === "key" ||
    kind === "event_time" || kind === "sequential";
}

/** The second vector's values where the mask is 1, the first's elsewhere. */
function mixed(first: Vector, second: Vector, mask: Uint8Array): Vector {
  const nulls = first.nulls?.slice() ?? null;
  if (nulls && second.nulls) pick(nulls, second.nulls, mask);
  const texts = [first.texts, second.texts];
  if (texts[0] && texts[1]) {
    const numbers = texts[0].numbers.slice();
    pick(numbers, texts[1].numbers, mask);
    return new LazyTexts({ ...texts[0], numbers }, nulls);
  }
  if (
    !(first.values instanceof Float64Array) ||
    !(second.values instanceof Float64Array)
  ) throw new ServemarkError("Cannot update values that are not drawn");
  const values = first.values.slice();
  pick(values, second.values, mask);
  return { values, nulls };
}

function pick<T extends Float64Array | Uint8Array>(
  into: T,
  from: T,
  mask: Uint8Array,
): void {
  for (let k = 0; k < mask.length; k++) if (mask[k] === 1) into[k] = from[k];
}
