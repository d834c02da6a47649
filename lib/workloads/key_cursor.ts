import { requestTable } from "../datasets/requests.ts";
import type { DatasetSpec, TableSpec } from "../datasets/spec.ts";
import type { Cursor } from "./workload.ts";

/**
 * Requests drawn at a time: drawing several costs half as much each as drawing
 * one, and few enough that no operation is held up by microseconds.
 */
const BLOCK = 16;

/**
 * Makes cursors that read one row of each table, by the key that the request
 * gives to its entity. Only the entities of these tables are drawn.
 */
export function keyCursors(
  dataset: DatasetSpec,
  tables: readonly TableSpec[],
): () => Cursor {
  const requests = requestTable(dataset);
  const entities = [...new Set(tables.map((table) => table.entity))];
  const numbers = entities.map((name) => {
    const number = requests.entities.indexOf(name);
    if (number < 0) throw new TypeError(`No entity is named "${name}"`);
    return number;
  });
  const offsets = Int32Array.from(
    tables,
    (table) => BLOCK * entities.indexOf(table.entity),
  );
  return () => {
    const keys = new Float64Array(BLOCK * entities.length);
    let from = -BLOCK;
    return {
      fill(i, rows) {
        let at = i - from;
        if (at < 0 || at >= BLOCK) {
          for (let e = 0; e < numbers.length; e++) {
            requests.block(numbers[e], i, BLOCK, keys, BLOCK * e);
          }
          from = i;
          at = 0;
        }
        for (let k = 0; k < offsets.length; k++) {
          rows[k] = keys[offsets[k] + at];
        }
        return 0;
      },
    };
  };
}
