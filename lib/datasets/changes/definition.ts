import { throwProblems } from "../../core/errors.ts";
import { YamlNode } from "../../core/yaml_places.ts";
import { readColumns } from "../domain_columns.ts";
import type { ColumnSpec, DatasetSpec, TableSpec } from "../spec.ts";
import { refuse } from "./edit.ts";
import { fitColumn } from "./fit.ts";

/**
 * Columns by their definitions, which are those of a domain's file: YAML in
 * one line, or objects.
 *
 * @throws {ServemarkError} with everything that is wrong with them
 */
export function readDefinition(
  spec: DatasetSpec,
  table: Pick<TableSpec, "name" | "key" | "idle">,
  definitions: Readonly<Record<string, unknown>>,
): ColumnSpec[] {
  const texts = Object.entries(definitions).map(([name, definition]) =>
    `${JSON.stringify(name)}: ${
      typeof definition === "string" ? definition : JSON.stringify(definition)
    }`
  );
  const file = `the definition for table ${table.name}`;
  const root = YamlNode.parse(texts.join("\n"), file);
  const columns = root.problems.length > 0
    ? []
    : readColumns(root, table.key[0], (table.idle ?? 0) > 0, {
      asOf: asOf(spec),
      entities: spec.entities.map((entity) => ({
        ...entity,
        column: spec.tables.find((t) => t.entity === entity.name)?.key[0] ??
          entity.name,
      })),
    });
  throwProblems("Cannot read the columns", root.problems);
  const eventTime = columns.find((c) => c.distribution.kind === "event_time");
  if (eventTime) {
    throw refuse(
      `Cannot add ${table.name}.${eventTime.name}`,
      "event_time is the key of event tables",
      "Take `time` instead",
    );
  }
  return columns.map((column) => fitColumn(column, spec.entities));
}

/** Where windows such as `last: 30d` end: where the dataset's own ones do. */
function asOf(spec: DatasetSpec): number {
  const ends = spec.tables.flatMap((table) =>
    table.columns.flatMap(({ distribution: d }) =>
      d.kind === "time" || d.kind === "event_time" ? [d.to] : []
    )
  );
  return ends.length > 0 ? Math.max(...ends) : 1_767_225_600_000_000;
}
