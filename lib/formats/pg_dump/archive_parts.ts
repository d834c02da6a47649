/**
 * What a custom-format archive of pg_dump consists of. Source: PostgreSQL,
 * src/bin/pg_dump/pg_backup_archiver.c and pg_backup_custom.c.
 *
 * @module
 */

/** The codecs of data blocks. */
export type ArchiveCompression = "none" | "gzip" | "lz4" | "zstd";

/** The archive's head, before its table of contents. */
export interface ArchiveHeader {
  /** The format's version: `1.14`. */
  readonly version: string;
  /** Its second number: 12 to 16. */
  readonly minor: number;
  /** Bytes of an integer, without its sign. */
  readonly intSize: number;
  /** Bytes of an offset, without its state. */
  readonly offsetSize: number;
  readonly compression: ArchiveCompression;
  /** When the dump was made, by the clock of the machine that made it. */
  readonly created: string;
  readonly database: string;
  /** The dumped server's version, and pg_dump's own. */
  readonly serverVersion: string;
  readonly dumpVersion: string;
}

/** Which part of a restore an entry belongs to. */
export const SECTIONS = ["none", "pre-data", "data", "post-data"] as const;
export type Section = typeof SECTIONS[number];

/** Whether an entry has data: where it is, or not yet said, or none. */
export type DataState = "unknown" | "set" | "none";

/** One entry of the table of contents. */
export interface ArchiveEntry {
  readonly dumpId: number;
  readonly hadDumper: boolean;
  /** The object's place in the catalogs of the dumped server. */
  readonly tableOid: string;
  readonly oid: string;
  /** The object's name, with its table's where it has one. */
  readonly tag: string;
  /** `TABLE`, `TABLE DATA`, `FK CONSTRAINT` … */
  readonly desc: string;
  readonly section: Section;
  /** The SQL that makes it, that drops it, and the COPY statement of its data. */
  readonly defn: string;
  readonly dropStmt: string;
  readonly copyStmt: string | null;
  readonly namespace: string | null;
  readonly tablespace: string | null;
  readonly tableAm: string | null;
  /** From 1.16: pg_class.relkind's character code. */
  readonly relkind: number;
  readonly owner: string | null;
  /** Dump ids. */
  readonly dependencies: readonly number[];
  readonly dataState: DataState;
  /** Byte offset of the entry's data block, where `dataState` is `set`. */
  readonly offset: number;
}

export const MAGIC = "PGDMP";
/** The number of the custom format among pg_dump's. */
export const CUSTOM = 1;
export const BLOCK_DATA = 1;
export const BLOCK_BLOBS = 3;
