import type { ArchiveEntry } from "./archive_parts.ts";
import { full } from "./table_schemas.ts";

/** Entries that say nothing of the data. */
const SETTINGS = new Set([
  "ENCODING",
  "STDSTRINGS",
  "SEARCHPATH",
  "SCHEMA",
  "DATABASE",
]);
/** What is made anew with the tables of one of our own datasets. */
const OWN = new Set(["INDEX", "FK CONSTRAINT"]);
const NAMES = 10;

/**
 * A line for each kind of object that is in an archive, and not in its tables:
 * `VIEW: not read: public.totals, public.daily`.
 */
export function notesOf(
  entries: readonly ArchiveEntry[],
  used: ReadonlySet<ArchiveEntry>,
  identity: ArchiveEntry | undefined,
): string[] {
  const kinds = new Map<string, string[]>();
  for (const entry of entries) {
    if (
      used.has(entry) || entry === identity || SETTINGS.has(entry.desc) ||
      identity && OWN.has(entry.desc)
    ) continue;
    const names = kinds.get(entry.desc) ?? [];
    names.push(full(entry));
    kinds.set(entry.desc, names);
  }
  return [...kinds].map(([kind, names]) =>
    `${kind}: not read: ${names.slice(0, NAMES).join(", ")}${
      names.length > NAMES ? ` and ${names.length - NAMES} more` : ""
    }`
  );
}
