import type { ArchiveEntry } from "../../../formats/pg_dump/archive_parts.ts";

/** Objects that are dropped on their own; the others go with them, or stay. */
const DROPPED = [
  "AGGREGATE",
  "DOMAIN",
  "FOREIGN TABLE",
  "FUNCTION",
  "MATERIALIZED VIEW",
  "PROCEDURE",
  "SEQUENCE",
  "TABLE",
  "TYPE",
  "VIEW",
];

/** The statements that drop an archive's objects where they are there, the last made first. */
export function dropStatements(entries: readonly ArchiveEntry[]): string[] {
  const dropped = entries.filter(({ desc, dropStmt }) =>
    DROPPED.includes(desc) && dropStmt !== ""
  );
  // What belongs to a table alone, such as its keys, goes with it; foreign
  // keys of one dropped table to another must not keep either.
  return dropped.toReversed().map(({ desc, dropStmt }) => {
    const head = `DROP ${desc} `;
    const name = dropStmt.trim().replace(/;$/, "").slice(head.length);
    const cascade = desc === "TABLE" ? " CASCADE" : "";
    return `${head}IF EXISTS ${name}${cascade}`;
  });
}
