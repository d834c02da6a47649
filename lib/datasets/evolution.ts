import { canonicalJson } from "./digest.ts";
import type { ColumnType } from "./schema.ts";
import type { ColumnSpec, DatasetSpec, TableSpec } from "./spec.ts";

/** One way in which a schema differs from an earlier one. */
export interface SchemaChange {
  readonly kind:
    | "add_table"
    | "drop_table"
    | "add_column"
    | "drop_column"
    | "rename_column"
    | "retype_column"
    | "allow_nulls"
    | "forbid_nulls"
    | "change_key";
  readonly table: string;
  /** The column as it is called now; as it was called, where it was dropped. */
  readonly column?: string;
  /** The old name, or type. */
  readonly from?: string;
  /** The new name, or type. */
  readonly to?: string;
  /** Whether readers of the earlier version read this one as well. */
  readonly compatible: boolean;
}

/**
 * How a dataset's schema differs from an earlier one. Readers that know the
 * earlier one are not disturbed by what was added or widened, and are by what
 * was dropped, renamed, narrowed, or may be NULL now.
 */
export function schemaEvolution(
  before: DatasetSpec,
  after: DatasetSpec,
): SchemaChange[] {
  const changes: SchemaChange[] = [];
  for (const { name } of before.tables) {
    if (!after.tables.some((table) => table.name === name)) {
      changes.push({ kind: "drop_table", table: name, compatible: false });
    }
  }
  for (const table of after.tables) {
    const earlier = before.tables.find((t) => t.name === table.name);
    if (earlier) changes.push(...tableEvolution(earlier, table));
    else {changes.push({
        kind: "add_table",
        table: table.name,
        compatible: true,
      });}
  }
  return changes;
}

/** How one table's schema differs from what it was. */
export function tableEvolution(
  before: TableSpec,
  after: TableSpec,
): SchemaChange[] {
  const changes: SchemaChange[] = [];
  const table = after.name;
  const pairs = columnPairs(before, after);
  for (const column of before.columns) {
    if (pairs.some((pair) => pair.before === column)) continue;
    const { name } = column;
    changes.push({
      kind: "drop_column",
      table,
      column: name,
      compatible: false,
    });
  }
  for (const { before: old, after: now } of pairs) {
    if (old === undefined) {
      const to = typeText(now.type);
      const column = now.name;
      changes.push({ kind: "add_column", table, column, to, compatible: true });
    } else changes.push(...columnEvolution(table, old, now));
  }
  const renamed = (name: string) =>
    pairs.find(({ before }) => before?.name === name)?.after.name;
  const sameKey = canonicalJson([before.key.map(renamed), before.keyForm]) ===
    canonicalJson([after.key, after.keyForm]);
  if (!sameKey) changes.push({ kind: "change_key", table, compatible: false });
  return changes;
}

/** A column and what it was, where it was there. */
export interface ColumnPair {
  readonly before?: ColumnSpec;
  readonly after: ColumnSpec;
}

/** A table's columns, each with what it was: of the same name, or, renamed, drawn under the same. */
export function columnPairs(before: TableSpec, after: TableSpec): ColumnPair[] {
  const origin = ({ drawnAs, name }: ColumnSpec) => drawnAs ?? name;
  const kept = new Set(after.columns.map(({ name }) => name));
  return after.columns.map((column) => {
    const same = before.columns.find(({ name }) => name === column.name);
    if (same) return { before: same, after: column };
    const renamed = before.columns.find((old) =>
      column.drawnAs !== undefined && !kept.has(old.name) &&
      origin(old) === origin(column)
    );
    return renamed ? { before: renamed, after: column } : { after: column };
  });
}

function columnEvolution(
  table: string,
  old: ColumnSpec,
  now: ColumnSpec,
): SchemaChange[] {
  const changes: SchemaChange[] = [];
  const at = { table, column: now.name };
  if (old.name !== now.name) {
    const names = { from: old.name, to: now.name };
    changes.push({ kind: "rename_column", ...at, ...names, compatible: false });
  }
  const [from, to] = [typeText(old.type), typeText(now.type)];
  if (from !== to) {
    const compatible = widens(old.type, now.type);
    changes.push({ kind: "retype_column", ...at, from, to, compatible });
  }
  if (!old.nullable && now.nullable) {
    changes.push({ kind: "allow_nulls", ...at, compatible: false });
  } else if (old.nullable && !now.nullable) {
    changes.push({ kind: "forbid_nulls", ...at, compatible: true });
  }
  return changes;
}

/** `decimal(12,2)`, `bigint`, `text (varchar(20))`. */
export function typeText(type: ColumnType): string {
  const text = type.kind === "decimal"
    ? `decimal(${type.precision},${type.scale})`
    : type.kind;
  return type.native === undefined ? text : `${text} (${type.native})`;
}

/** Whether every value of a type is one of another, written alike. */
export function widens(from: ColumnType, to: ColumnType): boolean {
  if (from.kind === "decimal" && to.kind === "decimal") {
    // Another scale writes all its values otherwise.
    return from.native === to.native && to.scale === from.scale &&
      to.precision >= from.precision;
  }
  if (from.kind === "integer" && to.kind === "bigint") {
    return to.native === undefined;
  }
  if (from.kind !== to.kind) return false;
  if (to.native === undefined) return isLimited(from.native);
  const [old, now] = [limitOf(from.native), limitOf(to.native)];
  return old !== undefined && now !== undefined && now >= old;
}

function isLimited(native: string | undefined): boolean {
  return native === undefined || native === "smallint" ||
    limitOf(native) !== undefined;
}

/** The most characters that a text may have; `undefined` for other types. */
function limitOf(native: string | undefined): number | undefined {
  const match = /^(?:varchar|character varying)\((\d+)\)$/.exec(native ?? "");
  return match ? Number(match[1]) : undefined;
}
