import type { Fingerprint } from "../../datasets/fingerprint.ts";
import type { TableSchema } from "../../datasets/schema.ts";
import type { DatasetIdentity } from "../source.ts";
import type { ArchiveEntry } from "./archive_parts.ts";
import { declaredType } from "./column_types.ts";
import { datasetComment, tableComment } from "./comments.ts";
import { nameWith, sqlLiteral, sqlName, sqlTable } from "./sql_text.ts";

/** What an archive of some tables is to hold. */
export interface ArchiveContent {
  /** The schema that the tables are made in. */
  readonly schema: string;
  readonly tables: readonly TableSchema[];
  readonly identity?: DatasetIdentity;
}

/** Where a table's data is, and what it turned out to be. */
export interface WrittenTable {
  readonly offset: number;
  readonly fingerprint?: Fingerprint;
}

/** A foreign key that holds in every row. */
interface Reference {
  readonly table: TableSchema;
  readonly column: string;
  readonly to: TableSchema;
}

/** The table that entries of no object of the catalogs say. */
const NO_OID = "0";

/**
 * The entries of an archive, in the order that pg_dump gives them: settings,
 * the schema, tables, their comments, their data, keys, indexes, foreign keys.
 *
 * @param written by table name; not needed for the length alone
 */
export function archiveEntries(
  content: ArchiveContent,
  written: ReadonlyMap<string, WrittenTable> = new Map(),
): ArchiveEntry[] {
  const { schema, tables, identity } = content;
  const list = new EntryList(schema);
  list.settings();
  const schemaId = schema === "public" ? undefined : list.add({
    tag: schema,
    desc: "SCHEMA",
    section: "pre-data",
    defn: `CREATE SCHEMA IF NOT EXISTS ${sqlName(schema)};\n`,
    dropStmt: `DROP SCHEMA ${sqlName(schema)};\n`,
  });
  // The owner of "public" alone may comment on it.
  if (identity && schemaId !== undefined) {
    list.comment("SCHEMA", sqlName(schema), schemaId, datasetComment(identity));
  }
  const tableIds = tables.map((table) => list.table(table, schemaId));
  const descriptions = descriptionsOf(identity);
  tables.forEach((table, t) =>
    list.comment(
      "TABLE",
      sqlTable(schema, table.name),
      tableIds[t],
      tableComment(
        table,
        descriptions.get(table.name) ?? "",
        written.get(table.name)?.fingerprint,
      ),
      table.name,
    )
  );
  tables.forEach((table, t) =>
    list.data(table, tableIds[t], written.get(table.name)?.offset ?? 0)
  );
  const keyIds = tables.map((table, t) =>
    table.key.length > 0 ? list.key(table, tableIds[t]) : undefined
  );
  const references = referencesOf(content);
  for (const reference of references) {
    list.index(reference, tableIds[tables.indexOf(reference.table)]);
  }
  for (const reference of references) {
    const from = tableIds[tables.indexOf(reference.table)];
    const to = tables.indexOf(reference.to);
    list.foreignKey(reference, [from, tableIds[to], keyIds[to]!]);
  }
  return list.entries;
}

function descriptionsOf(
  identity: DatasetIdentity | undefined,
): Map<string, string> {
  return new Map(
    identity?.spec?.tables.map((table) => [table.name, table.description]),
  );
}

/**
 * Columns that are drawn from another entity's keys, where a feature table of
 * that entity, which has every one of its keys, is there to refer to.
 */
function referencesOf({ tables, identity }: ArchiveContent): Reference[] {
  const specs = new Map(
    identity?.spec?.tables.map((spec) => [spec.name, spec]),
  );
  const found: Reference[] = [];
  for (const table of tables) {
    for (
      const { name, type, distribution } of specs.get(table.name)?.columns ?? []
    ) {
      if (distribution.kind !== "foreign_key") continue;
      const to = tables.find((candidate) =>
        candidate.entity === distribution.entity &&
        candidate.key.length === 1 && candidate.key[0] !== undefined &&
        specs.get(candidate.name)?.events === false &&
        candidate.columns.some((c) =>
          c.name === candidate.key[0] &&
          declaredType(c.type) === declaredType(type)
        )
      );
      if (to && table.columns.some((c) => c.name === name)) {
        found.push({ table, column: name, to });
      }
    }
  }
  return found;
}

/** Numbers entries as they come. */
class EntryList {
  readonly entries: ArchiveEntry[] = [];
  readonly #schema: string;

  constructor(schema: string) {
    this.#schema = schema;
  }

