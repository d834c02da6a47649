import { type QualifiedName, SqlReader } from "./sql_tokens.ts";

/** A column as CREATE TABLE declares it. */
export interface DeclaredColumn {
  readonly name: string;
  /** PostgreSQL's own words: `numeric(12,2)`, `public.mood[]`. */
  readonly type: string;
  readonly nullable: boolean;
  /** Computed from other columns: not in COPY's data. */
  readonly generated: boolean;
}

/** What CREATE TABLE says of a table. */
export interface DeclaredTable {
  readonly columns: readonly DeclaredColumn[];
  /** Tables whose columns it has too. */
  readonly inherits: readonly QualifiedName[];
  /** The composite type whose columns it has: `CREATE TABLE … OF`. */
  readonly of?: QualifiedName;
  /** The partitioned table that it is a partition of. */
  readonly partitionOf?: QualifiedName;
  /** Has partitions, and no rows of its own. */
  readonly partitioned: boolean;
}

/** Words that may follow a column's type, and end it. */
const AFTER_TYPE = new Set([
  "COLLATE",
  "COMPRESSION",
  "CONSTRAINT",
  "CHECK",
  "DEFAULT",
  "GENERATED",
  "NOT",
  "NULL",
  "OPTIONS",
  "PRIMARY",
  "REFERENCES",
  "STORAGE",
  "UNIQUE",
]);

/** Words that begin a constraint of the table's, where a column's name could be. */
const CONSTRAINTS = new Set([
  "CHECK",
  "CONSTRAINT",
  "EXCLUDE",
  "FOREIGN",
  "LIKE",
  "NOT",
  "PRIMARY",
  "UNIQUE",
]);

/** Reads a `CREATE TABLE` of pg_dump's; `undefined` for what is none. */
export function parseCreateTable(sql: string): DeclaredTable | undefined {
  const reader = new SqlReader(sql);
  if (!reader.accept("CREATE")) return undefined;
  while (!reader.at("TABLE")) {
    if (!["UNLOGGED", "FOREIGN"].some((word) => reader.accept(word))) {
      return undefined;
    }
  }
  reader.take();
  if (!reader.qualified()) return undefined;
  let of: QualifiedName | undefined;
  let partitionOf: QualifiedName | undefined;
  if (reader.accept("OF")) of = reader.qualified();
  else if (reader.at("PARTITION")) {
    if (!reader.accept("PARTITION", "OF")) return undefined;
    partitionOf = reader.qualified();
  }
  const columns = reader.at("(") ? columnList(reader) : [];
  if (!columns) return undefined;
  const inherits: QualifiedName[] = [];
  let partitioned = false;
  for (; reader.next && !reader.at(";"); reader.take()) {
    if (reader.at("INHERITS")) inherits.push(...parents(reader));
    if (reader.at("PARTITION")) {
      reader.take();
      partitioned ||= reader.at("BY");
    }
  }
  // pg_dump of PostgreSQL 13 and before attaches in the same entry.
  const rest = sql.slice(reader.next?.to ?? sql.length);
  if (rest.includes("ATTACH")) partitionOf ??= parseAttach(rest)?.parent;
  return { columns, inherits, of, partitionOf, partitioned };
}

/** The columns of a `CREATE TYPE … AS (…)`; `undefined` for other types. */
export function parseCompositeType(
  sql: string,
): readonly DeclaredColumn[] | undefined {
  const reader = new SqlReader(sql);
  if (!reader.accept("CREATE", "TYPE") || !reader.qualified()) return undefined;
  return reader.accept("AS") && reader.at("(") ? columnList(reader) : undefined;
}

/** `ALTER TABLE ONLY parent ATTACH PARTITION child …`. */
export function parseAttach(
  sql: string,
): { parent: QualifiedName; child: QualifiedName } | undefined {
  const reader = new SqlReader(sql);
  if (!reader.accept("ALTER", "TABLE")) return undefined;
  reader.accept("ONLY");
  const parent = reader.qualified();
  if (!parent || !reader.accept("ATTACH", "PARTITION")) return undefined;
  const child = reader.qualified();
  return child && { parent, child };
}

