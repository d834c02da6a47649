import { unknownName } from "../core/names.ts";
import type { TableSchema } from "../datasets/schema.ts";
import type { TableSource } from "./source.ts";

/** Some of a source's tables, in its order; an unknown name lists the known. */
export function chosenTables(
  source: TableSource,
  names?: readonly string[],
): readonly TableSchema[] {
  if (names === undefined) return source.tables;
  const known = source.tables.map((table) => table.name);
  for (const name of names) {
    if (!known.includes(name)) {
      throw unknownName("table", name, known, source.name);
    }
  }
  return source.tables.filter((table) => names.includes(table.name));
}
