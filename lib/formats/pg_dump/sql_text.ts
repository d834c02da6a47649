/**
 * Names and texts in SQL.
 *
 * @module
 */

/** A name as pg_dump writes it: quoted unless it needs no quotes. */
export function sqlName(name: string): string {
  // pg_dump leaves more names unquoted, those that are no keywords; quotes do
  // no harm.
  return `"${name.replaceAll('"', '""')}"`;
}

/** A table's full name. */
export function sqlTable(schema: string, table: string): string {
  return `${sqlName(schema)}.${sqlName(table)}`;
}

/** A text under standard_conforming_strings. */
export function sqlLiteral(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

const MOST_BYTES = 63;

/** A name with a suffix, cut to the 63 bytes that PostgreSQL's names have. */
export function nameWith(name: string, suffix: string): string {
  const encoder = new TextEncoder();
  let cut = name;
  while (encoder.encode(cut + suffix).length > MOST_BYTES) {
    cut = Array.from(cut).slice(0, -1).join("");
  }
  return cut + suffix;
}
