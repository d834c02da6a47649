import { ServemarkError } from "../../core/errors.ts";
import type { Fingerprint } from "../../datasets/fingerprint.ts";
import type { TableSchema } from "../../datasets/schema.ts";
import type { ObjectWriter } from "../../stores/store.ts";
import type { DatasetIdentity, WriteStats } from "../source.ts";
import { ADLER_START, combineAdler32 } from "./adler32.ts";
import { BLOCK_DATA } from "./archive_parts.ts";
import {
  levelOf,
  type Segment,
  segmentOfText,
  type SegmentOptions,
} from "./segments.ts";
import { type ArchiveContent, archiveEntries } from "./table_entries.ts";
import { encodeHead, encodeInt } from "./toc_writer.ts";

/** What an archive is, besides its tables. */
export interface ArchiveOptions extends SegmentOptions {
  /** The schema that a restore makes the tables in. @default "servemark" */
  readonly schema?: string;
  readonly identity?: DatasetIdentity;
  /** When the archive was made. @default now */
  readonly created?: Date;
}

/** How far the write of a table has come. */
export interface TableProgress {
  readonly rows: number;
  /** Segments added. */
  readonly segments: number;
  readonly finished: boolean;
}

interface TableState {
  readonly offset: number;
  rows: number;
  segments: number;
  adler: number;
  finished: boolean;
  fingerprint?: Fingerprint;
}

/** What a checkpoint keeps. */
interface KeptState {
  readonly tables: readonly (readonly [string, TableState])[];
  readonly note: unknown;
}

/** pg_restore holds a chunk in memory. */
const CHUNK = 512 * 1024;
/** A zlib stream's first bytes: deflate, 32 KiB window. Source: RFC 1950. */
const ZLIB_START = [0x78, 0x9c];
/** An empty last block of deflate. Source: RFC 1951, 3.2.3. */
const DEFLATE_END = [0x03, 0x00];
/** The end of COPY's text, as pg_dump writes it. */
const COPY_END = new TextEncoder().encode("\\.\n\n\n");

/** The number of bytes that {@link ArchiveWriter} puts before the data: `head` of `Store.create`. */
export function archiveHeadLength(
  tables: readonly TableSchema[],
  options: ArchiveOptions = {},
): number {
  return headOf(contentOf(tables, options), options).length;
}

/**
 * Writes an archive of version 1.14, table after table, as segments that
 * `encodeSegment` made, in their rows' order.
 *
 * The writer must have been created with a head of `archiveHeadLength` bytes.
 * One that takes up an earlier write (`resumed`) goes on after the last
 * checkpoint: `progress` says which tables and segments are there already.
 */
export class ArchiveWriter {
  readonly #writer: ObjectWriter;
  readonly #content: ArchiveContent;
  readonly #options: ArchiveOptions;
  readonly #level: number;
  readonly #tables: Map<string, TableState>;
  readonly #dumpIds: ReadonlyMap<string, number>;
  #current: string | undefined;

  constructor(
    writer: ObjectWriter,
    tables: readonly TableSchema[],
    options: ArchiveOptions = {},
  ) {
    this.#writer = writer;
    this.#content = contentOf(tables, options);
    this.#options = options;
    this.#level = levelOf(options);
    const kept = writer.resumed as KeptState | undefined;
    this.#tables = new Map(structuredClone(kept?.tables ?? []));
    this.note = kept?.note;
    this.#current = [...this.#tables].find(([, { finished }]) => !finished)
      ?.[0];
    this.#dumpIds = new Map(
      archiveEntries(this.#content)
        .filter(({ desc }) => desc === "TABLE DATA")
        .map(({ tag, dumpId }) => [tag, dumpId]),
    );
  }

  /** What the caller gave the last checkpoint of a write that is taken up. */
  readonly note: unknown;

  /** How far a table has come. */
  progress(table: string): TableProgress {
    const { rows = 0, segments = 0, finished = false } =
      this.#tables.get(table) ?? {};
    return { rows, segments, finished };
  }

