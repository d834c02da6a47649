import { unknownName } from "../core/names.ts";
import type { Batch } from "../datasets/batch.ts";
import { readParquet } from "../formats/parquet/read.ts";
import { type Catalog, describeRange } from "./catalog.ts";
import type { Manifest } from "./manifest.ts";

/**
 * A table's rows, in their order, from its parts. Each part is checked against
 * its digest before its rows are given out.
 */
export async function* readTable(
  catalog: Catalog,
  manifest: Manifest,
  table: string,
): AsyncGenerator<Batch> {
  const schema = manifest.spec.tables.find((t) => t.name === table);
  if (!schema) {
    throw unknownName("table", table, manifest.spec.tables.map((t) => t.name));
  }
  for (const part of manifest.parts[table]) {
    const bytes = await catalog.readPart(part);
    const options = { name: describeRange(part), from: part.from };
    yield* readParquet(bytes, schema, options);
  }
}
