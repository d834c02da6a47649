import type { Batch } from "../datasets/batch.ts";
import { describeRange } from "../catalog/catalog.ts";
import { tableGenerator } from "../datasets/generator.ts";
import { readParquet } from "../formats/parquet/read.ts";
import type { ReadOptions } from "../formats/source.ts";
import type { PartedSource, PartRange } from "./catalog_source.ts";

/** Rows generated at a time. */
const BATCH_ROWS = 8192;

/** The rows of some parts of one table. */
export async function* readRanges(
  { catalog, spec, tables }: Pick<PartedSource, "catalog" | "spec" | "tables">,
  ranges: readonly PartRange[],
  { signal }: ReadOptions = {},
): AsyncGenerator<Batch> {
  for (const { table, from, rows, part } of ranges) {
    const schema = tables.find(({ name }) => name === table)!;
    if (part && catalog) {
      const bytes = await catalog.readPart(part);
      const name = describeRange(part);
      for await (const batch of readParquet(bytes, schema, { name, from })) {
        signal?.throwIfAborted();
        yield batch;
      }
    } else {
      const generator = tableGenerator(spec, table);
      for (let done = 0; done < rows; done += BATCH_ROWS) {
        signal?.throwIfAborted();
        yield generator.batch(from + done, Math.min(BATCH_ROWS, rows - done));
      }
    }
  }
}
