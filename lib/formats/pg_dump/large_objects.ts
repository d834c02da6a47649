import { type ArchiveEntry, BLOCK_BLOBS } from "./archive_parts.ts";
import type { DataBlocks } from "./data_blocks.ts";
import { decompress } from "./decompress.ts";
import { type ArchiveInput, RangeReader } from "./input.ts";
import type { ArchiveToc } from "./toc_reader.ts";

/** One large object; its bytes are read before the next one is asked for. */
export interface LargeObject {
  readonly oid: number;
  /** Pieces that are valid until the next. */
  readonly bytes: AsyncIterable<Uint8Array>;
}

/** The large objects of a BLOBS entry. Source: pg_backup_custom.c, _LoadLOs(). */
export async function* largeObjects(
  input: ArchiveInput,
  toc: ArchiveToc,
  blocks: DataBlocks,
  entry: ArchiveEntry,
): AsyncGenerator<LargeObject> {
  const what = "large objects";
  const start = await blocks.offset(entry, what);
  const reader = new RangeReader(input, start, input.size, false, what);
  const { intSize, compression } = toc.header;
  const kind = await reader.byte();
  const id = await readInt(reader, intSize);
  if (kind !== BLOCK_BLOBS || id !== entry.dumpId) {
    throw reader.fault(`there is no block ${entry.dumpId} of them`, start);
  }
  for (;;) {
    const oid = await readInt(reader, intSize);
    if (oid === 0) return;
    yield {
      oid,
      bytes: decompress(
        chunks(reader, intSize),
        compression,
        (cause, error) => reader.fault(cause, start, error),
      ),
    };
  }
}

async function* chunks(
  reader: RangeReader,
  intSize: number,
): AsyncGenerator<Uint8Array> {
  for (;;) {
    let left = await readInt(reader, intSize);
    if (left < 0) throw reader.fault(`a chunk has the length ${left}`);
    if (left === 0) return;
    while (left > 0) {
      const piece = await reader.some(left);
      left -= piece.length;
      // The reader's window is used again while the codec still reads.
      yield piece.slice();
    }
  }
}

async function readInt(reader: RangeReader, intSize: number): Promise<number> {
  const negative = await reader.byte() !== 0;
  let value = 0;
  for (let k = 0; k < intSize; k++) {
    value += await reader.byte() * 256 ** k;
  }
  if (value > 0xffff_ffff) {
    throw reader.fault(`an integer of ${value} is out of range`);
  }
  return negative ? -value : value;
}
