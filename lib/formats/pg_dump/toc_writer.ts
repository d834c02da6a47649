import {
  type ArchiveEntry,
  CUSTOM,
  type DataState,
  MAGIC,
  SECTIONS,
} from "./archive_parts.ts";

/** What an archive's head says besides its entries. */
export interface HeadOptions {
  /** 0 without compression, else gzip's level. */
  readonly level: number;
  readonly created: Date;
  readonly database: string;
}

/** Every pg_restore from PostgreSQL 12 on reads this version. */
const VERSION = [1, 14, 0];
const INT_SIZE = 4;
const OFFSET_SIZE = 8;
const DUMPED_FROM = "14.0 (Servemark)";
const STATES: Readonly<Record<DataState, number>> = {
  unknown: 1,
  set: 2,
  none: 3,
};

/**
 * The head of an archive of version 1.14: header and table of contents. Its
 * length does not depend on the offsets.
 */
export function encodeHead(
  entries: readonly ArchiveEntry[],
  options: HeadOptions,
): Uint8Array {
  const out = new HeadBytes();
  const { created } = options;
  out.raw(new TextEncoder().encode(MAGIC));
  out.raw([...VERSION, INT_SIZE, OFFSET_SIZE, CUSTOM]);
  out.int(options.level);
  out.int(created.getUTCSeconds());
  out.int(created.getUTCMinutes());
  out.int(created.getUTCHours());
  out.int(created.getUTCDate());
  out.int(created.getUTCMonth());
  out.int(created.getUTCFullYear() - 1900);
  out.int(0); // no daylight saving in UTC
  out.text(options.database);
  out.text(DUMPED_FROM);
  out.text(DUMPED_FROM);
  out.int(entries.length);
  for (const entry of entries) encodeEntry(out, entry);
  return out.take();
}

/** An integer as archives have it: a sign and four bytes. */
export function encodeInt(value: number): Uint8Array {
  const out = new HeadBytes();
  out.int(value);
  return out.take();
}

function encodeEntry(out: HeadBytes, entry: ArchiveEntry): void {
  out.int(entry.dumpId);
  out.int(entry.hadDumper ? 1 : 0);
  out.text(entry.tableOid);
  out.text(entry.oid);
  out.text(entry.tag);
  out.text(entry.desc);
  out.int(SECTIONS.indexOf(entry.section) + 1);
  out.text(entry.defn);
  out.text(entry.dropStmt);
  out.text(entry.copyStmt);
  out.text(entry.namespace);
  out.text(entry.tablespace);
  out.text(entry.tableAm);
  out.text(entry.owner);
  out.text("false"); // once: WITH OIDS
  for (const id of entry.dependencies) out.text(String(id));
  out.text(null);
  out.raw([STATES[entry.dataState]]);
  out.offset(entry.offset);
}

/** Grows as it is written to. */
class HeadBytes {
  #bytes = new Uint8Array(4096);
  #length = 0;
  readonly #encoder = new TextEncoder();

  take(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }

  raw(bytes: ArrayLike<number>): void {
    this.#reserve(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  int(value: number): void {
    this.raw([value < 0 ? 1 : 0, ...littleEndian(Math.abs(value), INT_SIZE)]);
  }

  offset(value: number): void {
    this.raw(littleEndian(value, OFFSET_SIZE));
  }

  text(text: string | null): void {
    if (text === null) return this.int(-1);
    const bytes = this.#encoder.encode(text);
    this.int(bytes.length);
    this.raw(bytes);
  }

  #reserve(room: number): void {
    const needed = this.#length + room;
    if (needed <= this.#bytes.length) return;
    const larger = new Uint8Array(2 * needed);
    larger.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = larger;
  }
}

function littleEndian(value: number, size: number): number[] {
  const bytes: number[] = [];
  for (let k = 0; k < size; k++) {
    bytes.push(value % 256);
    value = Math.floor(value / 256);
  }
  return bytes;
}
