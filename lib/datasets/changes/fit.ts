import { ServemarkError } from "../../core/errors.ts";
import { integerBounds } from "../column_type.ts";
import { cycleGap, cycleOf } from "../cycle.ts";
import type { KeyForm } from "../schema.ts";
import type { ColumnSpec, EntitySpec, TableSpec } from "../spec.ts";

/** Row numbers are hashed up to here. */
export const MAX_ROWS = 2 ** 40;

/** A column whose foreign key knows its entity's keys. */
export function fitColumn(
  column: ColumnSpec,
  entities: readonly EntitySpec[],
): ColumnSpec {
  const d = column.distribution;
  if (d.kind !== "foreign_key") return column;
  const entity = entities.find(({ name }) => name === d.entity);
  if (!entity) return column;
  const { keys, keyForm } = entity;
  return { ...column, distribution: { ...d, keys, keyForm } };
}

/**
 * A table as it is with other numbers of keys.
 *
 * @throws {ServemarkError} where a column's law has fewer values than rows
 */
export function fitTable(
  table: TableSpec,
  entities: readonly EntitySpec[],
  rows: number,
): TableSpec {
  const entity = entities.find(({ name }) => name === table.entity);
  const fitted = {
    ...table,
    keyForm: entity?.keyForm ?? table.keyForm,
    rows,
    columns: table.columns.map((column) => fitColumn(column, entities)),
  };
  for (const column of fitted.columns) {
    const most = mostRows(column);
    if (rows <= most) continue;
    throw new ServemarkError(`Cannot give table ${table.name} ${rows} rows`, {
      cause: `its column ${column.name} (${column.distribution.kind}) has ` +
        `values for ${most} rows`,
      remedy: "Ask for fewer rows, or drop this table first",
      exitCode: 2,
    });
  }
  return fitted;
}

/** Rows that a column's law has values for. */
function mostRows({ distribution: d, type }: ColumnSpec): number {
  if (d.kind === "event_time") {
    const gap = d.cycle ? cycleGap(cycleOf(d.cycle)) : 1;
    return Math.min(MAX_ROWS, Math.floor((d.to - d.from) / gap));
  }
  if (d.kind !== "sequential" || d.step === 0) return MAX_ROWS;
  const [low, high] = integerBounds(type);
  const room = d.step > 0 ? high - d.start : d.start - low;
  return Math.min(MAX_ROWS, 1 + Math.floor(room / Math.abs(d.step)));
}

/** Ids get more digits where more keys need them, so that all have one length. */
export function widenedForm(form: KeyForm, keys: number): KeyForm {
  if (form.as !== "id") return form;
  const needed = String(Math.max(0, keys - 1)).length;
  return { ...form, digits: Math.max(form.digits, needed) };
}
