import { unknownName } from "../../../core/names.ts";
import type { ArchiveEntry } from "../../../formats/pg_dump/archive_parts.ts";

/** Which of an archive's entries are wanted. */
export interface PlanOptions {
  /** Tables by name, or `schema.name`: with what they need and what hangs on them alone. @default all */
  readonly tables?: readonly string[];
  /** Only what lies in this schema. */
  readonly schema?: string;
  /** Privileges too. @default false */
  readonly acl?: boolean;
}

/** What is to be done, in which order. */
export interface RestorePlan {
  /** One after the other. */
  readonly before: readonly ArchiveEntry[];
  /** Data, keys, indexes, constraints: each once all that it waits for is done. */
  readonly main: readonly RestoreStep[];
  /** One after the other, at the end. */
  readonly after: readonly ArchiveEntry[];
  /** What is left out, and why. */
  readonly notes: readonly string[];
}

/** One entry among those that run at the same time. */
export interface RestoreStep {
  readonly entry: ArchiveEntry;
  /** Dump ids of steps that come first. */
  readonly waitsFor: readonly number[];
  /** Tables by dump id that nobody else may change meanwhile. */
  readonly locks: readonly number[];
  /** Tables that others may read and index meanwhile. */
  readonly shares: readonly number[];
  /** Stored bytes, where the archive tells: the largest go first. */
  readonly size: number;
}

/** What every session sets for itself. */
const SETTINGS = ["ENCODING", "STDSTRINGS", "SEARCHPATH"];
/** What concerns the whole database, not its content. */
const ELSEWHERE = ["DATABASE", "DATABASE PROPERTIES"];
const PRIVILEGES = ["ACL", "DEFAULT ACL"];
/** What fires on, or reads, everything that was restored before. */
const LAST = ["EVENT TRIGGER", "MATERIALIZED VIEW DATA", ...PRIVILEGES];

/** Decides what of an archive is restored, and in which order. */
export function restorePlan(
  entries: readonly ArchiveEntry[],
  options: PlanOptions = {},
): RestorePlan {
  const notes: string[] = [];
  let chosen: readonly ArchiveEntry[] = entries.filter(({ desc }) =>
    !SETTINGS.includes(desc) && !ELSEWHERE.includes(desc)
  );
  const privileges = chosen.filter(({ desc }) => PRIVILEGES.includes(desc));
  if (privileges.length > 0 && !options.acl) {
    chosen = chosen.filter(({ desc }) => !PRIVILEGES.includes(desc));
    notes.push(
      `${privileges.length} grants of privileges are left out (--acl takes them)`,
    );
  }
  if (options.schema !== undefined) chosen = inSchema(chosen, options.schema);
  if (options.tables !== undefined) chosen = ofTables(chosen, options.tables);
  const last = (entry: ArchiveEntry) => LAST.includes(entry.desc);
  // From pg_dump 17 on, making large objects counts as data; filling them cannot
  // come before it.
  const main = (entry: ArchiveEntry) =>
    !last(entry) && entry.desc !== "BLOB METADATA" &&
    (entry.section === "data" || entry.section === "post-data");
  return {
    before: chosen.filter((entry) => !last(entry) && !main(entry)),
    main: steps(chosen.filter(main), entries),
    after: chosen.filter(last),
    notes,
  };
}

function inSchema(
  entries: readonly ArchiveEntry[],
  schema: string,
): readonly ArchiveEntry[] {
  const known = new Set(entries.flatMap(({ namespace }) => namespace ?? []));
  if (!known.has(schema)) throw unknownName("schema", schema, [...known]);
  return entries.filter(({ namespace, desc, tag }) =>
    namespace === schema || desc === "EXTENSION" ||
    desc === "SCHEMA" && tag === schema
  );
}

