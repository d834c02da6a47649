import { ServemarkError } from "../../core/errors.ts";
import { freeze } from "../../core/frozen.ts";
import type { DatasetSpec, EntitySpec } from "../spec.ts";
import { fitTable, MAX_ROWS, widenedForm } from "./fit.ts";

/**
 * A dataset with more (or fewer) rows, as another version: every entity has
 * `factor` times its keys, the same ones first. Rows of the smaller dataset
 * are the first of the larger one, but for tables whose values depend on the
 * number of keys or rows: events, foreign keys, and ids that need more digits.
 *
 * @throws {ServemarkError} for a factor out of range, and for data that was
 * loaded, not generated
 */
export function scaleSpec(
  spec: DatasetSpec,
  version: string,
  factor: number,
): DatasetSpec {
  const what = `Cannot scale ${spec.name}_v${spec.version} by ${factor}`;
  if (!(factor > 0 && factor <= 1e9)) {
    throw new ServemarkError(what, {
      remedy: "Give a factor above 0, such as 2 or 0.1",
      exitCode: 2,
    });
  }
  const stored = spec.tables.find((table) => table.stored !== undefined);
  if (stored) {
    throw new ServemarkError(what, {
      cause: `the rows of table ${stored.name} were loaded, not generated`,
      exitCode: 2,
    });
  }
  const times = (n: number) => {
    const scaled = Math.max(1, Math.round(n * factor));
    if (scaled <= MAX_ROWS) return scaled;
    throw new ServemarkError(what, {
      cause: "a table would have more than 2^40 rows",
      exitCode: 2,
    });
  };
  const entities = spec.entities.map((entity): EntitySpec => {
    const keys = times(entity.keys);
    return { ...entity, keys, keyForm: widenedForm(entity.keyForm, keys) };
  });
  const keysOf = (name: string) =>
    entities.find((entity) => entity.name === name)?.keys;
  return freeze({
    ...spec,
    version,
    entities,
    tables: spec.tables.map((table) => {
      const rows = table.events ? undefined : keysOf(table.entity);
      return fitTable(table, entities, rows ?? times(table.rows));
    }),
  });
}