  /** Starts a table's data, or goes on with the one that a checkpoint cut. */
  async beginTable(table: string): Promise<void> {
    // A table that a checkpoint cut is begun twice.
    if (this.#current === table) return;
    const dumpId = this.#dumpIds.get(table);
    if (
      dumpId === undefined || this.#current !== undefined ||
      this.#tables.has(table)
    ) {
      throw new ServemarkError(`Cannot begin table "${table}" in an archive`, {
        cause: dumpId === undefined
          ? "it is none of the archive's tables"
          : this.#current !== undefined
          ? `table "${this.#current}" is not finished`
          : "its data is written already",
      });
    }
    this.#current = table;
    this.#tables.set(table, {
      offset: this.#writer.position,
      rows: 0,
      segments: 0,
      adler: ADLER_START,
      finished: false,
    });
    await this.#writer.write(Uint8Array.of(BLOCK_DATA));
    await this.#writer.write(encodeInt(dumpId));
    if (this.#level > 0) await this.#chunk(Uint8Array.from(ZLIB_START));
  }

  /** Adds rows that follow those before. */
  async addSegment(segment: Segment): Promise<void> {
    const state = this.#state();
    await this.#add(segment);
    state.rows += segment.rows;
    state.segments++;
  }

  /** Ends the table's data. */
  async endTable(fingerprint?: Fingerprint): Promise<void> {
    const state = this.#state();
    await this.#add(segmentOfText(COPY_END, 0, this.#level));
    if (this.#level > 0) {
      const end = new Uint8Array(6);
      end.set(DEFLATE_END);
      new DataView(end.buffer).setUint32(2, state.adler);
      await this.#chunk(end);
    }
    await this.#writer.write(encodeInt(0));
    state.finished = true;
    state.fingerprint = fingerprint;
    this.#current = undefined;
  }

  /**
   * Keeps what was written so far, where the store finds that worth it; says
   * whether it did.
   *
   * @param note anything JSON holds, for `note` of the writer that takes it up
   */
  async checkpoint(note: unknown = null): Promise<boolean> {
    return await this.#writer.checkpoint(
      { tables: [...this.#tables], note } satisfies KeptState,
    );
  }

  /** Writes the head; the archive is then whole and visible. */
  async finish(): Promise<WriteStats> {
    const missing = this.#content.tables.filter(({ name }) =>
      !this.#tables.get(name)?.finished
    );
    if (missing.length > 0) {
      throw new ServemarkError("Cannot finish the archive", {
        cause: `table "${missing[0].name}" is not written`,
      });
    }
    const bytes = this.#writer.position;
    await this.#writer.finish(
      headOf(this.#content, this.#options, this.#tables),
    );
    const states = [...this.#tables];
    return {
      rows: states.reduce((sum, [, { rows }]) => sum + rows, 0),
      bytes,
      fingerprints: Object.fromEntries(
        states.flatMap(([name, { fingerprint }]) =>
          fingerprint === undefined ? [] : [[name, fingerprint]]
        ),
      ),
    };
  }

  async #add(segment: Segment): Promise<void> {
    const state = this.#state();
    state.adler = combineAdler32(
      state.adler,
      segment.adler,
      segment.textBytes,
    );
    for (let at = 0; at < segment.bytes.length; at += CHUNK) {
      await this.#chunk(segment.bytes.subarray(at, at + CHUNK));
    }
  }

  async #chunk(bytes: Uint8Array): Promise<void> {
    await this.#writer.write(encodeInt(bytes.length));
    await this.#writer.write(bytes);
  }

  #state(): TableState {
    if (this.#current !== undefined) return this.#tables.get(this.#current)!;
    throw new ServemarkError("Cannot add rows to an archive", {
      cause: "no table was begun",
    });
  }
}

function contentOf(
  tables: readonly TableSchema[],
  options: ArchiveOptions,
): ArchiveContent {
  const { schema = "servemark", identity } = options;
  return { schema, tables, identity };
}

function headOf(
  content: ArchiveContent,
  options: ArchiveOptions,
  written?: ReadonlyMap<string, TableState>,
): Uint8Array {
  return encodeHead(archiveEntries(content, written), {
    level: levelOf(options),
    created: options.created ?? new Date(),
    database: content.identity?.name ?? content.schema,
  });
}
