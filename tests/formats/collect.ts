/**
 * What tests of formats share: bytes in pieces, rows as texts, sources of
 * batches.
 *
 * @module
 */
import type { Batch } from "../../lib/datasets/batch.ts";
import { canonicalRow } from "../../lib/datasets/canonical.ts";
import { Fingerprinter } from "../../lib/datasets/fingerprint.ts";
import type { TableSource } from "../../lib/formats/source.ts";
import { openFileStore } from "../../lib/stores/file_store.ts";
import type { Store } from "../../lib/stores/store.ts";
import { batchesOf, type Filled } from "../fixtures/tables.ts";

/** Bytes, or a text's, in pieces of at most this many. */
export async function* pieces(
  whole: Uint8Array | string,
  size = 1 << 20,
): AsyncGenerator<Uint8Array> {
  const bytes = typeof whole === "string"
    ? new TextEncoder().encode(whole)
    : whole;
  for (let at = 0; at < bytes.length; at += size) {
    await Promise.resolve();
    yield bytes.slice(at, at + size);
  }
}

/** Everything that comes, as one array. */
export async function gathered(
  bytes: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): Promise<Uint8Array> {
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  for await (const chunk of bytes) chunks.push(new Uint8Array(chunk));
  return new Uint8Array(await new Blob(chunks).arrayBuffer());
}

/** Each row's canonical text. */
export async function rowTexts(
  batches: AsyncIterable<Batch>,
): Promise<string[]> {
  const texts: string[] = [];
  for await (const batch of batches) {
    for (let r = 0; r < batch.rows; r++) texts.push(canonicalRow(batch, r));
  }
  return texts;
}

/** The fingerprint of what comes. */
export async function fingerprintOfBatches(
  batches: AsyncIterable<Batch>,
): Promise<string> {
  const sum = new Fingerprinter();
  for await (const batch of batches) sum.add(batch);
  return sum.digest();
}

/** Tables made by hand as what formats write. */
export function sourceOf(
  tables: readonly Filled[],
  more: Partial<TableSource> = {},
): TableSource {
  return {
    name: "tables made by hand",
    tables: tables.map(({ table }) => table),
    notes: [],
    read: (name) => batchesOf(tables.find((t) => t.table.name === name)!, 1000),
    close: () => Promise.resolve(),
    ...more,
  };
}

/** Runs a test over a store in a new folder, and removes that. */
export async function inStore(
  test: (store: Store, folder: string) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "servemark-formats-" });
  try {
    await test(openFileStore(folder), folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
