import {
  type Data,
  Field,
  Float32,
  Float64,
  Int16,
  makeData,
  RecordBatch,
  Schema,
  Struct,
  Table,
  tableFromIPC,
  tableToIPC,
  Uint16,
  Uint32,
  Uint8,
} from "apache-arrow";
import { ServemarkError } from "../core/errors.ts";
import {
  allocateSamples,
  SAMPLE_COLUMNS,
  type SampleColumns,
} from "./sample_columns.ts";

/** Version of the samples' layout, in the file's metadata. */
export const SAMPLES_SCHEMA_VERSION = "1";

type Column = (typeof SAMPLE_COLUMNS)[number];

/** Each column's Arrow type, its name in the file, and its unit or codes. */
const COLUMNS = {
  point: [new Uint16(), "point", "index into the run's points"],
  client: [new Uint16(), "client", "number within the point, from 0"],
  operation: [new Uint32(), "operation", "number within the client, from 0"],
  part: [new Int16(), "part", "-1 for the whole operation"],
  kind: [new Uint8(), "kind", "0 read, 1 write"],
  table: [new Int16(), "table", "index into the dataset's tables, -1 several"],
  planned: [new Float64(), "planned", "µs since the run's epoch"],
  sent: [new Float64(), "sent", "µs since the run's epoch"],
  firstByte: [new Float64(), "first_byte", "µs since the run's epoch"],
  done: [new Float64(), "done", "µs since the run's epoch"],
  rows: [new Uint32(), "rows", "rows returned"],
  bytes: [new Uint32(), "bytes", "bytes received"],
  code: [new Uint8(), "code", "0 ok, 1 rows, 2 error, 3 timeout, 4 lost"],
  weight: [new Float32(), "weight", "operations that the row stands for"],
} as const;

/**
 * Writes samples as an Arrow IPC file. Column names are in snake case, each
 * field's metadata holds its `unit`, and a first byte that the driver could not
 * see is null.
 *
 * @param metadata kept in the schema beside `schemaVersion`
 */
export function samplesToArrow(
  samples: SampleColumns,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  const { length } = samples;
  const fields = SAMPLE_COLUMNS.map((name) => {
    const [type, label, unit] = COLUMNS[name];
    return new Field(
      label,
      type,
      name === "firstByte",
      new Map([["unit", unit]]),
    );
  });
  const children = SAMPLE_COLUMNS.map((name) => columnData(samples, name));
  const schema = new Schema(
    fields,
    new Map(Object.entries({
      ...metadata,
      schemaVersion: SAMPLES_SCHEMA_VERSION,
    })),
  );
  const data = makeData({ type: new Struct(fields), length, children });
  const table = new Table(schema, [new RecordBatch(schema, data)]);
  return tableToIPC(table, "file");
}

/**
 * Reads samples from an Arrow IPC file or stream.
 *
 * @throws {ServemarkError} when it is not Arrow, or lacks a column
 */
export function samplesFromArrow(bytes: Uint8Array): SampleColumns {
  let table: Table;
  try {
    table = tableFromIPC(bytes);
  } catch (error) {
    throw new ServemarkError("Cannot read the samples", {
      cause: "this is not an Arrow IPC file",
      error,
    });
  }
  const samples = allocateSamples(table.numRows);
  samples.length = table.numRows;
  for (const name of SAMPLE_COLUMNS) {
    const label = COLUMNS[name][1];
    const vector = table.getChild(label);
    if (!vector) {
      throw new ServemarkError("Cannot read the samples", {
        cause: `the file has no column "${label}"`,
      });
    }
    let at = 0;
    for (const chunk of vector.data) {
      samples[name].set(chunk.values.subarray(0, chunk.length), at);
      at += chunk.length;
    }
    if (vector.nullCount === 0) continue;
    for (let row = 0; row < table.numRows; row++) {
      if (!vector.isValid(row)) samples[name][row] = NaN;
    }
  }
  return samples;
}

function columnData(samples: SampleColumns, name: Column): Data {
  const { length } = samples;
  const data = samples[name].subarray(0, length);
  const [type] = COLUMNS[name];
  const options = { type, length, data };
  if (name !== "firstByte") return makeData(options as never);
  const { bitmap, nulls } = validity(data as Float64Array);
  return makeData({
    ...options,
    nullCount: nulls,
    nullBitmap: nulls === 0 ? undefined : bitmap,
  } as never);
}

function validity(
  values: Float64Array,
): { bitmap: Uint8Array; nulls: number } {
  const bitmap = new Uint8Array(Math.ceil(values.length / 64) * 8);
  let nulls = 0;
  for (let k = 0; k < values.length; k++) {
    if (values[k] === values[k]) bitmap[k >> 3] |= 1 << (k & 7);
    else nulls++;
  }
  return { bitmap, nulls };
}
