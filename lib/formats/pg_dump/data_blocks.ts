import { type ArchiveEntry, BLOCK_BLOBS, BLOCK_DATA } from "./archive_parts.ts";
import { archiveError, type ArchiveInput, RangeReader } from "./input.ts";
import type { ArchiveToc } from "./toc_reader.ts";

/** Smaller pieces are put together up to this many bytes. */
const GATHER = 256 * 1024;

/** Finds entries' data blocks, and reads them piece by piece. */
export class DataBlocks {
  readonly #input: ArchiveInput;
  readonly #toc: ArchiveToc;
  /** Known starts of blocks, in order: where one ends at the latest. */
  readonly #starts: readonly number[];
  /** Blocks that the scan has found: dump id → offset. */
  readonly #found = new Map<number, number>();
  #scanned: number;
  #scan: Promise<unknown> = Promise.resolve();

  constructor(input: ArchiveInput, toc: ArchiveToc) {
    this.#input = input;
    this.#toc = toc;
    this.#scanned = toc.end;
    this.#starts = toc.entries
      .filter(({ dataState, offset }) =>
        dataState === "set" && offset < input.size
      )
      .map(({ offset }) => offset)
      .sort((a, b) => a - b);
  }

  /**
   * An entry's data as it is stored, in pieces of some MB at most. Several
   * entries may be read at once.
   */
  async *pieces(
    entry: ArchiveEntry,
    table: string,
  ): AsyncGenerator<Uint8Array> {
    const reader = await this.#open(entry, table);
    const { intSize } = this.#toc.header;
    // pg_dump may write a chunk for each row.
    let gathered = new Uint8Array(GATHER);
    let waiting = 0;
    for (;;) {
      let left = await readLength(reader, intSize);
      if (left === 0) break;
      while (left > 0) {
        const piece = reader.ready(left) ?? await reader.some(left);
        left -= piece.length;
        if (waiting + piece.length > GATHER) {
          if (waiting > 0) yield gathered.subarray(0, waiting);
          gathered = new Uint8Array(GATHER);
          waiting = 0;
        }
        if (piece.length >= GATHER) yield piece;
        else {
          gathered.set(piece, waiting);
          waiting += piece.length;
        }
      }
    }
    if (waiting > 0) yield gathered.subarray(0, waiting);
  }

  /** Where an entry's block begins. */
  async offset(entry: ArchiveEntry, table: string): Promise<number> {
    const fault = (cause: string, offset: number) =>
      archiveError(this.#input.name, { cause, offset, table });
    const { end } = this.#toc;
    if (entry.dataState === "set") {
      if (entry.offset >= end && entry.offset < this.#input.size) {
        return entry.offset;
      }
      throw fault(
        `its data would begin at byte ${entry.offset} of ${this.#input.size}`,
        end,
      );
    }
    if (entry.dataState === "none") throw fault("it has no data", end);
    const found = await this.#search(entry.dumpId);
    if (found !== undefined) return found;
    throw fault(`it holds no data block ${entry.dumpId}`, this.#input.size);
  }

  async #open(entry: ArchiveEntry, table: string): Promise<RangeReader> {
    const offset = await this.offset(entry, table);
    const end = this.#endAfter(offset);
    const reader = new RangeReader(this.#input, offset, end, true, table);
    const kind = await reader.byte();
    const { intSize } = this.#toc.header;
    const id = await readInt(reader, intSize);
    if (kind !== BLOCK_DATA || id !== entry.dumpId) {
      throw reader.fault(
        `there is no data block ${entry.dumpId}`,
        offset,
      );
    }
    return reader;
  }

  /** Where the block that begins here ends at the latest. */
  #endAfter(offset: number): number {
    let [low, high] = [0, this.#starts.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#starts[middle] > offset) high = middle;
      else low = middle + 1;
    }
    return this.#starts[low] ?? this.#input.size;
  }

  /** Goes on scanning until a block is found; searches follow one another. */
  #search(dumpId: number): Promise<number | undefined> {
    const search = this.#scan.then(() => this.#advance(dumpId));
    this.#scan = search.catch(() => undefined);
    return search;
  }

  async #advance(dumpId: number): Promise<number | undefined> {
    const reader = new RangeReader(
      this.#input,
      this.#scanned,
      this.#input.size,
      false,
    );
    while (!this.#found.has(dumpId) && !reader.ended) {
      const start = reader.position;
      const kind = await reader.byte();
      const { intSize } = this.#toc.header;
      const id = await readInt(reader, intSize);
      if (kind === BLOCK_DATA) await skipData(reader, intSize);
      else if (kind === BLOCK_BLOBS) {
        while (await readInt(reader, intSize) !== 0) {
          await skipData(reader, intSize);
        }
      } else throw reader.fault(`there is no data block, but ${kind}`, start);
      this.#found.set(id, start);
      this.#scanned = reader.position;
    }
    return this.#found.get(dumpId);
  }
}

async function skipData(reader: RangeReader, intSize: number): Promise<void> {
  for (;;) {
    const length = await readLength(reader, intSize);
    if (length === 0) return;
    reader.skip(length);
  }
}

async function readLength(
  reader: RangeReader,
  intSize: number,
): Promise<number> {
  const start = reader.position;
  const length = await readInt(reader, intSize);
  if (length >= 0) return length;
  throw reader.fault(`a chunk of data has the length ${length}`, start);
}

async function readInt(reader: RangeReader, intSize: number): Promise<number> {
  const start = reader.position;
  let bytes = reader.ready(1 + intSize);
  if (!bytes) {
    bytes = new Uint8Array(1 + intSize);
    for (let k = 0; k < bytes.length; k++) bytes[k] = await reader.byte();
  }
  let value = 0;
  for (let k = intSize; k > 0; k--) value = value * 256 + bytes[k];
  if (value > 0xffff_ffff) {
    throw reader.fault(`an integer of ${value} is out of range`, start);
  }
  return bytes[0] === 0 ? value : -value;
}
