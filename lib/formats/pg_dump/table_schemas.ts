import type { ColumnSchema, TableSchema } from "../../datasets/schema.ts";
import type { ArchiveEntry } from "./archive_parts.ts";
import { typeOfDeclared } from "./column_types.ts";
import { readTableComment, type TableFacts } from "./comments.ts";
import {
  type DeclaredColumn,
  parseComment,
  parseCopy,
  parseKey,
} from "./create_table.ts";
import { listed } from "./notes.ts";
import { sqlTable } from "./sql_text.ts";
import {
  full,
  isTable,
  MOST_COLUMNS,
  statement,
  type TableFault,
  TableIndex,
} from "./table_index.ts";

/** A table that can be read: its schema, and the entries that hold its rows. */
export interface ArchivedTable {
  readonly schema: TableSchema;
  readonly facts?: TableFacts;
  /** One for a table, one for each leaf of a partitioned one. */
  readonly parts: readonly ArchivedPart[];
}

/** One entry of rows. */
export interface ArchivedPart {
  readonly entry: ArchiveEntry;
  /** The columns' names, in the order of COPY's fields. */
  readonly fields: readonly string[];
}

/** Tables of an archive, and what is said about those that are not read. */
export interface ArchivedTables {
  readonly tables: readonly ArchivedTable[];
  readonly notes: readonly string[];
  /** Entries that were made use of. */
  readonly used: ReadonlySet<ArchiveEntry>;
}

/**
 * The tables of an archive whose rows it has. A partitioned table is one table,
 * of the rows of all its leaves; a table that others inherit from has its own
 * rows alone, as pg_dump keeps them. Names are without their schema where all
 * tables are in one.
 *
 * @param fail makes the error for a table that cannot be
 */
export function archivedTables(
  entries: readonly ArchiveEntry[],
  fail: TableFault,
): ArchivedTables {
  const finder = new TableFinder(entries, fail);
  const rows = [...finder.withRows()];
  const schemas = new Set(rows.map(([root]) => root.namespace));
  const names = rows.map(([root]) => schemas.size > 1 ? full(root) : root.tag);
  const times = new Map<string, number>();
  for (const name of names) times.set(name, (times.get(name) ?? 0) + 1);
  const tables = rows.map(([root, parts], t) =>
    finder.table(
      root,
      parts,
      // `"a.b".c` and `a."b.c"` read alike without quotes.
      times.get(names[t]) === 1
        ? names[t]
        : sqlTable(root.namespace ?? "", root.tag),
    )
  );
  return { tables, notes: finder.notes, used: finder.used };
}

class TableFinder {
  readonly notes: string[] = [];
  readonly used = new Set<ArchiveEntry>();
  readonly #fail: TableFault;
  readonly #entries: readonly ArchiveEntry[];
  readonly #index: TableIndex;

  constructor(entries: readonly ArchiveEntry[], fail: TableFault) {
    this.#fail = fail;
    this.#entries = entries;
    this.#index = new TableIndex(entries, fail);
  }

  /** Tables that have rows, with the entries that hold them, in the archive's order. */
  withRows(): Map<ArchiveEntry, ArchivedPart[]> {
    const found = new Map<ArchiveEntry, ArchivedPart[]>();
    const seen = new Set<ArchiveEntry>();
    const inserted: string[] = [];
    const orphans: string[] = [];
    const bare: string[] = [];
    for (const entry of this.#entries) {
      if (entry.desc !== "TABLE DATA") continue;
      this.used.add(entry);
      const own = this.#index.tableOf(entry);
      if (!own) {
        orphans.push(full(entry));
        continue;
      }
      seen.add(own);
      const fields = parseCopy(statement(entry.copyStmt));
      if (!fields) {
        inserted.push(full(entry));
        continue;
      }
      if (fields.length === 0) {
        bare.push(full(entry));
        continue;
      }
      this.#check(fields, entry);
      const root = this.#index.root(own);
      const parts = found.get(root);
      if (parts) parts.push({ entry, fields });
      else found.set(root, [{ entry, fields }]);
    }
    const empty: string[] = [];
    for (const entry of this.#entries) {
      if (entry.desc === "TABLE ATTACH") this.used.add(entry);
      if (!isTable(entry)) continue;
      this.used.add(entry);
      const root = this.#index.root(entry);
      if (!seen.has(entry) && !found.has(root)) empty.push(full(entry));
      if (root === entry) continue;
      for (const key of this.#index.on(entry, "CONSTRAINT")) this.used.add(key);
    }
    this.#note("rows whose TABLE entry is missing", orphans);
    this.#note(
      "tables kept as INSERT statements, which are not read (dump them without --inserts)",
      inserted,
    );
    this.#note("tables without columns", bare);
    this.#note("tables whose rows are not in it", empty);
    return found;
  }