/** Tables, all that they need, and all that needs nothing but them. */
function ofTables(
  entries: readonly ArchiveEntry[],
  names: readonly string[],
): readonly ArchiveEntry[] {
  const tables = entries.filter(({ desc }) => desc === "TABLE");
  const byId = new Map(entries.map((entry) => [entry.dumpId, entry]));
  const wanted = new Set<number>();
  const need = (entry: ArchiveEntry | undefined) => {
    if (!entry || wanted.has(entry.dumpId)) return;
    wanted.add(entry.dumpId);
    for (const id of entry.dependencies) need(byId.get(id));
  };
  for (const name of names) {
    const found = tables.filter(({ namespace, tag }) =>
      tag === name || `${namespace}.${tag}` === name
    );
    if (found.length === 0) {
      throw unknownName("table", name, tables.map(({ tag }) => tag));
    }
    found.forEach(need);
  }
  // Sequences, keys and data follow their table; what also hangs on a table
  // that is not wanted, a foreign key to it, cannot be made.
  for (let before = -1; before !== wanted.size;) {
    before = wanted.size;
    for (const entry of entries) {
      if (wanted.has(entry.dumpId) || !FOLLOWERS.has(entry.desc)) continue;
      const on = entry.dependencies.filter((id) => byId.has(id));
      if (on.length > 0 && on.every((id) => wanted.has(id))) {
        wanted.add(entry.dumpId);
      }
    }
  }
  return entries.filter(({ dumpId }) => wanted.has(dumpId));
}

/** What comes with a table that is asked for by name. */
const FOLLOWERS = new Set([
  "CHECK CONSTRAINT",
  "COMMENT",
  "CONSTRAINT",
  "DEFAULT",
  "FK CONSTRAINT",
  "INDEX",
  "INDEX ATTACH",
  "POLICY",
  "ROW SECURITY",
  "RULE",
  "SEQUENCE",
  "SEQUENCE OWNED BY",
  "SEQUENCE SET",
  "STATISTICS",
  "TABLE ATTACH",
  "TABLE DATA",
  "TRIGGER",
]);

function steps(
  main: readonly ArchiveEntry[],
  all: readonly ArchiveEntry[],
): RestoreStep[] {
  const byId = new Map(all.map((entry) => [entry.dumpId, entry]));
  const chosen = new Set(main.map(({ dumpId }) => dumpId));
  // What hangs on a table waits for the table's data.
  const dataOf = new Map<number, number>();
  for (const { desc, dumpId, dependencies } of main) {
    if (desc !== "TABLE DATA") continue;
    for (const id of dependencies) {
      if (byId.get(id)?.desc === "TABLE") dataOf.set(id, dumpId);
    }
  }
  const sizes = storedSizes(all);
  return main.map((entry) => {
    const { desc, dependencies, dumpId } = entry;
    const tables = tablesOf(entry, byId);
    const isData = entry.section === "data";
    const waitsFor = isData ? [] : [
      ...dependencies.filter((id) => chosen.has(id)),
      ...tables.flatMap((id) => dataOf.get(id) ?? []),
    ];
    return {
      entry,
      waitsFor: [...new Set(waitsFor)],
      locks: desc === "INDEX" || isData ? [] : tables,
      shares: desc === "INDEX" ? tables : [],
      size: sizes.get(dumpId) ??
        tables.reduce(
          (sum, id) => sum + (sizes.get(dataOf.get(id) ?? -1) ?? 0),
          0,
        ),
    };
  });
}

/** The tables that an entry changes, those of the keys that it refers to among them. */
function tablesOf(
  entry: ArchiveEntry,
  byId: ReadonlyMap<number, ArchiveEntry>,
): number[] {
  const found = new Set<number>();
  for (const id of entry.dependencies) {
    const on = byId.get(id);
    if (on?.desc === "TABLE") found.add(id);
    else if (on?.desc === "CONSTRAINT" || on?.desc === "INDEX") {
      for (const own of on.dependencies) {
        if (byId.get(own)?.desc === "TABLE") found.add(own);
      }
    }
  }
  return [...found];
}

/** Bytes from each data block to the next. */
function storedSizes(entries: readonly ArchiveEntry[]): Map<number, number> {
  const placed = entries.filter(({ dataState }) => dataState === "set")
    .toSorted((a, b) => a.offset - b.offset);
  return new Map(placed.map(({ dumpId, offset }, k) => [
    dumpId,
    // Of the last block only the beginning is known: it counts as large.
    (placed[k + 1]?.offset ?? Infinity) - offset,
  ]));
}
