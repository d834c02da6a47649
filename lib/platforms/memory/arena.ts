/**
 * Tables in one block of shared memory, so that every worker reads the same
 * rows without copying them: a directory (its length, then JSON), then for each
 * table the rows' start offsets (float64, one more than there are slots) and
 * their canonical texts (UTF-8). A slot without a row is empty.
 *
 * @module
 */
import { ServemarkError } from "../../core/errors.ts";

/** A table that goes into an arena. */
export interface ArenaSource {
  readonly name: string;
  /** Offsets of the rows' texts, one more than there are slots. */
  readonly starts: Float64Array;
  readonly bytes: Uint8Array;
}

/** A table that is read from an arena. */
export interface ArenaTable {
  readonly starts: Float64Array;
  readonly bytes: Uint8Array;
  /** The row's canonical text, or `undefined` where there is none. */
  text(slot: number): string | undefined;
}

interface Entry {
  slots: number;
  starts: number;
  bytes: number;
  length: number;
}

const align = (offset: number) => Math.ceil(offset / 8) * 8;

/** Packs tables into a new block of shared memory. */
export function packArena(tables: readonly ArenaSource[]): SharedArrayBuffer {
  const entries = new Map<string, Entry>();
  let size = 0;
  for (const { name, starts, bytes } of tables) {
    const at = size;
    size = align(at + starts.byteLength + bytes.length);
    entries.set(name, {
      slots: starts.length - 1,
      starts: at,
      bytes: at + starts.byteLength,
      length: bytes.length,
    });
  }
  const directory = new TextEncoder().encode(
    JSON.stringify(Object.fromEntries(entries)),
  );
  const base = align(4 + directory.length);
  const buffer = new SharedArrayBuffer(base + size);
  const all = new Uint8Array(buffer);
  new DataView(buffer).setUint32(0, directory.length, true);
  all.set(directory, 4);
  for (const { name, starts, bytes } of tables) {
    const entry = entries.get(name)!;
    new Float64Array(buffer, base + entry.starts, starts.length).set(starts);
    all.set(bytes, base + entry.bytes);
  }
  return buffer;
}

/** Opens one table of an arena. A table that is not there is an error. */
export function openArenaTable(
  buffer: SharedArrayBuffer,
  name: string,
): ArenaTable {
  const length = new DataView(buffer).getUint32(0, true);
  // Decoders refuse shared memory: copy first.
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  const decode = (bytes: Uint8Array) => decoder.decode(bytes.slice());
  const entries: Record<string, Entry> = JSON.parse(
    decode(new Uint8Array(buffer, 4, length)),
  );
  if (!Object.hasOwn(entries, name)) {
    throw new ServemarkError(`Cannot read table "${name}" from memory`, {
      cause: "it has not been loaded",
      remedy: "Load the dataset into this platform first",
    });
  }
  const base = align(4 + length);
  const entry = entries[name];
  const starts = new Float64Array(buffer, base + entry.starts, entry.slots + 1);
  const bytes = new Uint8Array(buffer, base + entry.bytes, entry.length);
  return {
    starts,
    bytes,
    text(slot) {
      const from = starts[slot];
      const to = starts[slot + 1];
      return to > from ? decode(bytes.subarray(from, to)) : undefined;
    },
  };
}
