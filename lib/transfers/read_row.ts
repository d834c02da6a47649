import type { Catalog } from "../catalog/catalog.ts";
import { readParts } from "../catalog/read_table.ts";
import { ServemarkError } from "../core/errors.ts";
import { unknownName } from "../core/names.ts";
import { valueAt } from "../datasets/batch.ts";
import { specDigest } from "../datasets/digest.ts";
import { tableGenerator } from "../datasets/generator.ts";
import type { DatasetSpec } from "../datasets/spec.ts";
import { logicalRow, type LogicalValue } from "./logical_row.ts";

/**
 * One row of a dataset by column name: generated alone, or, where the rows were
 * loaded, read from the catalog's part that holds it.
 *
 * @throws {ServemarkError} for unknown tables and rows beyond the end
 */
export async function readRow(
  catalog: Catalog,
  spec: DatasetSpec,
  name: string,
  row: number,
): Promise<Record<string, LogicalValue>> {
  const table = spec.tables.find((t) => t.name === name);
  if (!table) throw unknownName("table", name, spec.tables.map((t) => t.name));
  if (table.stored === undefined) {
    return logicalRow(table, tableGenerator(spec, name).row(row));
  }
  const digest = specDigest(spec);
  const manifest = await catalog.manifest({ ...spec, digest });
  const part = manifest?.parts[name]
    .find(({ from, rows }) => row >= from && row < from + rows);
  if (part) {
    for await (const batch of readParts(catalog, table, [part])) {
      const at = row - batch.from;
      if (at >= batch.rows) continue;
      return logicalRow(table, batch.columns.map((v) => valueAt(v, at)));
    }
  }
  throw new ServemarkError(`Cannot show row ${row} of table ${name}`, {
    cause: manifest
      ? `the table has ${table.rows} rows, numbered from 0`
      : "its rows are not in this catalog",
    place: catalog.uri,
    exitCode: 2,
  });
}
