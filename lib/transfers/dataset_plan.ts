import { totalRows } from "../catalog/manifest.ts";
import { alignedLines } from "../core/text_table.ts";
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
    ...alignedLines(["entity", "keys", "popularity"], [
      ...spec.entities.map((e) => [
        e.name,
        e.keys.toLocaleString("en-US"),
        popularityText(e.popularity),
      ]),
    ]),
    "",
    ...alignedLines(["table", "rows", "columns", "of"], [
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
