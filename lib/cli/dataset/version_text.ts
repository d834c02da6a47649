import { evolutionTable } from "../../catalog/version_tables.ts";
import type { VersionRecord } from "../../catalog/versions.ts";
import { formatCount } from "../../core/sizes.ts";
import { tableText } from "../../core/text_table.ts";
import type { NamedChange } from "../../datasets/changes/change.ts";
import type { SchemaChange } from "../../datasets/evolution.ts";

/** `fraud_detection_v1.1  300k rows in 30 tables, digest 0a1b…, made of v1.0` */
export function recordLine(record: VersionRecord): string {
  const { name, version, digest, spec, parent } = record;
  const rows = spec.tables.reduce((sum, table) => sum + table.rows, 0);
  return [
    `${name}_v${version}: ${formatCount(rows)} rows in ${spec.tables.length} ` +
    `table${spec.tables.length === 1 ? "" : "s"}`,
    `digest ${digest.slice(0, 12)}`,
    ...(parent ? [`made of ${name}_v${parent}`] : []),
    `recorded ${record.created.slice(0, 16).replace("T", " ")} UTC`,
  ].join(", ");
}

/** `increase_nulls (table card_profile, share 0.2)` */
export function changeText({ change, ...parameters }: NamedChange): string {
  const given = Object.entries(parameters).map(([name, value]) =>
    `${name} ${typeof value === "object" ? JSON.stringify(value) : value}`
  );
  return given.length === 0 ? change : `${change} (${given.join(", ")})`;
}

/** How a schema changed, as a table; nothing where it did not. */
export function evolutionText(evolution: readonly SchemaChange[]): string[] {
  if (evolution.length === 0) return [];
  return [tableText(evolutionTable(evolution))];
}
