/**
 * Samples as plain typed arrays: what workers record and post. Imports nothing,
 * so that workers stay small.
 *
 * @module
 */

/** One row an operation (part −1), and one a request of an operation that makes several. Instants are µs since the run's epoch. */
export interface SampleColumns {
  length: number;
  /** Index into the run's points. */
  point: Uint16Array;
  /** Client number within the point, from 0. */
  client: Uint16Array;
  /** Operation number within the client, from 0. */
  operation: Uint32Array;
  /** −1 for the whole operation, else the request's place in it. */
  part: Int16Array;
  /** 0 read, 1 write. */
  kind: Uint8Array;
  /** Index into the dataset's tables; −1 where the row covers several. */
  table: Int16Array;
  planned: Float64Array;
  sent: Float64Array;
  /** NaN where the driver cannot see it. */
  firstByte: Float64Array;
  done: Float64Array;
  rows: Uint32Array;
  bytes: Uint32Array;
  /** Index into the drivers' CODES; 0 is success. */
  code: Uint8Array;
  /** How many operations this row stands for. */
  weight: Float32Array;
}

const TYPES = {
  point: Uint16Array,
  client: Uint16Array,
  operation: Uint32Array,
  part: Int16Array,
  kind: Uint8Array,
  table: Int16Array,
  planned: Float64Array,
  sent: Float64Array,
  firstByte: Float64Array,
  done: Float64Array,
  rows: Uint32Array,
  bytes: Uint32Array,
  code: Uint8Array,
  weight: Float32Array,
} as const;

/** The columns' names, in their order. */
export const SAMPLE_COLUMNS = Object.keys(TYPES) as (keyof typeof TYPES)[];

/** Makes empty columns with room for this many rows. */
export function allocateSamples(capacity: number): SampleColumns {
  const columns = { length: 0 } as Record<string, unknown>;
  for (const name of SAMPLE_COLUMNS) columns[name] = new TYPES[name](capacity);
  return columns as unknown as SampleColumns;
}

/** Joins several recordings, in their order, into one without spare room. */
export function concatSamples(parts: readonly SampleColumns[]): SampleColumns {
  const total = parts.reduce((n, p) => n + p.length, 0);
  const all = allocateSamples(total);
  for (const part of parts) {
    for (const name of SAMPLE_COLUMNS) {
      all[name].set(part[name].subarray(0, part.length) as never, all.length);
    }
    all.length += part.length;
  }
  return all;
}
