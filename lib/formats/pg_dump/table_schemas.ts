import type { ColumnSchema, TableSchema } from "../../datasets/schema.ts";
import type { ArchiveEntry } from "./archive_parts.ts";
import { typeOfDeclared } from "./column_types.ts";
import { readTableComment, type TableFacts } from "./comments.ts";
import {
  type DeclaredColumn,
  type DeclaredTable,
  parseAttach,
  parseComment,
  parseCompositeType,
  parseCopy,
  parseCreateTable,
  parseKey,
} from "./create_table.ts";
import { sqlTable } from "./sql_text.ts";
import type { QualifiedName } from "./sql_tokens.ts";

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

/** PostgreSQL's own limit. */
const MOST_COLUMNS = 1600;
/** A statement of so many columns is far smaller. */
const LONGEST_STATEMENT = 4 * 1024 * 1024;

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
  fail: (cause: string, table: string) => Error,
): ArchivedTables {
  const finder = new TableFinder(entries, fail);
  const rows = finder.withRows();
  const schemas = new Set(rows.map(({ root }) => root.namespace));
  const names = rows.map(({ root }) =>
    schemas.size > 1 ? `${root.namespace}.${root.tag}` : root.tag
  );
  const tables = rows.map(({ root, parts }, t) =>
    finder.table(
      root,
      parts,
      // `"a.b".c` and `a."b.c"` read alike without quotes.
      names.indexOf(names[t]) === names.lastIndexOf(names[t])
        ? names[t]
        : sqlTable(root.namespace ?? "", root.tag),
    )
  );
  return { tables, notes: finder.notes, used: finder.used };
}

class TableFinder {
  readonly notes: string[] = [];
  readonly used = new Set<ArchiveEntry>();
  readonly #fail: (cause: string, table: string) => Error;
  readonly #entries: readonly ArchiveEntry[];
  readonly #byId: ReadonlyMap<number, ArchiveEntry>;
  /** `TABLE` entries and those of composite types by their full names. */
  readonly #byName = new Map<string, ArchiveEntry>();
  readonly #declared = new Map<ArchiveEntry, DeclaredTable | undefined>();
  readonly #parents = new Map<ArchiveEntry, ArchiveEntry>();

  constructor(
    entries: readonly ArchiveEntry[],
    fail: (cause: string, table: string) => Error,
  ) {
    this.#fail = fail;
    this.#entries = entries;
    this.#byId = new Map(entries.map((entry) => [entry.dumpId, entry]));
    for (const entry of entries) {
      if (isTable(entry)) this.#byName.set(keyOf(entry), entry);
    }
    for (const entry of entries) {
      if (isTable(entry)) {
        this.#attach(entry, this.#declare(entry)?.partitionOf);
      }
      if (entry.desc === "TABLE ATTACH") {
        const attached = parseAttach(short(entry.defn));
        const child = attached && this.#named(attached.child);
        if (child) this.#attach(child, attached.parent);
        this.used.add(entry);
      }
    }
  }

  /** Tables that have rows, with the entries that hold them, in the archive's order. */
  withRows(): { root: ArchiveEntry; parts: ArchivedPart[] }[] {
    const found = new Map<ArchiveEntry, ArchivedPart[]>();
    const kept = new Set<ArchiveEntry>();
    for (const entry of this.#entries) {
      if (entry.desc !== "TABLE DATA") continue;
      this.used.add(entry);
      const own = this.#tableOf(entry);
      const name = full(entry);
      if (!own) {
        this.notes.push(
          `rows of ${name}: not read, the archive lacks its TABLE entry`,
        );
        continue;
      }
      kept.add(own);
      const fields = parseCopy(short(entry.copyStmt ?? ""));
      if (!fields) {
        this.notes.push(
          `table ${name}: not read, its rows are INSERT statements; dump it without --inserts`,
        );
        continue;
      }
      if (fields.length > MOST_COLUMNS) {
        throw this.#tooMany(fields.length, name);
      }
      const root = this.#root(own);
      found.set(root, [...found.get(root) ?? [], { entry, fields }]);
    }
    for (const entry of this.#entries) {
      if (!isTable(entry)) continue;
      this.used.add(entry);
      if (kept.has(entry) || found.has(entry)) continue;
      const partitioned = this.#declare(entry)?.partitioned;
      this.notes.push(
        `${
          entry.desc === "FOREIGN TABLE"
            ? "foreign table"
            : partitioned
            ? "partitioned table"
            : "table"
        } ${full(entry)}: the archive has no rows of it`,
      );
    }
    return [...found].map(([root, parts]) => ({ root, parts }));
  }

