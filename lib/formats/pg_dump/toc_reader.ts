import {
  type ArchiveCompression,
  type ArchiveEntry,
  type ArchiveHeader,
  CUSTOM,
  type DataState,
  MAGIC,
  SECTIONS,
} from "./archive_parts.ts";
import { textDecoder } from "./encodings.ts";
import { archiveError, type ArchiveInput } from "./input.ts";

/** An archive's head, read. */
export interface ArchiveToc {
  readonly header: ArchiveHeader;
  readonly entries: readonly ArchiveEntry[];
  /** The client encoding of the dump: `UTF8`. */
  readonly encoding: string;
  /** Where the head ends and data blocks begin. */
  readonly end: number;
}

/** Bytes fetched at first; then as many again, as long as they do not suffice. */
const FIRST = 64 * 1024;
/** Larger tables of contents are refused: they are held in memory. */
const MOST_BYTES = 256 * 1024 * 1024;
const MOST_ENTRIES = 1_000_000;
/** No entry is smaller: eleven integers, an offset. */
const LEAST_ENTRY = 60;
const OLDEST = 12;
const NEWEST = 16;
const CODECS: readonly ArchiveCompression[] = ["none", "gzip", "lz4", "zstd"];
const STATES: readonly (DataState | undefined)[] = [
  undefined,
  "unknown",
  "set",
  "none",
];

/** Reads header and table of contents, and nothing else. */
export async function readToc(input: ArchiveInput): Promise<ArchiveToc> {
  const head = new Head(input);
  await head.more();
  const { header, count } = await head.parse(readHeader);
  if (count > MOST_ENTRIES || count * LEAST_ENTRY > input.size) {
    throw head.fault(
      count > MOST_ENTRIES
        ? `its table of contents would have ${count} entries, over ${MOST_ENTRIES}`
        : `its table of contents would have ${count} entries, more than its ${input.size} bytes can hold`,
    );
  }
  const entries: ArchiveEntry[] = [];
  const ids = new Set<number>();
  while (entries.length < count) {
    const entry = await head.parse((cursor) => readEntry(cursor, header));
    if (ids.has(entry.dumpId)) {
      throw head.fault(`two of its entries have the number ${entry.dumpId}`);
    }
    ids.add(entry.dumpId);
    entries.push(entry);
    if (entry.desc === "ENCODING") head.encoding = encodingOf(entry.defn);
  }
  return { header, entries, encoding: head.encoding, end: head.position };
}

/** `SET client_encoding = 'UTF8';` */
function encodingOf(defn: string): string {
  return /'([^']+)'/.exec(defn)?.[1] ?? "UTF8";
}

/** The head as far as it was fetched. */
class Head {
  position = 0;
  #encoding = "UTF8";
  #decoder: { decode(bytes: Uint8Array): string } = new TextDecoder();
  readonly #input: ArchiveInput;
  #bytes: Uint8Array = new Uint8Array();

  constructor(input: ArchiveInput) {
    this.#input = input;
  }

  /** The encoding of the texts that follow. */
  get encoding(): string {
    return this.#encoding;
  }

  set encoding(name: string) {
    this.#encoding = name;
    this.#decoder = textDecoder(name, false) ?? new TextDecoder();
  }

