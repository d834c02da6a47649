import type { Value } from "../../../lib/datasets/batch.ts";
import { ColumnBuilder } from "../../../lib/datasets/column_builder.ts";
import type { ColumnType, TableSchema } from "../../../lib/datasets/schema.ts";
import type { TableSource } from "../../../lib/formats/source.ts";

/** Tables given by their rows, as a source. */
export interface TableRows {
  readonly columns: Readonly<Record<string, ColumnType>>;
  readonly rows: readonly (readonly Value[])[];
  readonly key?: readonly string[];
}

/** A source of tables that a test writes down; batches of `batchRows` rows. */
export function memorySource(
  tables: Readonly<Record<string, TableRows>>,
  batchRows = 3,
): TableSource {
  const schemas = Object.entries(tables).map(([name, t]): TableSchema => ({
    name,
    entity: name,
    columns: Object.entries(t.columns).map(([name, type]) => ({
      name,
      type,
      nullable: true,
    })),
    key: t.key ?? [],
    keyForm: { as: "listed" },
    rows: t.rows.length,
  }));
  return {
    name: "a test's rows",
    tables: schemas,
    notes: [],
    async *read(name) {
      const table = schemas.find((t) => t.name === name)!;
      const { rows } = tables[name];
      for (let from = 0; from < rows.length; from += batchRows) {
        const some = rows.slice(from, from + batchRows);
        const columns = table.columns.map(({ type }, c) => {
          const builder = new ColumnBuilder(type);
          for (const row of some) builder.add(row[c]);
          return builder.finish();
        });
        await Promise.resolve();
        yield { table, from, rows: some.length, columns };
      }
    },
    close: () => Promise.resolve(),
  };
}