  /** The schema of a table. */
  table(
    root: ArchiveEntry,
    parts: readonly ArchivedPart[],
    name: string,
  ): ArchivedTable {
    const declared = this.#columns(root, new Set());
    if (declared.length > MOST_COLUMNS) {
      throw this.#tooMany(declared.length, full(root));
    }
    const generated = declared.filter((column) => column.generated);
    if (generated.length > 0) {
      this.notes.push(
        `table ${full(root)}: generated columns are not in the archive: ${
          generated.map((column) => column.name).join(", ")
        }`,
      );
    }
    const stored = declared.filter((column) => !column.generated);
    const known = new Set(stored.map((column) => column.name));
    const unknown = parts[0].fields.filter((field) => !known.has(field));
    if (unknown.length > 0) {
      this.notes.push(
        `table ${full(root)}: read as text, since no declaration was found: ${
          unknown.join(", ")
        }`,
      );
    }
    const { key, required } = this.#key(root, stored);
    const columns = [
      ...stored.filter((column) =>
        parts.some(({ fields }) => fields.includes(column.name))
      ).map((column): ColumnSchema => ({
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

  #tooMany(columns: number, table: string): Error {
    return this.#fail(
      `it has ${columns} columns, over PostgreSQL's own limit of ${MOST_COLUMNS}`,
      table,
    );
  }

  #declare(entry: ArchiveEntry): DeclaredTable | undefined {
    if (!this.#declared.has(entry)) {
      this.#declared.set(entry, parseCreateTable(short(entry.defn)));
    }
    return this.#declared.get(entry);
  }

  /** All columns: of its type and of the tables that it inherits from, and its own. */
  #columns(entry: ArchiveEntry, above: Set<ArchiveEntry>): DeclaredColumn[] {
    const declared = this.#declare(entry);
    // Only a damaged archive has tables that inherit from themselves.
    if (!declared || above.has(entry)) return [];
    above.add(entry);
    const found = new Map<string, DeclaredColumn>();
    const merge = (column: DeclaredColumn) => {
      const known = found.get(column.name);
      found.set(column.name, {
        ...column,
        type: column.type || known?.type || "text",
        nullable: column.nullable && (known?.nullable ?? true),
      });
    };
    if (declared.of) this.#typeColumns(declared.of).forEach(merge);
    const parents = [...declared.inherits, ...partOf(declared)];
    for (const parent of parents) {
      const table = this.#named(parent);
      if (table) this.#columns(table, above).forEach(merge);
      if (found.size > MOST_COLUMNS) break;
    }
    declared.columns.forEach(merge);
    above.delete(entry);
    return [...found.values()];
  }

  #typeColumns(type: QualifiedName): readonly DeclaredColumn[] {
    const entry = this.#entries.find((candidate) =>
      candidate.desc === "TYPE" && candidate.tag === type.name &&
      candidate.namespace === (type.schema ?? candidate.namespace)
    );
    return entry && parseCompositeType(short(entry.defn)) || [];
  }

  /** The primary key, or else the first unique one of columns without NULLs. */
  #key(
    root: ArchiveEntry,
    columns: readonly DeclaredColumn[],
  ): { key: readonly string[]; required: ReadonlySet<string> } {
    const nullable = new Map(columns.map((c) => [c.name, c.nullable]));
    let unique: readonly string[] = [];
    for (const entry of this.#entries) {
      if (
        entry.desc !== "CONSTRAINT" ||
        !entry.dependencies.includes(root.dumpId)
      ) continue;
      const key = parseKey(short(entry.defn));
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
    for (const entry of this.#entries) {
      if (
        entry.desc !== "COMMENT" || !entry.tag.startsWith("TABLE ") ||
        !entry.dependencies.includes(root.dumpId)
      ) continue;
      const facts = readTableComment(
        parseComment(short(entry.defn)) ?? "",
        columns,
      );
      if (facts) {
        this.used.add(entry);
        return facts;
      }
    }
  }

  #attach(child: ArchiveEntry, parent: QualifiedName | undefined): void {
    const above = parent && this.#named(parent);
    if (above) this.#parents.set(child, above);
  }

  /** The table that a partition's rows belong to, however many levels above. */
  #root(entry: ArchiveEntry): ArchiveEntry {
    const seen = new Set<ArchiveEntry>();
    let root = entry;
    for (let up; (up = this.#parents.get(root)); root = up) {
      if (seen.has(root)) {
        throw this.#fail("it would be a partition of itself", full(entry));
      }
      seen.add(root);
    }
    return root;
  }

  #tableOf(data: ArchiveEntry): ArchiveEntry | undefined {
    return data.dependencies.map((id) => this.#byId.get(id)).find((entry) =>
      entry !== undefined && isTable(entry)
    ) ?? this.#byName.get(keyOf(data));
  }

  #named({ schema, name }: QualifiedName): ArchiveEntry | undefined {
    return this.#byName.get(JSON.stringify([schema ?? "public", name]));
  }
}

function partOf({ partitionOf }: DeclaredTable): QualifiedName[] {
  return partitionOf ? [partitionOf] : [];
}

function isTable({ desc }: ArchiveEntry): boolean {
  return desc === "TABLE" || desc === "FOREIGN TABLE";
}

function keyOf({ namespace, tag }: ArchiveEntry): string {
  return JSON.stringify([namespace ?? "public", tag]);
}

/** An object's name for people. */
export function full({ namespace, tag }: ArchiveEntry): string {
  return namespace ? `${namespace}.${tag}` : tag;
}

function short(sql: string): string {
  return sql.length > LONGEST_STATEMENT ? "" : sql;
}

/** Whose features a table has: `card` of a key `card_id`; else the table's own name. */
function entityOf(table: string, key: readonly string[]): string {
  return key.length > 0 ? key[0].replace(/_(?:id|key)$/i, "") || table : table;
}
