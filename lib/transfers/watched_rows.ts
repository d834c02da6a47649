import type { Batch } from "../datasets/batch.ts";
import { type Fingerprint, Fingerprinter } from "../datasets/fingerprint.ts";
import type { TableSchema } from "../datasets/schema.ts";
import type { ReadOptions, TableSource } from "../formats/source.ts";

/** A table's rows on their way, counted, and fingerprinted where nobody has yet. */
export interface WatchedRows {
  batches(): AsyncGenerator<Batch>;
  /** Rows that went by. */
  count(): number;
  /** What was known before, or the fingerprint of what went by. */
  fingerprint(): Fingerprint;
}

/** Watches a table of a source while another side reads it. */
export function watched(
  source: TableSource,
  table: TableSchema,
  known: Fingerprint | undefined,
  options: ReadOptions = {},
): WatchedRows {
  const sum = known === undefined ? new Fingerprinter() : undefined;
  let rows = 0;
  return {
    async *batches() {
      for await (const batch of source.read(table.name, options)) {
        sum?.add(batch);
        rows += batch.rows;
        yield batch;
      }
    },
    count: () => rows,
    fingerprint: () => known ?? sum!.digest(),
  };
}

/** A source's fingerprint of a table, from reading it. */
export async function fingerprintSource(
  source: TableSource,
  table: TableSchema,
  options: ReadOptions = {},
): Promise<Fingerprint> {
  const sum = new Fingerprinter();
  for await (const batch of source.read(table.name, options)) sum.add(batch);
  return sum.digest();
}
