import type { ArchiveEntry } from "./archive_parts.ts";
import { full } from "./table_index.ts";

/** Entries that say nothing of the data. */
const SETTINGS = new Set([
  "ENCODING",
  "STDSTRINGS",
  "SEARCHPATH",
  "SCHEMA",
  "DATABASE",
  // Of partitions, which are read.
  "INDEX ATTACH",
]);
/** What is made anew with the tables of one of our own datasets. */
const OWN = new Set(["INDEX", "FK CONSTRAINT"]);

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
    `${kind}: not read: ${listed(names)}`
  );
}

const LISTED = 10;

/** Names for people: the first ten. */
export function listed(names: readonly string[]): string {
  const more = names.length > LISTED
    ? ` and ${names.length - LISTED} more`
    : "";
  return names.slice(0, LISTED).join(", ") + more;
}
