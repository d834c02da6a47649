import { type Problem, throwProblems } from "../../core/errors.ts";
import type { Batch } from "../../datasets/batch.ts";
import type { ColumnSchema, TableSchema } from "../../datasets/schema.ts";
import { type ByteSource, memorySource } from "./byte_source.ts";
import { describeLayout, layoutOf } from "./columns.ts";
import { Damage, damageError } from "./damage.ts";
import { formOf, readsAs } from "./forms.ts";
import type { FileMetadata, Leaf } from "./metadata.ts";
import { readFileMetadata } from "./open_file.ts";
import { type ColumnPlan, openGroup } from "./row_group.ts";

export type { ByteSource };

/** What to read, and how. */
export interface ParquetReadOptions {
  /** What the file is called in errors. @default "the Parquet file" */
  readonly name?: string;
  /** Number of the file's first row within its table. @default 0 */
  readonly from?: number;
  /** Rows of a batch, at most. @default 8192 */
  readonly batchRows?: number;
  /** Row groups to read, by their number. @default all */
  readonly rowGroups?: readonly number[];
  /** The file's metadata, where they have been read. */
  readonly metadata?: FileMetadata;
  readonly signal?: AbortSignal;
}

/** Texts and byte strings of a batch take about so many bytes, at most. */
const BATCH_BYTES = 2 ** 25;

/**
 * Reads a Parquet file's rows as batches of a table: only its columns, found by
 * name. One that is missing, or of another type, is an error that names it, and
 * so is a file that is cut short or damaged, with the place.
 *
 * Of a file that is read in ranges, a row group's columns are in memory while
 * they take up to 64 MiB, else a window of 1 MiB of each, or a page where that
 * is larger.
 */
export async function* readParquet(
  file: Uint8Array | ByteSource,
  table: TableSchema,
  options: ParquetReadOptions = {},
): AsyncGenerator<Batch> {
  const { name = "the Parquet file", from = 0, batchRows = 8192 } = options;
  const source = file instanceof Uint8Array ? memorySource(file) : file;
  const metadata = options.metadata ??
    await blame(name, () => readFileMetadata(source));
  throwProblems(
    `Cannot read ${name} as table ${table.name}`,
    mismatches(metadata, table.columns),
  );
  const plans = table.columns.map((column): ColumnPlan => ({
    column,
    leaf: metadata.leaves.find((leaf) => leaf.name === column.name)!,
  }));
  const wanted = options.rowGroups && new Set(options.rowGroups);
  let start = from;
  for (const [g, group] of metadata.rowGroups.entries()) {
    const first = start;
    start += group.rows;
    if (group.rows === 0 || wanted && !wanted.has(g)) continue;
    const step = Math.min(
      batchRows,
      rowsWithin(group.rows, plans, metadata, g),
    );
    const readers = await blame(
      name,
      () => openGroup(source, group, plans),
      { rowGroup: g },
    );
    for (let at = 0; at < group.rows; at += step) {
      options.signal?.throwIfAborted();
      const rows = Math.min(step, group.rows - at);
      const columns = [];
      for (let c = 0; c < readers.length; c++) {
        const reader = readers[c];
        try {
          columns.push(await reader.read(rows));
        } catch (error) {
          if (!(error instanceof Damage)) throw error;
          throw damageError(name, error, {
            rowGroup: g,
            column: table.columns[c].name,
            offset: reader.offset,
          });
        }
      }
      yield { table, from: first + at, rows, columns };
    }
  }
}

/** Says which file is damaged. */
export async function blame<T>(
  name: string,
  work: () => Promise<T>,
  place: { rowGroup?: number } = {},
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof Damage ? damageError(name, error, place) : error;
  }
}

/** Rows whose texts and byte strings fit a batch. */
function rowsWithin(
  rows: number,
  plans: readonly ColumnPlan[],
  { rowGroups }: FileMetadata,
  group: number,
): number {
  const bytes = plans.reduce(
    (sum, { leaf }) => sum + rowGroups[group].chunks[leaf.chunk].uncompressed,
    0,
  );
  return Math.max(1, Math.floor(rows * BATCH_BYTES / Math.max(1, bytes)));
}

function mismatches(
  metadata: FileMetadata,
  columns: readonly ColumnSchema[],
): Problem[] {
  const problems: Problem[] = [];
  const found = new Map<string, Leaf>();
  const twice = new Set<string>();
  for (const leaf of metadata.leaves) {
    if (found.has(leaf.name)) twice.add(leaf.name);
    found.set(leaf.name, leaf);
  }
  for (const column of columns) {
    const message = mismatch(metadata, found, twice, column);
    if (message) problems.push({ message, place: `column ${column.name}` });
  }
  return problems;
}

function mismatch(
  { nested }: FileMetadata,
  found: ReadonlyMap<string, Leaf>,
  twice: ReadonlySet<string>,
  column: ColumnSchema,
): string | undefined {
  const leaf = found.get(column.name);
  if (twice.has(column.name)) return "is there twice";
  if (!leaf) {
    const deep = nested.find(({ name }) => name === column.name);
    return deep
      ? `is ${deep.what}; nested columns are not read`
      : `is missing; the file has ${listed([...found.keys()])}`;
  }
  const form = formOf(leaf);
  if ("refused" in form) return form.refused;
  if (readsAs(leaf, column)) return undefined;
  return `is ${describeLayout(leaf)}, not ${describeLayout(layoutOf(column))}`;
}

function listed(names: readonly string[]): string {
  const shown = names.slice(0, 50).join(", ");
  return names.length > 50 ? `${shown} and ${names.length - 50} more` : shown;
}
