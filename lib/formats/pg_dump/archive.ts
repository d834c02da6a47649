/**
 * Archives that `pg_dump -Fc` made, or that this project wrote, read without a
 * server and by ranges: the table of contents first, then only the data that
 * is asked for.
 *
 * @module
 */
import { ServemarkError } from "../../core/errors.ts";
import { unknownName } from "../../core/names.ts";
import type { Batch } from "../../datasets/batch.ts";
import type { Fingerprint } from "../../datasets/fingerprint.ts";
import type { TableSchema } from "../../datasets/schema.ts";
import type {
  DatasetIdentity,
  FormatOpenOptions,
  Place,
  ReadOptions,
  TableSource,
} from "../source.ts";
import type { ArchiveEntry, ArchiveHeader } from "./archive_parts.ts";
import { readDatasetComment } from "./comments.ts";
import { readCopy } from "./copy_reader.ts";
import { parseComment } from "./create_table.ts";
import { DataBlocks } from "./data_blocks.ts";
import { decompress } from "./decompress.ts";
import { textDecoder } from "./encodings.ts";
import {
  archiveError,
  type ArchiveInput,
  bytesInput,
  openInput,
} from "./input.ts";
import { notesOf } from "./notes.ts";
import { full } from "./table_index.ts";
import { type ArchivedTable, archivedTables } from "./table_schemas.ts";
import { type ArchiveToc, readToc } from "./toc_reader.ts";

export type { ArchiveEntry, ArchiveHeader } from "./archive_parts.ts";

/**
 * Opens an archive, of version 1.12 to 1.16, with or without compression.
 *
 * @throws {ServemarkError} for what is no such archive, naming the byte
 */
export async function openArchive(
  from: Place | Uint8Array,
  options: FormatOpenOptions = {},
): Promise<Archive> {
  const input = from instanceof Uint8Array
    ? bytesInput(from, options.name ?? "archive in memory")
    : await openInput(from, options.name);
  options.signal?.throwIfAborted();
  const toc = await readToc(input);
  return new Archive(input, toc, options.tables);
}

/** An open archive: its entries, and its tables as a source of rows. */
export class Archive implements TableSource {
  readonly name: string;
  readonly header: ArchiveHeader;
  readonly entries: readonly ArchiveEntry[];
  /** The client encoding of its texts. */
  readonly encoding: string;
  readonly tables: readonly TableSchema[];
  /** What comments say of one of our datasets, and of its rows when they were written. */
  readonly identity?: DatasetIdentity;
  readonly fingerprints: Readonly<Record<string, Fingerprint>>;
  readonly notes: readonly string[];
  readonly #input: ArchiveInput;
  readonly #blocks: DataBlocks;
  readonly #byName: ReadonlyMap<string, ArchivedTable>;

  constructor(
    input: ArchiveInput,
    toc: ArchiveToc,
    overrides: readonly TableSchema[] = [],
  ) {
    this.name = input.name;
    this.header = toc.header;
    this.entries = toc.entries;
    this.encoding = toc.encoding;
    this.#input = input;
    this.#blocks = new DataBlocks(input, toc);
    const { tables, notes, used } = archivedTables(
      toc.entries,
      (cause, table) =>
        archiveError(input.name, { cause, table, offset: toc.end }),
    );
    const known = tables.map(({ schema }) => schema.name);
    for (const { name } of overrides) {
      if (!known.includes(name)) {
        throw unknownName("table", name, known, input.name);
      }
    }
    this.#byName = new Map(tables.map((table) => [table.schema.name, table]));
    this.tables = tables.map(({ schema }) =>
      overrides.find(({ name }) => name === schema.name) ?? schema
    );
    this.fingerprints = Object.fromEntries(
      tables.flatMap(({ schema, facts }) =>
        facts?.fingerprint ? [[schema.name, facts.fingerprint]] : []
      ),
    );
    const described = describe(toc.entries);
    this.identity = described?.identity;
    this.notes = [...notes, ...notesOf(toc.entries, used, described?.entry)];
  }

  /** The rows of a table; those of a partitioned one leaf after leaf. */
  async *read(table: string, options: ReadOptions = {}): AsyncGenerator<Batch> {
    const found = this.#byName.get(table);
    const schema = this.tables.find(({ name }) => name === table);
    if (!found || !schema) {
      throw unknownName("table", table, [...this.#byName.keys()], this.name);
    }
    const decoder = textDecoder(this.encoding, true);
    if (!decoder) {
      throw archiveError(this.name, {
        cause: `its texts are in the encoding ${this.encoding}`,
        table,
        remedy: "Make the archive with pg_dump -Fc --encoding=UTF8",
      });
    }
    let rows = 0;
    for (const { entry, fields } of found.parts) {
      const offset = await this.#blocks.offset(entry, table);
      const batches = readCopy(schema, this.copyText(entry), {
        archive: this.name,
        offset,
        decoder,
        fields: this.#fields(schema, fields, offset),
        signal: options.signal,
      });
      for await (const batch of batches) {
        yield rows === 0 ? batch : { ...batch, from: rows };
        rows += batch.rows;
      }
    }
  }

  /**
   * The COPY text of an entry that has data, decompressed, as pg_dump wrote it:
   * for a server to read. Pieces are valid until the next.
   */
  async *copyText(entry: ArchiveEntry): AsyncGenerator<Uint8Array> {
    const table = full(entry);
    const offset = await this.#blocks.offset(entry, table);
    yield* decompress(
      this.#blocks.pieces(entry, table),
      this.header.compression,
      (cause, error) =>
        archiveError(this.name, { cause, table, offset, error }),
    );
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  /** For each field of COPY's the number of its column in the schema. */
  #fields(
    schema: TableSchema,
    fields: readonly string[],
    offset: number,
  ): number[] {
    const columns = schema.columns.map(({ name }) => name);
    const missing = columns.filter((name) => !fields.includes(name));
    if (missing.length > 0) {
      throw new ServemarkError("Cannot read the pg_dump archive", {
        cause: `its data has no column ${
          missing.map((name) => `"${name}"`).join(", ")
        }`,
        place: `${this.name}, table ${schema.name}, byte offset ${offset}`,
        remedy: `Leave them out of the schema; the data has ${
          fields.join(", ")
        }`,
      });
    }
    return fields.map((field) => columns.indexOf(field));
  }
}

/** The comment that says which dataset this is. */
function describe(
  entries: readonly ArchiveEntry[],
): { identity: DatasetIdentity; entry: ArchiveEntry } | undefined {
  for (const entry of entries) {
    if (entry.desc !== "COMMENT" || !entry.tag.startsWith("SCHEMA ")) continue;
    const identity = readDatasetComment(parseComment(entry.defn) ?? "");
    if (identity) return { identity, entry };
  }
}
