import { updateName } from "../draw_name.ts";
import type { DatasetSpec, TableSpec } from "../spec.ts";
import { isFixed } from "../updated_rows.ts";
import { compare, type Condition, when, wide } from "./expression.ts";
import { bindHash, plainText, thresholdOf } from "./hash_layers.ts";
import type { Layers } from "./layers.ts";
import type { Cell } from "./table_rows.ts";

/**
 * A table's cells with its updates: where a row's hash chooses an update, those
 * that the table has under the update's seed, but for keys and sequences.
 *
 * @param drawn makes the cells of a variant of the table, their names prefixed
 */
export function withUpdates(
  spec: DatasetSpec,
  table: TableSpec,
  layers: Layers,
  drawn: (variant: TableSpec, prefix: string) => Cell[],
): Cell[] {
  const { updates = [], ...plain } = table;
  let cells = drawn(plain, "");
  updates.forEach((update, k) => {
    const prefix = `u${k + 1}_`;
    const others = drawn({ ...plain, seed: update.seed }, prefix);
    const text = `${updateName(spec, table, update)}/null`;
    const hash = bindHash(layers, `${prefix}chosen`, text);
    const threshold = thresholdOf(update.share);
    const chosen = compare(hash, "<", threshold);
    const stays = compare(hash, ">=", threshold);
    cells = cells.map((cell, c) => {
      if (isFixed(table, cell.column)) return cell;
      const other = others[c];
      const integer = layers.bind(
        `${prefix}c${c + 1}_u`,
        wide(when(chosen, other.integer, cell.integer)),
        `${plainText(cell.column.name)}: value, updated`,
      );
      const isNull = either(
        both(chosen, other.isNull),
        both(stays, cell.isNull),
      );
      return { ...cell, integer, isNull };
    });
  });
  return cells;
}

function both(
  rows: Condition,
  isNull: Condition | undefined,
): Condition | undefined {
  return isNull && { kind: "both", of: [rows, isNull] };
}

function either(
  a: Condition | undefined,
  b: Condition | undefined,
): Condition | undefined {
  return a && b ? { kind: "either", of: [a, b] } : a ?? b;
}
