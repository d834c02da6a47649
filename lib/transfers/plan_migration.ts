import type { Catalog } from "../catalog/catalog.ts";
import type { Manifest } from "../catalog/manifest.ts";
import { readParts } from "../catalog/read_table.ts";
import { canonicalJson } from "../datasets/digest.ts";
import { columnPairs } from "../datasets/evolution.ts";
import type { ColumnSpec, DatasetSpec, TableSpec } from "../datasets/spec.ts";
import { tableDigest } from "../datasets/table_digest.ts";
import type { TableEvolution } from "../platforms/evolve.ts";

/** What becomes of one table. */
export interface TablePlan {
  readonly table: string;
  readonly isNew: boolean;
  /** Absent for tables that stay as they are. */
  readonly evolution?: TableEvolution;
  /** Why changing columns does not do. */
  readonly reason?: string;
}

/** Plans how a table of one version becomes that of the next, without loading it where that can be. */
export function planTable(
  before: DatasetSpec,
  to: Manifest,
  after: TableSpec,
  catalog: Catalog,
): TablePlan {
  const table = after.name;
  const old = before.tables.find(({ name }) => name === table);
  if (!old) return { table, isNew: true };
  const plan = { table, isNew: false };
  if (
    old.rows === after.rows &&
    tableDigest(before, old) === tableDigest(to.spec, after)
  ) return plan;
  const reason = whyReload(before, old, to.spec, after);
  if (reason !== undefined) return { ...plan, reason };
  const pairs = columnPairs(old, after);
  const kept = Object.fromEntries(
    pairs.flatMap((pair) =>
      pair.before ? [[pair.after.name, pair.before.name]] : []
    ),
  );
  const fill = filledColumns(pairs, after);
  if (fill.length === 0) {
    return { ...plan, evolution: { before: old, after, kept } };
  }
  const columns = after.columns.filter((column) =>
    after.key.includes(column.name) || fill.includes(column)
  );
  const schema = { ...after, columns };
  const batches = () => readParts(catalog, schema, to.parts[table]);
  return {
    ...plan,
    evolution: { before: old, after, kept, fill: { table: schema, batches } },
  };
}

/** Columns that are new or drawn otherwise, and those whose values follow from them. */
function filledColumns(
  pairs: ReturnType<typeof columnPairs>,
  after: TableSpec,
): ColumnSpec[] {
  const filled = new Set<string>();
  const found: ColumnSpec[] = [];
  const renames = new Map(
    pairs.flatMap(({ before, after }) =>
      before ? [[before.name, after.name] as const] : []
    ),
  );
  for (const { before, after: column } of pairs) {
    if (after.key.includes(column.name)) continue;
    const same = before !== undefined &&
      lawOf(before, renames) === lawOf(column, new Map());
    const follows = JSON.stringify([column.distribution, column.correlated]);
    const depends = [...filled].some((name) =>
      follows.includes(JSON.stringify(name))
    );
    if (same && !depends) continue;
    filled.add(column.name);
    found.push(column);
  }
  return found;
}

/** What decides a column's values, with references by the columns' new names. */
function lawOf(
  column: ColumnSpec,
  renames: ReadonlyMap<string, string>,
): string {
  const { distribution: d, correlated } = column;
  const now = (name: string) => renames.get(name) ?? name;
  const law = d.kind === "product"
    ? { ...d, of: d.of.map(now) }
    : d.kind === "fraction"
    ? {
      ...d,
      of: now(d.of),
      least: typeof d.least === "string" ? now(d.least) : d.least,
    }
    : d;
  return canonicalJson({
    law,
    correlated: correlated && { ...correlated, with: now(correlated.with) },
    drawn: column.drawnAs ?? column.name,
    nulls: column.nulls,
    idle: column.idle,
    scale: column.type.kind === "decimal" ? column.type.scale : undefined,
  });
}

/** Why a table's rows cannot be had by changing columns; `undefined` where they can. */
function whyReload(
  before: DatasetSpec,
  old: TableSpec,
  after: DatasetSpec,
  now: TableSpec,
): string | undefined {
  if (old.rows !== now.rows) {
    return `it has ${old.rows} rows, and then ${now.rows}`;
  }
  if (old.stored !== undefined || now.stored !== undefined) {
    return "its rows were loaded, and which of them differ is not known";
  }
  const key = (table: TableSpec, spec: DatasetSpec) =>
    canonicalJson({
      seed: table.seed ?? spec.seed,
      idle: table.idle ?? 0,
      updates: table.updates ?? [],
      keyForm: table.keyForm,
    });
  if (key(old, before) !== key(now, after)) {
    return "its rows are drawn otherwise, in all columns";
  }
  const pairs = columnPairs(old, now);
  const sameKey = old.key.length === now.key.length &&
    old.key.every((name, k) =>
      pairs.find(({ after }) => after.name === now.key[k])?.before?.name ===
        name
    );
  if (!sameKey) return "its key has other columns";
  const popularity = (spec: DatasetSpec) =>
    canonicalJson(spec.entities.map(({ name, keys, popularity }) => ({
      name,
      keys,
      popularity,
    })));
  const picks = now.events ||
    now.columns.some(({ distribution: d }) => d.kind === "foreign_key");
  return picks && popularity(before) !== popularity(after)
    ? "its keys are picked by another popularity"
    : undefined;
}