  /** The schema of a table. */
  table(
    root: ArchiveEntry,
    parts: readonly ArchivedPart[],
    name: string,
  ): ArchivedTable {
    const declared = this.#index.columns(root);
    this.#note(
      `generated columns of ${full(root)}, which are not in it`,
      declared.filter((c) => c.generated).map((c) => c.name),
    );
    const fields = new Set(parts.flatMap((part) => part.fields));
    const stored = declared.filter((c) => !c.generated && fields.has(c.name));
    const known = new Set(stored.map((column) => column.name));
    const unknown = [...fields].filter((field) => !known.has(field));
    this.#note(
      `columns of ${
        full(root)
      } that are read as texts, since none declares them`,
      unknown,
    );
    const { key, required } = this.#key(root, stored);
    const columns = [
      ...stored.map((column): ColumnSchema => ({
        name: column.name,
        type: typeOfDeclared(column.type),
        nullable: column.nullable && !required.has(column.name),
      })),
      ...unknown.map((field): ColumnSchema => ({
        name: field,
        type: { kind: "text" },
        nullable: true,
      })),
    ];
    const facts = this.#facts(root, columns.map((column) => column.name));
    return {
      parts,
      facts,
      schema: {
        name,
        entity: facts?.entity ?? entityOf(root.tag, key),
        columns,
        key: facts?.key ?? key,
        keyForm: facts?.keyForm ?? { as: "listed" },
        rows: Number(facts?.fingerprint?.split(":")[0] ?? 0),
      },
    };
  }

  #check(fields: readonly string[], entry: ArchiveEntry): void {
    if (fields.length > MOST_COLUMNS) {
      throw this.#fail(
        `its data has ${fields.length} columns, over PostgreSQL's own limit of ${MOST_COLUMNS}`,
        full(entry),
      );
    }
    if (new Set(fields).size < fields.length) {
      throw this.#fail("its data has two columns of one name", full(entry));
    }
  }

  #note(what: string, names: readonly string[]): void {
    if (names.length > 0) this.notes.push(`${what}: ${listed(names)}`);
  }

  /** The primary key, or else the first unique one of columns without NULLs. */
  #key(
    root: ArchiveEntry,
    columns: readonly DeclaredColumn[],
  ): { key: readonly string[]; required: ReadonlySet<string> } {
    const nullable = new Map(columns.map((c) => [c.name, c.nullable]));
    let unique: readonly string[] = [];
    for (const entry of this.#index.on(root, "CONSTRAINT")) {
      const key = parseKey(statement(entry.defn));
      if (!key?.columns.every((name) => nullable.has(name))) continue;
      this.used.add(entry);
      if (key.primary) {
        return { key: key.columns, required: new Set(key.columns) };
      }
      const total = key.columns.every((name) => nullable.get(name) === false);
      if (total && unique.length === 0) unique = key.columns;
    }
    return { key: unique, required: new Set() };
  }

  #facts(
    root: ArchiveEntry,
    columns: readonly string[],
  ): TableFacts | undefined {
    for (const entry of this.#index.on(root, "COMMENT")) {
      if (!entry.tag.startsWith("TABLE ")) continue;
      const comment = parseComment(statement(entry.defn)) ?? "";
      const facts = readTableComment(comment, columns);
      if (facts) {
        this.used.add(entry);
        return facts;
      }
    }
  }
}

/** Whose features a table has: `card` of a key `card_id`; else the table's own name. */
function entityOf(table: string, key: readonly string[]): string {
  return key.length > 0 ? key[0].replace(/_(?:id|key)$/i, "") || table : table;
}
