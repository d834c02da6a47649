import { createHash } from "node:crypto";
import { canonicalJson } from "./digest.ts";
import type { DatasetSpec, EntitySpec, TableSpec } from "./spec.ts";

/** Raised whenever the same spec gives other rows, so that no part of old rows is taken for new ones. */
const GENERATION = 1;

/**
 * The identity of a table's rows: the SHA-256, in hex, of all that decides
 * them. Tables of the same digest in other versions, or of another number of
 * rows, have the same row i.
 */
export function tableDigest(spec: DatasetSpec, table: TableSpec): string {
  const { description: _, rows, ...law } = table;
  const decisive = {
    generation: GENERATION,
    seed: spec.seed,
    table: law,
    entities: pickedEntities(spec, table),
    // Each event has a stretch of the window to itself, and data that was not
    // generated is known as a whole.
    rows: table.stored !== undefined || hasKind(table, "event_time")
      ? rows
      : undefined,
  };
  return createHash("sha256").update(canonicalJson(decisive)).digest("hex");
}

/** The entities whose popular keys the table's rows hold. */
function pickedEntities(spec: DatasetSpec, table: TableSpec): EntitySpec[] {
  const names = new Set(
    table.columns.flatMap(({ distribution: d }) =>
      d.kind === "foreign_key"
        ? [d.entity]
        : d.kind === "key" && table.events
        ? [table.entity]
        : []
    ),
  );
  return spec.entities.filter(({ name }) => names.has(name))
    .sort((a, b) => a.name < b.name ? -1 : 1);
}

function hasKind(table: TableSpec, kind: string): boolean {
  return table.columns.some(({ distribution }) => distribution.kind === kind);
}
