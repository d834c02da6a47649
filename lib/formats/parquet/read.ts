import {
  type AsyncBuffer,
  type DecodedArray,
  type FileMetaData,
  parquetMetadataAsync,
  parquetScan,
} from "hyparquet";
import {
  messageOf,
  type Problem,
  ServemarkError,
  throwProblems,
} from "../../core/errors.ts";
import type { Batch, Vector } from "../../datasets/batch.ts";
import type { ColumnSchema, TableSchema } from "../../datasets/schema.ts";
import { unzstd } from "./codec.ts";
import {
  columnElement,
  describeElement,
  holds,
  physicalElement,
} from "./columns.ts";

/** What to read, and how. */
export interface ParquetReadOptions {
  /** What the file is called in errors. @default "the Parquet file" */
  name?: string;
  /** Number of the file's first row within its table. @default 0 */
  from?: number;
  /** Rows of a batch, at most. @default 8192 */
  batchRows?: number;
}

const COMPRESSORS = { ZSTD: unzstd };

/**
 * Reads a Parquet file's rows as batches of a table. Columns are found by name;
 * one that is missing, or of another type, is an error that names it, and so
 * is a file that is cut short or damaged.
 */
export async function* readParquet(
  file: Uint8Array | AsyncBuffer,
  table: TableSchema,
  options: ParquetReadOptions = {},
): AsyncGenerator<Batch> {
  const { name = "the Parquet file", from = 0, batchRows = 8192 } = options;
  const source = file instanceof Uint8Array ? sourceOf(file) : file;
  const metadata = await blame(name, () => readMetadata(source));
  throwProblems(
    `Cannot read ${name} as table ${table.name}`,
    mismatches(metadata, table),
  );
  metadata.schema = metadata.schema.map(physicalElement);
  const columns = table.columns.map((column) => column.name);
  let start = 0;
  for (const group of metadata.row_groups) {
    const end = start + Number(group.num_rows);
    const vectors = await blame(name, async () => {
      const scan = await parquetScan({
        file: source,
        metadata,
        columns,
        compressors: COMPRESSORS,
        rowStart: start,
        rowEnd: end,
      });
      return await Promise.all(
        table.columns.map(async (column) =>
          toVector(
            column,
            await scan.readColumn({
              column: column.name,
              rowStart: start,
              rowEnd: end,
            }),
            end - start,
          )
        ),
      );
    });
    for (let at = start; at < end; at += batchRows) {
      const to = Math.min(end, at + batchRows);
      yield {
        table,
        from: from + at,
        rows: to - at,
        columns: vectors.map((v) => sliceVector(v, at - start, to - start)),
      };
    }
    start = end;
  }
}

function sourceOf(bytes: Uint8Array): AsyncBuffer {
  return {
    byteLength: bytes.byteLength,
    slice: (start, end) => bytes.slice(start, end).buffer,
  };
}

async function readMetadata(source: AsyncBuffer): Promise<FileMetaData> {
  if (source.byteLength < 12) throw new Error("it is too short for Parquet");
  return await parquetMetadataAsync(source);
}

/** Turns whatever a damaged file makes the library throw into one clear error. */
async function blame<T>(name: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof ServemarkError) throw error;
    throw new ServemarkError(`Cannot read ${name} as Parquet`, {
      cause: `it is cut short or damaged (${messageOf(error)})`,
      remedy: "Make the file again, or fetch it again from its source",
      error,
    });
  }
}

function mismatches(metadata: FileMetaData, table: TableSchema): Problem[] {
  const problems: Problem[] = [];
  const found = new Map(metadata.schema.slice(1).map((e) => [e.name, e]));
  for (const column of table.columns) {
    const element = found.get(column.name);
    const place = `column ${column.name}`;
    if (!element) {
      problems.push({
        message: `is missing; the file has ${[...found.keys()].join(", ")}`,
        place,
      });
    } else if (!holds(element, column)) {
      const wanted = describeElement(columnElement(column));
      problems.push({
        message: `is ${describeElement(element)}, not ${wanted}`,
        place,
      });
    }
  }
  return problems;
}

function toVector(
  column: ColumnSchema,
  data: DecodedArray,
  rows: number,
): Vector {
  if (data.length !== rows) {
    throw new Error(
      `column ${column.name} has ${data.length} values for ${rows} rows`,
    );
  }
  const text = column.type.kind === "text";
  const values = text ? new Array<string>(rows) : new Float64Array(rows);
  let nulls: Uint8Array | null = null;
  for (let r = 0; r < rows; r++) {
    const value = data[r];
    if (value === null || value === undefined) {
      if (!column.nullable) {
        throw new Error(`column ${column.name}, row ${r} is NULL`);
      }
      (nulls ??= new Uint8Array(rows))[r] = 1;
      if (text) values[r] = "";
    } else values[r] = text ? value : exact(column, value);
  }
  return { values, nulls };
}

/** The number of a stored integer; a batch cannot hold one beyond 2⁵³. */
function exact(column: ColumnSchema, value: number | bigint | boolean): number {
  const n = Number(value);
  if (!Number.isSafeInteger(n)) {
    throw new ServemarkError(`Cannot read column ${column.name}`, {
      cause: `${value} is beyond 2^53, which is not supported`,
    });
  }
  return n;
}

function sliceVector(
  { values, nulls }: Vector,
  from: number,
  to: number,
): Vector {
  if (from === 0 && to === values.length) return { values, nulls };
  return {
    values: values instanceof Float64Array
      ? values.subarray(from, to)
      : values.slice(from, to),
    nulls: nulls && nulls.subarray(from, to),
  };
}
