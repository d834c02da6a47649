import type { ArchiveEntry } from "../../../formats/pg_dump/archive_parts.ts";

/** Kinds of objects, those first that may depend on the later ones. */
const DROPPED = [
  "FK CONSTRAINT",
  "VIEW",
  "MATERIALIZED VIEW",
  "FOREIGN TABLE",
  "TABLE",
  "SEQUENCE",
  "AGGREGATE",
  "PROCEDURE",
  "FUNCTION",
  "DOMAIN",
  "TYPE",
];

/**
 * The statements that drop an archive's objects where they are there, and
 * nothing else: what is not the archive's and depends on them makes the server
 * refuse. Keys, indexes and triggers go with their tables.
 */
export function dropStatements(entries: readonly ArchiveEntry[]): string[] {
  const drops = DROPPED.flatMap((kind) =>
    entries.filter(({ desc, dropStmt }) => desc === kind && dropStmt !== "")
      .toReversed()
      .map(({ dropStmt }) => ifThere(kind, dropStmt.trim().replace(/;$/, "")))
  );
  const objects = largeObjectIds(entries);
  return objects.length === 0 ? drops : [
    ...drops,
    `SELECT pg_catalog.lo_unlink(oid) FROM pg_catalog.pg_largeobject_metadata WHERE oid IN (${
      objects.join(", ")
    })`,
  ];
}

function ifThere(kind: string, drop: string): string {
  return kind === "FK CONSTRAINT"
    ? drop.replace(/^ALTER TABLE /, "ALTER TABLE IF EXISTS ")
      .replace(/ DROP CONSTRAINT /, " DROP CONSTRAINT IF EXISTS ")
    : `DROP ${kind} IF EXISTS ${drop.slice(`DROP ${kind} `.length)}`;
}

/** Until 1.15 each has an entry; later an entry has a list. */
function largeObjectIds(entries: readonly ArchiveEntry[]): number[] {
  return entries.flatMap(({ desc, tag, defn }) =>
    desc === "BLOB"
      ? [Number(tag)]
      : desc === "BLOB METADATA"
      ? defn.split("\n").filter((line) => line.trim() !== "").map(Number)
      : []
  ).filter((id) => Number.isSafeInteger(id) && id > 0);
}
