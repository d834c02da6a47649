import { totalRows } from "../catalog/manifest.ts";
import { formatBytes, formatCount } from "../core/sizes.ts";
import { specDigest } from "../datasets/digest.ts";
import { tableGenerator } from "../datasets/generator.ts";
import { popularityText } from "../datasets/popularity.ts";
import type { DatasetSpec } from "../datasets/spec.ts";
import { writeParquet } from "../formats/parquet/write.ts";

/** Rows of each table that are generated to estimate its size. */
const SAMPLE = 1000;

/** A dataset's plan, as text: what would be generated, and about how large it is. */
export function planText(spec: DatasetSpec): string {
  const lines = [
    `${spec.name}_v${spec.version}: ${
      formatCount(totalRows(spec))
    } rows in ${spec.tables.length} tables, seed ${spec.seed}`,
    spec.description,
    `digest  ${specDigest(spec)}`,
    `size    about ${formatBytes(estimatedBytes(spec))} of Parquet`,
    "",
    ...aligned(["entity", "keys", "popularity"], [
      ...spec.entities.map((e) => [
        e.name,
        e.keys.toLocaleString("en-US"),
        popularityText(e.popularity),
      ]),
    ]),
    "",
    ...aligned(["table", "rows", "columns", "of"], [
      ...spec.tables.map((t) => [
        t.name,
        t.rows.toLocaleString("en-US"),
        String(t.columns.length),
        t.events ? `${t.entity} (events)` : t.entity,
      ]),
    ]),
  ];
  return lines.map((line) => line.trimEnd()).join("\n");
}

/** Bytes of all parts, from a sample of each table. */
export function estimatedBytes(spec: DatasetSpec): number {
  let bytes = 0;
  for (const { name, rows } of spec.tables) {
    if (rows === 0) continue;
    const generator = tableGenerator(spec, name);
    const sample = Math.min(SAMPLE, rows);
    const file = writeParquet(generator.table, [generator.batch(0, sample)]);
    bytes += file.length * (rows / sample);
  }
  return Math.round(bytes);
}

/** Columns of text; those after the first that hold numbers stand to the right. */
function aligned(
  head: readonly string[],
  rows: readonly (readonly string[])[],
): string[] {
  const all = [head, ...rows];
  const widths = head.map((_, c) =>
    Math.max(...all.map((row) => row[c].length))
  );
  const numeric = head.map((_, c) =>
    c > 0 && rows.every((row) => /^[0-9,]+$/.test(row[c]))
  );
  return all.map((row) =>
    row.map((cell, c) =>
      numeric[c] ? cell.padStart(widths[c]) : cell.padEnd(widths[c])
    ).join("  ")
  );
}
