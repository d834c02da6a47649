import { totalRows } from "../catalog/manifest.ts";
import { alignedLines } from "../core/text_table.ts";
import { formatDuration } from "../core/durations.ts";
import { formatBytes, formatCount } from "../core/sizes.ts";
import { specDigest } from "../datasets/digest.ts";
import { popularityText } from "../datasets/popularity.ts";
import type { DatasetSpec } from "../datasets/spec.ts";
import { type Estimate, estimate } from "./estimate.ts";
import { defaultWorkers } from "./materialize.ts";

/** A dataset's plan, as text: what would be generated, and about how large it is. */
export function planText(spec: DatasetSpec): string {
  const lines = [
    `${spec.name}_v${spec.version}: ${
      formatCount(totalRows(spec))
    } rows in ${spec.tables.length} tables, seed ${spec.seed}`,
    spec.description,
    `digest  ${specDigest(spec)}`,
    ...estimateLines(estimate(spec)),
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

/** What materialising would take, from a sample made now. */
function estimateLines(found: Estimate | undefined): string[] {
  if (!found) {
    return ["size    that of its parts in the catalog: nothing is generated"];
  }
  const bytes = (n: number) => formatBytes(Math.round(n));
  const workers = defaultWorkers();
  const { parquet, dump, gzip, seconds } = found;
  return [
    `size    about ${bytes(parquet)} of Parquet; as .dump ${bytes(dump)}, ` +
    `or ${bytes(gzip)} with gzip`,
    `time    about ${formatDuration(seconds / workers)} to materialise with ${
      workers === 1 ? "1 worker" : `${workers} workers`
    }, from a sample measured on this machine just now`,
  ];
}
