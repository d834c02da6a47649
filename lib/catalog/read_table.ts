import { unknownName } from "../core/names.ts";
import type { Batch } from "../datasets/batch.ts";
import type { TableSchema } from "../datasets/schema.ts";
import { readParquet } from "../formats/parquet/read.ts";
import { type Catalog, describeRange } from "./catalog.ts";
import type { Manifest, Part } from "./manifest.ts";

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
  yield* readParts(catalog, schema, manifest.parts[table]);
}

/** The rows of some parts of a table, part by part. */
export async function* readParts(
  catalog: Catalog,
  schema: TableSchema,
  parts: readonly Part[],
): AsyncGenerator<Batch> {
  for (const part of parts) {
    const bytes = await catalog.readPart(part);
    const options = { name: describeRange(part), from: part.from };
    yield* readParquet(bytes, schema, options);
  }
}
