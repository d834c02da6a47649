import type { Batch, Vector } from "./batch.ts";

/**
 * A row's canonical text: columns in the schema's order joined by `|`, NULL as
 * `\N`, `\` and `|` of texts escaped by `\`, booleans 0 and 1, decimals as
 * their scaled integers, timestamps as µs since 1970.
 */
export function canonicalRow(batch: Batch, row: number): string {
  const { columns } = batch;
  let text = canonicalValue(columns[0], row);
  for (let c = 1; c < columns.length; c++) {
    text += "|" + canonicalValue(columns[c], row);
  }
  return text;
}

function canonicalValue(vector: Vector, row: number): string {
  if (vector.nulls !== null && vector.nulls[row] === 1) return "\\N";
  const value = vector.values[row];
  return typeof value === "number" ? String(value) : escapeText(value);
}

/** Escapes `\` and `|`. */
export function escapeText(text: string): string {
  return text.includes("\\") || text.includes("|")
    ? text.replace(/[\\|]/g, "\\$&")
    : text;
}
