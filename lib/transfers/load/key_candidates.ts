import type { ColumnSchema, TableSchema } from "../../datasets/schema.ts";

/** Single columns that are tried. */
const MOST = 4;

/**
 * The likely keys of a table, the likeliest first: single columns by their
 * names and types, then an id together with a time, as events have it.
 */
export function keyCandidates(
  { name, columns }: TableSchema,
): (readonly string[])[] {
  const keys = columns.filter(isKeyable);
  const order = (column: ColumnSchema) =>
    10 * likeness(name, column.name) - keys.indexOf(column) / keys.length;
  const singles = keys.toSorted((a, b) => order(b) - order(a)).slice(0, MOST);
  const time = columns.find((c) =>
    c.type.kind === "timestamp" || c.type.kind === "date"
  );
  const pairs = time && singles.length > 0
    ? singles.filter((c) => likeness(name, c.name) > 0).slice(0, 2)
      .map((c) => [c.name, time.name])
    : [];
  return [...singles.map((c) => [c.name]), ...pairs];
}

/** Whether a type's values can be asked for by every platform. */
export function isKeyable({ type }: ColumnSchema): boolean {
  return type.kind === "integer" || type.kind === "bigint" ||
    type.kind === "text";
}

/** How much a column's name sounds like its table's key: 0 to 4. */
function likeness(table: string, column: string): number {
  const plain = (text: string) => text.toLowerCase().replace(/[^a-z0-9]/g, "");
  const own = plain(table).replace(/s$/, "");
  const name = plain(column);
  if (name === "id" || name === "key") return 4;
  if (name === `${own}id` || name === `${own}key`) return 4;
  if (/(id|key|uuid|guid)$/.test(name)) return 3;
  return /^(id|key)|code$|number$|no$/.test(name) ? 1 : 0;
}
