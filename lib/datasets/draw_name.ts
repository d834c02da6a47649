import type { ColumnSpec, DatasetSpec, RowUpdate, TableSpec } from "./spec.ts";

/** The text that a column's hashes are keyed by. */
export function drawName(
  spec: DatasetSpec,
  table: TableSpec,
  column: ColumnSpec,
): string {
  return `${tableDrawName(spec, table)}/${column.drawnAs ?? column.name}`;
}

/** The text that a table's idle rows are keyed by: no column's, whose NULLs would be idle rows then. */
export function idleName(spec: DatasetSpec, table: TableSpec): string {
  return `${tableDrawName(spec, table)}//idle`;
}

/** The text that the choice of an update's rows is keyed by. */
export function updateName(
  spec: DatasetSpec,
  table: TableSpec,
  update: RowUpdate,
): string {
  return `${tableDrawName(spec, table)}//update/${update.seed}`;
}

function tableDrawName(spec: DatasetSpec, table: TableSpec): string {
  return `${table.seed ?? spec.seed}/${table.name}`;
}
