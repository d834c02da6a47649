import { throwProblems } from "../core/errors.ts";
import { freeze } from "../core/frozen.ts";
import { YamlNode } from "../core/yaml_places.ts";
import type { Domain, DomainEntity, DomainTable } from "./domain.ts";
import { checkName, NAME, NAME_FORM, readColumns } from "./domain_columns.ts";
import type { KeyForm } from "./schema.ts";
import type { Popularity } from "./spec.ts";
import { readInstant } from "./time_window.ts";

/** Versions are part of names and of paths. */
const VERSION = /^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$/;

/**
 * Reads a domain from the text of its YAML file.
 *
 * @throws {ServemarkError} with every problem of the file, each with its place.
 */
export function readDomain(text: string, file: string): Domain {
  const root = YamlNode.parse(text, file);
  const domain = root.problems.length === 0 ? readRoot(root) : undefined;
  throwProblems(`Cannot use the domain "${file}"`, root.problems);
  return freeze(domain!);
}

function readRoot(root: YamlNode): Domain {
  root.fields("the domain", [
    "name",
    "version",
    "seed",
    "description",
    "as_of",
    "rows",
    "entities",
    "tables",
  ], ["sizes", "events"]);
  const asOf = root.get("as_of");
  const now = asOf && readInstant(asOf, "as_of") || 0;
  const entities = readEntities(root.get("entities"));
  const names = entities.map((e) => e.name);
  const seen = new Set<string>();
  const sizes = root.get("sizes");
  sizes?.fields("sizes", ["exponent"]);
  const domain = {
    name: nameOf(root.get("name")),
    version: root.get("version")?.text(
      "version",
      VERSION,
      "letters, digits, dots, _ and -",
    ) ?? "",
    seed: root.get("seed")?.number("seed", { min: 0, integer: true }) ?? 0,
    description: root.get("description")?.text("description") ?? "",
    rows: root.get("rows")?.number("rows", { min: 1, integer: true }) ?? 0,
    sizeExponent:
      sizes?.get("exponent")?.number("exponent", { min: 0, max: 10 }) ?? 0,
    entities,
    tables: readTables(root.get("tables"), entities, now, seen, false),
    events: readTables(root.get("events"), entities, now, seen, true),
  };
  for (const name of names) {
    if (!domain.tables.some((table) => table.entity === name)) {
      root.get("entities")!.get(name)!.problem(
        `entity "${name}" has no feature table`,
        "Remove it, or give it a table",
      );
    }
  }
  return domain;
}

function nameOf(node: YamlNode | undefined): string {
  return node?.text("name", NAME, NAME_FORM) ?? "";
}

function readEntities(node: YamlNode | undefined): DomainEntity[] {
  const entries = node?.entries("entities") ?? [];
  if (node && entries.length === 0) node.problem("entities must not be empty");
  return entries.map(([name, entity]) => {
    checkName(entity, "entity");
    entity.fields(`entity "${name}"`, ["key"], ["popularity"]);
    const key = entity.get("key");
    return {
      name,
      column: nameOf(key?.get("column")),
      keyForm: key ? readKeyForm(key) : { as: "integer", first: 0 },
      popularity: readPopularity(entity.get("popularity")),
    };
  });
}

/** Reads an exponent, or `{ hot: 0.01, traffic: 0.9 }`. */
function readPopularity(node: YamlNode | undefined): Popularity {
  if (node === undefined) return 0;
  if (typeof node.value !== "object" || node.value === null) {
    return node.number("popularity", { min: 0, max: 10 }) ?? 0;
  }
  const share = (key: string) =>
    node.get(key)?.number(key, { min: 0, max: 1 }) ?? 0;
  node.fields("popularity", ["hot", "traffic"]);
  return { hot: share("hot"), traffic: share("traffic") };
}

function readKeyForm(key: YamlNode): KeyForm {
  const as = key.get("as")?.word("key form", ["integer", "id"]);
  if (as === "id") {
    key.fields("the key", ["column", "as", "prefix", "digits"]);
    return {
      as,
      prefix: key.get("prefix")?.text("prefix", /^[\w.:-]{1,20}$/, "a word") ??
        "",
      digits: key.get("digits")?.number("digits", {
        min: 1,
        max: 15,
        integer: true,
      }) ?? 1,
    };
  }
  key.fields("the key", ["column", "as"], ["first"]);
  return {
    as: "integer",
    first: key.get("first")?.number("first", {
      min: 0,
      max: 2 ** 50,
      integer: true,
    }) ?? 0,
  };
}

function readTables(
  node: YamlNode | undefined,
  entities: readonly DomainEntity[],
  asOf: number,
  seen: Set<string>,
  events: boolean,
): DomainTable[] {
  const what = events ? "event table" : "table";
  return (node?.entries(`${what}s`) ?? []).map(([name, table]) => {
    checkName(table, what);
    if (seen.has(name)) table.problem(`there are two tables "${name}"`);
    seen.add(name);
    table.fields(
      `${what} "${name}"`,
      ["entity", "description", "columns", ...(events ? ["rows_per_key"] : [])],
      events ? [] : ["idle"],
    );
    const entity = table.get("entity")?.word(
      "entity",
      entities.map((e) => e.name),
    ) ?? "";
    const key = entities.find((e) => e.name === entity)?.column;
    const idle = table.get("idle")?.number("idle", { min: 0, max: 1 }) ?? 0;
    const columns = readColumns(table.get("columns"), key, idle > 0, {
      asOf,
      entities,
    });
    const times = columns.filter((c) => c.distribution.kind === "event_time");
    if (columns.length > 0 && times.length !== (events ? 1 : 0)) {
      table.problem(
        events
          ? `event table "${name}" must have one column with event_time: it has ${times.length}`
          : `table "${name}" has a column with event_time, which only event tables have`,
      );
    }
    const shared = {
      name,
      entity,
      description: table.get("description")?.text("description") ?? "",
      columns,
    };
    if (!events) return idle > 0 ? { ...shared, idle } : shared;
    const rowsPerKey =
      table.get("rows_per_key")?.number("rows_per_key", { min: 0.001 }) ?? 1;
    return { ...shared, rowsPerKey };
  });
}