/** The columns of `ALTER TABLE … ADD CONSTRAINT … PRIMARY KEY | UNIQUE (…)`. */
export function parseKey(
  sql: string,
): { primary: boolean; columns: readonly string[] } | undefined {
  const reader = new SqlReader(sql);
  if (!reader.accept("ALTER", "TABLE")) return undefined;
  reader.accept("ONLY");
  if (!reader.qualified() || !reader.accept("ADD", "CONSTRAINT")) {
    return undefined;
  }
  reader.name();
  const primary = reader.accept("PRIMARY");
  if (!reader.accept(primary ? "KEY" : "UNIQUE")) return undefined;
  // Rows whose NULLs count as different are not told apart by such a key.
  if (reader.accept("NULLS")) reader.accept("NOT", "DISTINCT");
  const columns = reader.names();
  return columns && { primary, columns };
}

/** The columns of `COPY table (…) FROM stdin`, in the order of its fields. */
export function parseCopy(sql: string): readonly string[] | undefined {
  const reader = new SqlReader(sql);
  if (!reader.accept("COPY") || !reader.qualified()) return undefined;
  return reader.at("(") ? reader.names() : reader.at("FROM") ? [] : undefined;
}

/** The text of `COMMENT ON … IS '…'`. */
export function parseComment(sql: string): string | undefined {
  const reader = new SqlReader(sql);
  if (!reader.accept("COMMENT", "ON")) return undefined;
  for (; reader.next; reader.take()) {
    if (reader.next.kind === "text") return reader.next.text;
  }
}

function columnList(reader: SqlReader): DeclaredColumn[] | undefined {
  reader.take();
  const columns: DeclaredColumn[] = [];
  const required = new Set<string>();
  while (!reader.accept(")")) {
    const word = reader.next;
    if (!word) return undefined;
    if (word.kind === "word" && CONSTRAINTS.has(word.text.toUpperCase())) {
      const name = requiredBy(reader);
      if (name !== undefined) required.add(name);
      reader.skipItem();
    } else {
      const column = columnOf(reader);
      if (!column) return undefined;
      columns.push(column);
    }
    reader.accept(",");
  }
  return columns.map((column) =>
    required.has(column.name) ? { ...column, nullable: false } : column
  );
}

/** The column of a table's own `CONSTRAINT … NOT NULL column`. */
function requiredBy(reader: SqlReader): string | undefined {
  if (reader.accept("CONSTRAINT")) reader.name();
  return reader.accept("NOT", "NULL") ? reader.name() : undefined;
}

function columnOf(reader: SqlReader): DeclaredColumn | undefined {
  const name = reader.name();
  const first = reader.next;
  if (name === undefined || !first) return undefined;
  let depth = 0;
  let end = first.from;
  const from = end;
  // A table of a type says `WITH OPTIONS` in the type's place.
  const typed = reader.at("WITH");
  for (let token; (token = reader.next); reader.take()) {
    if (
      depth === 0 &&
      (reader.at(",") || reader.at(")") ||
        token.kind === "word" && AFTER_TYPE.has(token.text.toUpperCase()) &&
          token.from > from)
    ) break;
    depth += reader.nesting;
    end = token.to;
  }
  const type = typed ? "" : reader.sql.slice(from, end).replace(/\s+/g, " ");
  return { name, type, ...attributes(reader) };
}

/** What follows a column's type, up to the next column. */
function attributes(
  reader: SqlReader,
): { nullable: boolean; generated: boolean } {
  let nullable = true;
  let generated = false;
  let depth = 0;
  for (; reader.next; reader.take()) {
    if (depth === 0 && (reader.at(",") || reader.at(")"))) break;
    depth += reader.nesting;
    if (depth > 0) continue;
    if (reader.at("NOT")) {
      reader.take();
      nullable &&= !reader.at("NULL");
    } else if (reader.at("GENERATED")) {
      reader.take();
      reader.accept("ALWAYS");
      // Identity columns are generated BY DEFAULT or ALWAYS AS IDENTITY, and stored.
      if (reader.accept("AS")) generated = !reader.at("IDENTITY");
      if (reader.at("(")) depth++;
    }
  }
  return { nullable, generated };
}

function parents(reader: SqlReader): QualifiedName[] {
  reader.take();
  const found: QualifiedName[] = [];
  if (!reader.accept("(")) return found;
  for (;;) {
    const parent = reader.qualified();
    if (!parent) return found;
    found.push(parent);
    if (!reader.accept(",")) return found;
  }
}
