import { messageOf } from "../../core/errors.ts";
import { YamlNode } from "../../core/yaml_places.ts";
import { datasetSpec } from "../compile.ts";
import { loadDomain } from "../domain.ts";
import type { ColumnSpec, DatasetSpec, TableSpec } from "../spec.ts";
import type { ChangeKind, Parameters } from "./change.ts";
import { readDefinition } from "./definition.ts";
import { generatedTable, refuse, tableOf } from "./edit.ts";
import { fitTable } from "./fit.ts";

/** A new table: of the domain, like another one, or by its columns. */
export const addTable: ChangeKind = {
  about: "one more table: of the domain, like another one, or by its columns",
  parameters: {
    table: { kind: "text", what: "the new table's name" },
    like: {
      kind: "text",
      what: "the table whose laws it has too",
      optional: true,
    },
    entity: {
      kind: "text",
      what: "the entity whose features its columns are",
      optional: true,
    },
    columns: {
      kind: "definition",
      what: "as in a domain: { score: { type: integer, uniform: … } }",
      optional: true,
    },
  },
  async apply(spec, given) {
    const name = given.text("table");
    if (spec.tables.some((table) => table.name === name)) {
      throw refuse(`Cannot add table ${name}`, "there is one of this name");
    }
    if (!/^[a-z][a-z0-9_]{0,59}$/.test(name)) {
      throw refuse(
        `Cannot add table ${name}`,
        "a table's name is lower-case letters, digits and _, at most 60",
      );
    }
    const table = await newTable(spec, name, given);
    // Event tables stand after all others.
    const features = spec.tables.filter((t) => !t.events);
    const events = spec.tables.filter((t) => t.events);
    return {
      ...spec,
      tables: table.events
        ? [...features, ...events, table]
        : [...features, table, ...events],
    };
  },
};

async function newTable(
  spec: DatasetSpec,
  name: string,
  given: Parameters,
): Promise<TableSpec> {
  const like = given.maybeText("like");
  const columns = given.definition("columns");
  if (columns !== undefined) return byColumns(spec, name, given, columns);
  if (like !== undefined) {
    return { ...generatedTable(spec, like), name, description: `Like ${like}` };
  }
  return await ofDomain(spec, name);
}

function byColumns(
  spec: DatasetSpec,
  name: string,
  given: Parameters,
  columns: string | object,
): TableSpec {
  const entity = given.maybeText("entity");
  const sibling = spec.tables.find((t) => t.entity === entity && !t.events);
  if (!sibling) {
    const known = new Set(
      spec.tables.filter((t) => !t.events).map((t) => t.entity),
    );
    throw refuse(
      `Cannot add table ${name}`,
      entity === undefined
        ? "it does not say whose features its columns are"
        : `there is no entity ${entity} with tables`,
      `Give it one of the entities ${[...known].join(", ")}`,
    );
  }
  const key = sibling.columns.find((c) => c.name === sibling.key[0])!;
  const { idle: _, seed: _s, updates: _u, ...plain } = sibling;
  const table = { ...plain, name, description: "" };
  const parsed = typeof columns === "string"
    ? parsedColumns(name, columns)
    : columns;
  const read: ColumnSpec[] = readDefinition(
    spec,
    table,
    parsed as Record<string, unknown>,
  );
  return { ...table, columns: [key, ...read] };
}

function parsedColumns(table: string, text: string): object {
  const root = YamlNode.parse(text, `the columns of table ${table}`);
  if (root.value && typeof root.value === "object") return root.value;
  throw refuse(
    `Cannot add table ${table}`,
    root.problems[0]?.message ?? "its columns are no map of definitions",
  );
}

async function ofDomain(spec: DatasetSpec, name: string): Promise<TableSpec> {
  const domain = await loadDomain(spec.name).catch((error: unknown) => {
    throw refuse(
      `Cannot add table ${name}`,
      `no domain has it (${messageOf(error).split("\n")[0]})`,
      "Say what it is with `like`, or with `entity` and `columns`",
    );
  });
  const isEvents = domain.events.some((table) => table.name === name);
  if (!isEvents && !domain.tables.some((table) => table.name === name)) {
    const more = [...domain.tables, ...domain.events].map((t) => t.name)
      .filter((known) => !spec.tables.some((table) => table.name === known));
    throw refuse(
      `Cannot add table ${name}`,
      `the domain ${domain.name} has no such table`,
      `Say what it is with \`like\`, or with \`entity\` and \`columns\`; or take one of ${
        more.join(", ")
      }`,
    );
  }
  const compiled = datasetSpec(domain, {
    tables: isEvents ? 1 : [name],
    events: isEvents ? [name] : false,
  });
  const table = tableOf(compiled, name);
  const before = compiled.entities.find((e) => e.name === table.entity)!;
  const entity = spec.entities.find((e) => e.name === table.entity);
  if (!entity) {
    throw refuse(
      `Cannot add table ${name}`,
      `the dataset has no entity ${table.entity}`,
    );
  }
  const rows = table.rows / before.keys * entity.keys;
  return fitTable(table, spec.entities, Math.max(1, Math.round(rows)));
}

/** A table goes. */
export const dropTable: ChangeKind = {
  about: "one table fewer",
  parameters: { table: { kind: "text", what: "the table's name" } },
  apply(spec, given) {
    const table = tableOf(spec, given.text("table"));
    if (spec.tables.length === 1) {
      throw refuse(`Cannot drop table ${table.name}`, "it is the only one");
    }
    const tables = spec.tables.filter((other) => other !== table);
    return { ...spec, tables };
  },
};