  fault(cause: string, offset = this.position): Error {
    return archiveError(this.#input.name, { cause, offset });
  }

  /** Reads a part; where it reaches beyond what was fetched, fetches more and reads it again. */
  async parse<T>(read: (cursor: Cursor) => T): Promise<T> {
    while (true) {
      const cursor = new Cursor(
        this.#bytes,
        this.position,
        this.#decoder,
        (cause, offset) => this.fault(cause, offset),
      );
      try {
        const part = read(cursor);
        this.position = cursor.position;
        return part;
      } catch (error) {
        if (!(error instanceof Underrun)) throw error;
        await this.more(error.needed);
      }
    }
  }

  async more(needed = 0): Promise<void> {
    const have = this.#bytes.length;
    if (have >= this.#input.size || needed > this.#input.size) {
      throw this.fault(
        this.#input.size === 0
          ? "it is empty"
          : "it ends within its table of contents",
        this.#input.size,
      );
    }
    const wanted = Math.min(
      Math.max(FIRST, 2 * have, needed),
      this.#input.size,
    );
    if (needed > MOST_BYTES || have >= MOST_BYTES) {
      throw this.fault(
        `its table of contents is larger than ${MOST_BYTES} bytes`,
      );
    }
    const bytes = new Uint8Array(wanted);
    bytes.set(this.#bytes);
    bytes.set(await this.#input.read(have, wanted), have);
    this.#bytes = bytes;
  }
}

/** Thrown where a part needs bytes up to here that are not fetched yet. */
class Underrun extends Error {
  constructor(readonly needed: number) {
    super();
  }
}

class Cursor {
  intSize = 4;
  offsetSize = 8;

  constructor(
    readonly bytes: Uint8Array,
    public position: number,
    readonly decoder: { decode(bytes: Uint8Array): string },
    readonly fault: (cause: string, offset?: number) => Error,
  ) {}

  take(length: number): Uint8Array {
    const end = this.position + length;
    if (end > this.bytes.length) throw new Underrun(end);
    const taken = this.bytes.subarray(this.position, end);
    this.position = end;
    return taken;
  }

  byte(): number {
    return this.take(1)[0];
  }

  int(): number {
    const start = this.position;
    const negative = this.byte() !== 0;
    const value = littleEndian(this.take(this.intSize));
    if (value > 0x7fff_ffff) {
      throw this.fault(`an integer of ${value} is out of range`, start);
    }
    return negative ? -value : value;
  }

  text(): string | null {
    const start = this.position;
    const length = this.int();
    if (length === -1) return null;
    if (length < 0) throw this.fault(`a text has the length ${length}`, start);
    return length === 0 ? "" : this.decoder.decode(this.take(length));
  }

  /** A text where NULL says as much as nothing. */
  words(): string {
    return this.text() ?? "";
  }
}

function littleEndian(bytes: Uint8Array): number {
  let value = 0;
  for (let k = bytes.length - 1; k >= 0; k--) value = value * 256 + bytes[k];
  return value;
}

function readHeader(
  cursor: Cursor,
): { header: ArchiveHeader; count: number } {
  const magic = String.fromCharCode(...cursor.take(MAGIC.length));
  if (magic !== MAGIC) {
    throw cursor.fault(
      'it does not begin with "PGDMP", so it is no archive of pg_dump -Fc',
      0,
    );
  }
  const [major, minor, revision] = cursor.take(3);
  if (major !== 1 || minor < OLDEST || minor > NEWEST) {
    throw cursor.fault(
      `its version is ${major}.${minor}.${revision}; 1.${OLDEST} to 1.${NEWEST} can be read`,
      MAGIC.length,
    );
  }
  const [intSize, offsetSize, format] = cursor.take(3);
  if (intSize < 4 || intSize > 8 || offsetSize < 4 || offsetSize > 8) {
    throw cursor.fault(
      `its integers have ${intSize} bytes and its offsets ${offsetSize}; 4 to 8 can be`,
      MAGIC.length + 3,
    );
  }
  if (format !== CUSTOM) {
    throw cursor.fault(
      `its format has the number ${format}, and is not the custom format`,
      MAGIC.length + 5,
    );
  }
  cursor.intSize = intSize;
  const start = cursor.position;
  // Until 1.14 it was gzip's level: 0 for none, −1 for gzip's own choice.
  const codec = minor >= 15 ? cursor.byte() : cursor.int() === 0 ? 0 : 1;
  if (codec >= CODECS.length) {
    throw cursor.fault(
      `its compression has the unknown number ${codec}`,
      start,
    );
  }
  const [second, minute, hour, day, month, year] = Array.from(
    { length: 7 },
    () => cursor.int(),
  );
  const pad = (n: number) => String(n).padStart(2, "0");
  const header: ArchiveHeader = {
    version: `1.${minor}`,
    minor,
    intSize,
    offsetSize,
    compression: CODECS[codec],
    created: `${year + 1900}-${pad(month + 1)}-${pad(day)} ${pad(hour)}:${
      pad(minute)
    }:${pad(second)}`,
    database: cursor.words(),
    serverVersion: cursor.words(),
    dumpVersion: cursor.words(),
  };
  const count = cursor.int();
  if (count < 0) throw cursor.fault(`it has ${count} entries`);
  return { header, count };
}

function readEntry(cursor: Cursor, header: ArchiveHeader): ArchiveEntry {
  cursor.intSize = header.intSize;
  const start = cursor.position;
  const dumpId = cursor.int();
  if (dumpId <= 0) {
    throw cursor.fault(`an entry has the number ${dumpId}`, start);
  }
  const hadDumper = cursor.int() !== 0;
  const tableOid = cursor.words();
  const oid = cursor.words();
  const tag = cursor.words();
  const desc = cursor.words();
  const section = SECTIONS[cursor.int() - 1];
  if (section === undefined) {
    throw cursor.fault(`entry ${dumpId} is in no known section`, start);
  }
  const defn = cursor.words();
  const dropStmt = cursor.words();
  const copyStmt = cursor.text();
  const namespace = cursor.text();
  const tablespace = cursor.text();
  const tableAm = header.minor >= 14 ? cursor.text() : null;
  const relkind = header.minor >= 16 ? cursor.int() : 0;
  const owner = cursor.text();
  cursor.text(); // once: WITH OIDS
  const dependencies: number[] = [];
  for (let id = cursor.text(); id !== null; id = cursor.text()) {
    const number = Number(id);
    if (!/^\d{1,10}$/.test(id)) {
      throw cursor.fault(
        `entry ${dumpId} depends on what is no entry's number`,
        start,
      );
    }
    dependencies.push(number);
  }
  const state = cursor.byte();
  const dataState = STATES[state];
  if (dataState === undefined) {
    throw cursor.fault(`entry ${dumpId} has data of unknown state ${state}`);
  }
  const offset = littleEndian(cursor.take(header.offsetSize));
  return {
    dumpId,
    hadDumper,
    tableOid,
    oid,
    tag,
    desc,
    section,
    defn,
    dropStmt,
    copyStmt,
    namespace,
    tablespace,
    tableAm,
    relkind,
    owner,
    dependencies,
    dataState,
    offset,
  };
}
