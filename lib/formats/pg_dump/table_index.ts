import type { ArchiveEntry } from "./archive_parts.ts";
import {
  type DeclaredColumn,
  type DeclaredTable,
  parseAttach,
  parseCompositeType,
  parseCreateTable,
} from "./create_table.ts";
import type { QualifiedName } from "./sql_tokens.ts";

/** PostgreSQL's own limit. */
export const MOST_COLUMNS = 1600;
/** A statement of so many columns is far smaller; others are not looked into. */
const LONGEST_STATEMENT = 4 * 1024 * 1024;
/** Levels of partitions, or of tables that inherit from each other. */
const DEEPEST = 64;

/** Makes the error for a table that cannot be. */
export type TableFault = (cause: string, table: string) => Error;

/** An archive's tables, and what belongs to them: found once for all of them. */
export class TableIndex {
  readonly #fail: TableFault;
  readonly #byId: ReadonlyMap<number, ArchiveEntry>;
  /** Tables by their full names. */
  readonly #byName = new Map<string, ArchiveEntry>();
  readonly #types = new Map<string, ArchiveEntry>();
  readonly #declared = new Map<ArchiveEntry, DeclaredTable | undefined>();
  readonly #columns = new Map<ArchiveEntry, readonly DeclaredColumn[]>();
  readonly #parents = new Map<ArchiveEntry, ArchiveEntry>();
  /** Constraints and comments by the dump ids of what they are on. */
  readonly #on = new Map<number, ArchiveEntry[]>();

  constructor(entries: readonly ArchiveEntry[], fail: TableFault) {
    this.#fail = fail;
    this.#byId = new Map(entries.map((entry) => [entry.dumpId, entry]));
    for (const entry of entries) {
      if (isTable(entry)) this.#byName.set(keyOf(entry), entry);
      if (entry.desc === "TYPE") this.#types.set(keyOf(entry), entry);
      if (entry.desc !== "CONSTRAINT" && entry.desc !== "COMMENT") continue;
      for (const id of entry.dependencies) {
        const known = this.#on.get(id);
        if (known) known.push(entry);
        else this.#on.set(id, [entry]);
      }
    }
    for (const entry of entries) {
      if (isTable(entry)) {
        this.#attach(entry, entry, this.declared(entry)?.partitionOf);
      } else if (entry.desc === "TABLE ATTACH") {
        const attached = parseAttach(statement(entry.defn));
        const child = attached && this.#named(attached.child, entry);
        if (child) this.#attach(child, entry, attached.parent);
      }
    }
  }

  /** What its CREATE TABLE says. */
  declared(table: ArchiveEntry): DeclaredTable | undefined {
    if (!this.#declared.has(table)) {
      if (table.defn.length > LONGEST_STATEMENT) {
        throw this.#fail(
          `its CREATE TABLE has ${table.defn.length} characters, more than ${MOST_COLUMNS} columns need`,
          full(table),
        );
      }
      this.#declared.set(table, parseCreateTable(table.defn));
    }
    return this.#declared.get(table);
  }

  /** All columns: of its type and of the tables that it inherits from, and its own. */
  columns(table: ArchiveEntry, depth = 0): readonly DeclaredColumn[] {
    const known = this.#columns.get(table);
    if (known) return known;
    if (depth > DEEPEST) {
      throw this.#fail(`it inherits over ${DEEPEST} levels`, full(table));
    }
    const declared = this.declared(table);
    const found = new Map<string, DeclaredColumn>();
    const merge = (column: DeclaredColumn) => {
      const before = found.get(column.name);
      found.set(column.name, {
        ...column,
        type: column.type || before?.type || "text",
        nullable: column.nullable && (before?.nullable ?? true),
      });
      if (found.size > MOST_COLUMNS) {
        throw this.#fail(
          `it has over ${MOST_COLUMNS} columns, PostgreSQL's own limit`,
          full(table),
        );
      }
    };
    if (declared?.of) this.#typeColumns(declared.of, table).forEach(merge);
    for (const parent of declared?.inherits ?? []) {
      const above = this.#named(parent, table);
      if (above) this.columns(above, depth + 1).forEach(merge);
    }
    const whole = this.#parents.get(table);
    if (whole && declared?.partitionOf && declared.columns.length === 0) {
      this.columns(whole, depth + 1).forEach(merge);
    }
    declared?.columns.forEach(merge);
    const columns = [...found.values()];
    this.#columns.set(table, columns);
    return columns;
  }

  /** The constraints, or the comments, on a table, in the archive's order. */
  on(table: ArchiveEntry, desc: "CONSTRAINT" | "COMMENT"): ArchiveEntry[] {
    const found = this.#on.get(table.dumpId) ?? [];
    return found.filter((entry) => entry.desc === desc);
  }

  /** The table that a partition's rows belong to, however many levels above; a table without one is its own. */
  root(table: ArchiveEntry): ArchiveEntry {
    let root = table;
    for (let depth = 0;; depth++) {
      const above = this.#parents.get(root);
      if (!above) return root;
      if (depth === DEEPEST) {
        throw this.#fail(
          `it is a partition over ${DEEPEST} levels, or of itself`,
          full(table),
        );
      }
      root = above;
    }
  }

  /** The table whose rows an entry has. */
  tableOf(data: ArchiveEntry): ArchiveEntry | undefined {
    for (const id of data.dependencies) {
      const entry = this.#byId.get(id);
      if (entry && isTable(entry)) return entry;
    }
    return this.#byName.get(keyOf(data));
  }

  #typeColumns(
    type: QualifiedName,
    near: ArchiveEntry,
  ): readonly DeclaredColumn[] {
    const entry = this.#types.get(nameKey(type, near));
    return entry && parseCompositeType(statement(entry.defn)) || [];
  }

  #attach(
    child: ArchiveEntry,
    near: ArchiveEntry,
    parent: QualifiedName | undefined,
  ): void {
    const above = parent && this.#named(parent, near);
    if (above) this.#parents.set(child, above);
  }

  /** Before 1.13, names without a schema are in their entry's own. */
  #named(name: QualifiedName, near: ArchiveEntry): ArchiveEntry | undefined {
    return this.#byName.get(nameKey(name, near));
  }
}

export function isTable({ desc }: ArchiveEntry): boolean {
  return desc === "TABLE" || desc === "FOREIGN TABLE";
}

/** An object's name for people. */
export function full({ namespace, tag }: ArchiveEntry): string {
  return namespace ? `${namespace}.${tag}` : tag;
}

/** SQL of an entry, where it is not too long to look into. */
export function statement(sql: string | null): string {
  return sql === null || sql.length > LONGEST_STATEMENT ? "" : sql;
}

function keyOf({ namespace, tag }: ArchiveEntry): string {
  return JSON.stringify([namespace, tag]);
}

function nameKey({ schema, name }: QualifiedName, near: ArchiveEntry): string {
  return JSON.stringify([schema ?? near.namespace, name]);
}