  add(
    entry:
      & Pick<ArchiveEntry, "tag" | "desc" | "section" | "defn">
      & Partial<ArchiveEntry>,
  ): number {
    const dumpId = this.entries.length + 1;
    this.entries.push({
      dumpId,
      hadDumper: false,
      tableOid: NO_OID,
      oid: NO_OID,
      dropStmt: "",
      copyStmt: "",
      namespace: null,
      tablespace: null,
      tableAm: null,
      relkind: 0,
      owner: "",
      dependencies: [],
      dataState: "none",
      offset: 0,
      ...entry,
    });
    return dumpId;
  }

  /** What a restoring session sets first. */
  settings(): void {
    const set = (desc: string, defn: string) =>
      this.add({ tag: desc, desc, section: "pre-data", defn });
    set("ENCODING", "SET client_encoding = 'UTF8';\n");
    set("STDSTRINGS", "SET standard_conforming_strings = 'on';\n");
    set(
      "SEARCHPATH",
      "SELECT pg_catalog.set_config('search_path', '', false);\n",
    );
  }

  /** A comment depends on its object alone: pg_restore keeps it for that. */
  comment(
    desc: string,
    name: string,
    on: number,
    text: string,
    tag: string = this.#schema,
  ): void {
    this.add({
      tag: `${desc} ${sqlName(tag)}`,
      desc: "COMMENT",
      section: "none",
      defn: `COMMENT ON ${desc} ${name} IS ${sqlLiteral(text)};\n`,
      namespace: desc === "SCHEMA" ? null : this.#schema,
      dependencies: [on],
    });
  }

  table(table: TableSchema, schemaId: number | undefined): number {
    const name = sqlTable(this.#schema, table.name);
    const columns = table.columns.map((column) =>
      `    ${sqlName(column.name)} ${declaredType(column.type)}${
        column.nullable ? "" : " NOT NULL"
      }`
    );
    return this.add({
      tag: table.name,
      desc: "TABLE",
      section: "pre-data",
      defn: `CREATE TABLE ${name} (\n${columns.join(",\n")}\n);\n`,
      dropStmt: `DROP TABLE ${name};\n`,
      namespace: this.#schema,
      tablespace: "",
      tableAm: "heap",
      dependencies: schemaId === undefined ? [] : [schemaId],
    });
  }

  data(table: TableSchema, tableId: number, offset: number): void {
    const columns = table.columns.map(({ name }) => sqlName(name)).join(", ");
    const list = columns === "" ? "" : ` (${columns})`;
    this.add({
      tag: table.name,
      desc: "TABLE DATA",
      section: "data",
      defn: "",
      copyStmt: `COPY ${
        sqlTable(this.#schema, table.name)
      }${list} FROM stdin;\n`,
      namespace: this.#schema,
      hadDumper: true,
      dependencies: [tableId],
      dataState: "set",
      offset,
    });
  }

  key(table: TableSchema, tableId: number): number {
    return this.#constraint(
      table,
      nameWith(table.name, "_pkey"),
      "CONSTRAINT",
      `PRIMARY KEY (${table.key.map(sqlName).join(", ")})`,
      [tableId],
    );
  }

  foreignKey(
    { table, column, to }: Reference,
    dependencies: readonly number[],
  ): void {
    this.#constraint(
      table,
      nameWith(`${table.name}_${column}`, "_fkey"),
      "FK CONSTRAINT",
      `FOREIGN KEY (${sqlName(column)}) REFERENCES ${
        sqlTable(this.#schema, to.name)
      }(${sqlName(to.key[0])})`,
      [...new Set(dependencies)],
    );
  }

  index({ table, column }: Reference, tableId: number): void {
    const name = nameWith(`${table.name}_${column}`, "_idx");
    this.add({
      tag: name,
      desc: "INDEX",
      section: "post-data",
      defn: `CREATE INDEX ${sqlName(name)} ON ${
        sqlTable(this.#schema, table.name)
      } USING btree (${sqlName(column)});\n`,
      dropStmt: `DROP INDEX ${sqlTable(this.#schema, name)};\n`,
      namespace: this.#schema,
      tablespace: "",
      dependencies: [tableId],
    });
  }

  #constraint(
    table: TableSchema,
    name: string,
    desc: string,
    what: string,
    dependencies: readonly number[],
  ): number {
    const on = `ALTER TABLE ONLY ${sqlTable(this.#schema, table.name)}`;
    return this.add({
      tag: `${table.name} ${name}`,
      desc,
      section: "post-data",
      defn: `${on}\n    ADD CONSTRAINT ${sqlName(name)} ${what};\n`,
      dropStmt: `${on} DROP CONSTRAINT ${sqlName(name)};\n`,
      namespace: this.#schema,
      tablespace: desc === "CONSTRAINT" ? "" : null,
      dependencies,
    });
  }
}
