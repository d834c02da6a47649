import type { TableSchema } from "./schema.ts";

/** A schema alone, of whatever more a table's spec says. */
export function plainSchema(table: TableSchema): TableSchema {
  const { name, entity, columns, key, keyForm, rows } = table;
  return {
    name,
    entity,
    columns: columns.map(({ name, type, nullable }) => ({
      name,
      type,
      nullable,
    })),
    key,
    keyForm,
    rows,
  };
}
