import { ServemarkError } from "../../core/errors.ts";
import { unknownName } from "../../core/names.ts";
import type { ColumnSpec, DatasetSpec, TableSpec } from "../spec.ts";

/** A dataset's table, whose rows are generated. */
export function generatedTable(spec: DatasetSpec, name: string): TableSpec {
  const found = tableOf(spec, name);
  if (found.stored === undefined) return found;
  throw new ServemarkError(`Cannot change table ${name}`, {
    cause: "its rows were loaded, not generated",
    remedy: "Change the source, and load it as another version",
    exitCode: 2,
  });
}

/** A dataset's table. */
export function tableOf(spec: DatasetSpec, name: string): TableSpec {
  const found = spec.tables.find((table) => table.name === name);
  if (found) return found;
  throw unknownName("table", name, spec.tables.map((table) => table.name));
}

/** A table's column. */
export function columnOf(table: TableSpec, name: string): ColumnSpec {
  const found = table.columns.find((column) => column.name === name);
  if (found) return found;
  const known = table.columns.map((column) => column.name);
  throw unknownName("column", name, known, `table ${table.name}`);
}

/** The dataset with a table in its earlier form's place. */
export function withTable(spec: DatasetSpec, changed: TableSpec): DatasetSpec {
  const tables = spec.tables.map((table) =>
    table.name === changed.name ? changed : table
  );
  return { ...spec, tables };
}

/** The table with columns changed. */
export function mapColumns(
  table: TableSpec,
  change: (column: ColumnSpec) => ColumnSpec,
): TableSpec {
  return { ...table, columns: table.columns.map(change) };
}

/** A refusal, with its reason. */
export function refuse(
  what: string,
  cause: string,
  remedy?: string,
): ServemarkError {
  return new ServemarkError(what, { cause, remedy, exitCode: 2 });
}

/** Names of the columns that a column's values depend on. */
export function dependsOn(column: ColumnSpec): string[] {
  const d = column.distribution;
  const names = column.correlated ? [column.correlated.with] : [];
  if (d.kind === "product") names.push(...d.of);
  if (d.kind === "fraction") {
    names.push(d.of);
    if (typeof d.least === "string") names.push(d.least);
  }
  return names;
}
