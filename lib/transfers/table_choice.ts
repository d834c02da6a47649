import { ServemarkError } from "../core/errors.ts";
import { unknownName } from "../core/names.ts";

/** The first n tables, or some by name. */
export type TableChoice = number | readonly string[];

/** Tables by choice, in their own order; names that are not there are an error listing those that are. */
export function chosenTables<T extends { readonly name: string }>(
  tables: readonly T[],
  choice: TableChoice | undefined,
): readonly T[] {
  if (choice === undefined) return tables;
  if (typeof choice === "number") {
    if (Number.isSafeInteger(choice) && choice >= 1) {
      return tables.slice(0, choice);
    }
    throw new ServemarkError(`Cannot choose ${choice} tables`, {
      remedy: "Give a whole number from 1, or the tables' names",
      exitCode: 2,
    });
  }
  const known = tables.map((table) => table.name);
  for (const name of choice) {
    if (!known.includes(name)) throw unknownName("table", name, known);
  }
  return tables.filter((table) => choice.includes(table.name));
}
