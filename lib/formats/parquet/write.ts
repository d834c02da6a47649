import type { DecodedArray } from "hyparquet";
import { ByteWriter, ParquetWriter } from "hyparquet-writer";
import { ServemarkError } from "../../core/errors.ts";
import type { Batch, Value, Vector } from "../../datasets/batch.ts";
import type { ColumnSchema, TableSchema } from "../../datasets/schema.ts";
import { zstd } from "./codec.ts";
import { physicalElement, tableElements } from "./columns.ts";

/** Rows of one row group, at most. */
export const ROW_GROUP = 65_536;

/**
 * Builds one Parquet file in memory, a batch at a time: zstd, statistics, row
 * groups of up to {@link ROW_GROUP} rows. The same rows in the same batches
 * give the same bytes.
 */
export class ParquetBuilder {
  readonly #table: TableSchema;
  readonly #bytes = new ByteWriter();
  readonly #writer: ParquetWriter;

  constructor(table: TableSchema) {
    this.#table = table;
    this.#writer = new ParquetWriter({
      writer: this.#bytes,
      schema: tableElements(table).map(physicalElement),
      codec: "ZSTD",
      compressors: { ZSTD: zstd },
      createdBy: "servemark version 1",
    });
  }

  /** Appends a batch's rows. A value that its column cannot hold is an error naming both. */
  add(batch: Batch): void {
    const columnData = this.#table.columns.map((column, c) => ({
      name: column.name,
      data: toParquet(batch, column, batch.columns[c]),
    }));
    this.#writer.write({ columnData, rowGroupSize: ROW_GROUP });
  }

  /** The finished file. */
  finish(): Uint8Array {
    this.#writer.schema = tableElements(this.#table);
    this.#writer.finish();
    return this.#bytes.getBytes();
  }
}

/** Writes batches of one table as one Parquet file. */
export function writeParquet(
  table: TableSchema,
  batches: Iterable<Batch>,
): Uint8Array {
  const builder = new ParquetBuilder(table);
  for (const batch of batches) builder.add(batch);
  return builder.finish();
}

function toParquet(
  batch: Batch,
  column: ColumnSchema,
  { values, nulls }: Vector,
): DecodedArray {
  if (values.length < batch.rows) {
    throw new ServemarkError(`Cannot write table ${batch.table.name}`, {
      cause:
        `column ${column.name} has ${values.length} values for ${batch.rows} rows`,
    });
  }
  const out = new Array(batch.rows);
  const convert = converter(column);
  let isNull = false;
  for (let r = 0; r < batch.rows; r++) {
    if (nulls !== null && nulls[r] === 1) {
      out[r] = null;
      isNull = true;
    } else {
      const value = convert(values[r]);
      if (value === undefined) throw misfit(batch, column, r, values[r]);
      out[r] = value;
    }
  }
  if (isNull && !column.nullable) {
    throw misfit(batch, column, nulls!.indexOf(1), null);
  }
  return out;
}

type Stored = number | bigint | boolean | string | Uint8Array;

/** Gives the stored form of a value, or `undefined` where the column cannot hold it. */
function converter(
  { type }: ColumnSchema,
): (value: NonNullable<Value>) => Stored | undefined {
  switch (type.kind) {
    case "text":
      return (v) => typeof v === "string" ? v : undefined;
    case "bytes":
      return (v) => v instanceof Uint8Array ? v : undefined;
    case "double":
      return (v) => typeof v === "number" ? v : undefined;
    case "boolean":
      return (v) => v === 1 ? true : v === 0 ? false : undefined;
    case "date":
    case "integer":
      return (v) => v === ((v as number) | 0) ? v : undefined;
    case "decimal": {
      const limit = Math.min(
        10 ** type.precision - 1,
        Number.MAX_SAFE_INTEGER,
      );
      const fits = (v: NonNullable<Value>): v is number =>
        Number.isSafeInteger(v) && Math.abs(v as number) <= limit;
      return type.precision <= 9
        ? (v) => fits(v) ? v : undefined
        : (v) => fits(v) ? BigInt(v) : undefined;
    }
    case "bigint":
    case "timestamp":
      return (v) =>
        typeof v === "bigint"
          ? v
          : Number.isSafeInteger(v)
          ? BigInt(v as number)
          : undefined;
  }
}

function misfit(
  batch: Batch,
  column: ColumnSchema,
  row: number,
  value: unknown,
): ServemarkError {
  return new ServemarkError(`Cannot write table ${batch.table.name}`, {
    cause: `${
      value === null ? "NULL" : JSON.stringify(value)
    } is not a value of ${describeColumn(column)}`,
    place: `table ${batch.table.name}, row ${
      batch.from + row
    }, column ${column.name}`,
  });
}

function describeColumn({ type, nullable }: ColumnSchema): string {
  const name = type.kind === "decimal"
    ? `decimal(${type.precision},${type.scale})`
    : type.kind;
  return nullable ? name : `${name} not null`;
}
