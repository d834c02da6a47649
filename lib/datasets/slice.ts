import type { Batch, Values, Vector } from "./batch.ts";
import { LazyTexts } from "./lazy_texts.ts";

/** Rows [from, to) of a batch, counted from its first. */
export function sliceBatch(batch: Batch, from: number, to: number): Batch {
  if (from === 0 && to === batch.rows) return batch;
  return {
    table: batch.table,
    from: batch.from + from,
    rows: to - from,
    columns: batch.columns.map((vector) => sliceVector(vector, from, to)),
  };
}

function sliceVector(vector: Vector, from: number, to: number): Vector {
  const { texts } = vector;
  const nulls = vector.nulls && vector.nulls.subarray(from, to);
  if (texts) {
    const numbers = texts.numbers.subarray(from, to);
    return new LazyTexts({ ...texts, numbers }, nulls);
  }
  return { values: sliceValues(vector.values, from, to), nulls };
}

function sliceValues(values: Values, from: number, to: number): Values {
  return ArrayBuffer.isView(values)
    ? values.subarray(from, to)
    : values.slice(from, to) as Values;
}
