/**
 * A row's canonical text: columns in the schema's order joined by `|`, NULL as
 * `\N`, `\` and `|` of texts escaped by `\`, booleans 0 and 1, decimals as
 * their scaled integers, timestamps as µs since 1970.
 *
 * @module
 */
import type { Batch, Vector } from "./batch.ts";

/** NULL's canonical text. */
export const CANONICAL_NULL = "\\N";

/** The canonical text of one row of a batch. */
export function canonicalRow(batch: Batch, row: number): string {
  const { columns } = batch;
  let text = vectorValue(columns[0], row);
  for (let c = 1; c < columns.length; c++) {
    text += "|" + vectorValue(columns[c], row);
  }
  return text;
}

/** The canonical text of a row's values: numbers as in a {@link Vector}, texts unescaped. */
export function canonicalOfValues(
  values: readonly (number | string | null)[],
): string {
  return values.map((v) => v === null ? CANONICAL_NULL : canonicalValue(v))
    .join("|");
}

function vectorValue(vector: Vector, row: number): string {
  return vector.nulls !== null && vector.nulls[row] === 1
    ? CANONICAL_NULL
    : canonicalValue(vector.values[row]);
}

/** The canonical text of one value that is not NULL; −0 is 0. */
function canonicalValue(value: number | string): string {
  return typeof value === "number" ? String(value) : escapeText(value);
}

/** Escapes `\` and `|`. */
export function escapeText(text: string): string {
  return text.includes("\\") || text.includes("|")
    ? text.replace(/[\\|]/g, "\\$&")
    : text;
}
