import { ServemarkError } from "../../core/errors.ts";
import type { Watch } from "../../core/progress.ts";
import { type Batch, valueAt } from "../../datasets/batch.ts";
import type { ColumnSchema, TableSchema } from "../../datasets/schema.ts";
import type { TableSource } from "../../formats/source.ts";
import { DistinctKeys, MOST_DISTINCT } from "./distinct_keys.ts";
import { keyCandidates } from "./key_candidates.ts";

/** What reading a whole table told. */
export interface Survey {
  readonly rows: number;
  /** Names of columns with a NULL. */
  readonly nullable: ReadonlySet<string>;
  /** The key: declared, or found; and how. */
  readonly key: readonly string[];
  readonly keyFrom: "declared" | "detected";
}

/** A possible key while rows are read. */
interface Candidate {
  readonly names: readonly string[];
  readonly columns: readonly number[];
  readonly seen: DistinctKeys;
  /** Why it is none: `row 17 repeats row values`, `row 3 is NULL`. */
  fault?: string;
}

/**
 * Reads a table once: counts its rows, sees which columns hold NULLs, and
 * checks the declared key, or else finds the first likely one that is distinct
 * and never NULL.
 *
 * @param declared the key's columns, where someone said them
 * @throws {ServemarkError} where the declared key repeats or is NULL, or where
 * no column is a key, with the first fault of each that was tried
 */
export async function survey(
  source: TableSource,
  table: TableSchema,
  declared: readonly string[],
  watch: Watch,
): Promise<Survey> {
  const { signal, progress } = watch;
  const step = `Read ${table.name}`;
  const names = declared.length > 0 ? [declared] : keyCandidates(table);
  const candidates = names.map((key): Candidate => ({
    names: key,
    columns: key.map((name) => table.columns.findIndex((c) => c.name === name)),
    seen: new DistinctKeys(),
  }));
  const nullable = new Set<string>();
  let rows = 0;
  for await (const batch of source.read(table.name, { signal })) {
    noteNulls(table.columns, batch, nullable);
    for (const candidate of candidates) check(candidate, batch, rows);
    if (declared.length > 0 && candidates[0].fault) break;
    rows += batch.rows;
    progress?.({ step, done: rows, total: undefined, unit: "rows" });
  }
  const found = candidates.find((c) => c.fault === undefined);
  if (!found) throw noKey(source, table, candidates, declared.length > 0);
  progress?.({ step, done: rows, total: rows, unit: "rows", finished: true });
  return {
    rows,
    nullable,
    key: found.names,
    keyFrom: declared.length > 0 ? "declared" : "detected",
  };
}

function noteNulls(
  columns: readonly ColumnSchema[],
  batch: Batch,
  nullable: Set<string>,
): void {
  batch.columns.forEach(({ nulls }, c) => {
    if (nulls?.includes(1)) nullable.add(columns[c].name);
  });
}

function check(candidate: Candidate, batch: Batch, before: number): void {
  if (candidate.fault !== undefined) return;
  const { columns, seen } = candidate;
  for (let r = 0; r < batch.rows; r++) {
    const key = columns.map((c) => valueAt(batch.columns[c], r));
    const row = before + r;
    if (key.includes(null)) {
      candidate.fault = `row ${row} is NULL`;
      return;
    }
    if (seen.size >= MOST_DISTINCT) {
      candidate.fault = `it has over ${MOST_DISTINCT} values to compare`;
      return;
    }
    if (!seen.add(...key as (number | string)[])) {
      candidate.fault = `row ${row} repeats ${key.map(shown).join(", ")}`;
      return;
    }
  }
}

function shown(value: unknown): string {
  const text = String(value);
  return `"${text.length > 40 ? `${text.slice(0, 40)}…` : text}"`;
}

function noKey(
  source: TableSource,
  table: TableSchema,
  candidates: readonly Candidate[],
  declared: boolean,
): ServemarkError {
  const faults = candidates.map(({ names, fault }) =>
    `${names.join(" and ")}: ${fault}`
  );
  return new ServemarkError(
    declared
      ? `Cannot use the declared key of table ${table.name}`
      : `Cannot find a key of table ${table.name}`,
    {
      cause: faults.length === 0
        ? "no column has a type that a key can have"
        : faults.join("; "),
      place: source.name,
      remedy: "Declare the columns that tell rows apart: --key=COLUMN, or " +
        "`key:` in the YAML beside the data. Rows are counted from 0",
    },
  );
}
