import { constants, deflateRawSync } from "node:zlib";
import { ServemarkError } from "../../core/errors.ts";
import type { Batch } from "../../datasets/batch.ts";
import type { TableSchema } from "../../datasets/schema.ts";
import type { Compression } from "../source.ts";
import { adler32 } from "./adler32.ts";
import { CopyText } from "./copy_text.ts";

/** How an archive's data is compressed. */
export interface SegmentOptions {
  /** @default "gzip" */
  readonly compression?: Compression;
  /** 0 to 9 for gzip; 0 is no compression. @default 6 */
  readonly level?: number;
}

/** Consecutive rows of a table, ready to follow the rows before them in an archive. */
export interface Segment {
  readonly rows: number;
  /** Bytes of COPY text. */
  readonly textBytes: number;
  /** Adler-32 of the text. */
  readonly adler: number;
  /** The text, or blocks of a deflate stream that ends at a byte's boundary. */
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** gzip's level of these options: 0 is no compression. */
export function levelOf(options: SegmentOptions): number {
  const { compression = "gzip", level = 6 } = options;
  if (compression === "none") return 0;
  if (compression !== "gzip") {
    throw new ServemarkError(`Cannot write an archive with ${compression}`, {
      cause: "pg_restore reads it from PostgreSQL 16 on only",
      remedy: "Ask for gzip, or none",
      exitCode: 2,
    });
  }
  if (!Number.isInteger(level) || level < 0 || level > 9) {
    throw new ServemarkError(`Cannot compress at level ${level}`, {
      remedy: "Ask for a whole number from 0 (none) to 9 (smallest)",
      exitCode: 2,
    });
  }
  return level;
}

/**
 * Encodes rows as a segment of their table's data. Segments do not depend on
 * each other, so several workers can make them; an `ArchiveWriter` puts them
 * together. A segment is held in memory whole: some MB of text are right.
 *
 * @throws {ServemarkError} for a value that PostgreSQL cannot hold, and for
 * options out of range
 */
export function encodeSegment(
  table: TableSchema,
  batches: Iterable<Batch>,
  options: SegmentOptions = {},
): Segment {
  const encoder = new SegmentEncoder(table, options);
  for (const batch of batches) encoder.add(batch);
  return encoder.take();
}

/** Makes one segment after the other, in buffers that are used again. */
export class SegmentEncoder {
  readonly #level: number;
  readonly #text: CopyText;
  #rows = 0;

  constructor(table: TableSchema, options: SegmentOptions = {}) {
    this.#text = new CopyText(table);
    this.#level = levelOf(options);
  }

  /** Bytes of COPY text since the last segment. */
  get textBytes(): number {
    return this.#text.length;
  }

  /** Adds rows of a batch. */
  add(batch: Batch, from = 0, to: number = batch.rows): void {
    this.#text.add(batch, from, to);
    this.#rows += to - from;
  }

  /** The rows since the last segment. */
  take(): Segment {
    const text = this.#text.take();
    const rows = this.#rows;
    this.#rows = 0;
    return segmentOfText(text, rows, this.#level);
  }
}

/** A segment of text that is COPY's already; the text is copied. */
export function segmentOfText(
  text: Uint8Array,
  rows: number,
  level: number,
): Segment {
  if (level === 0) {
    return {
      rows,
      textBytes: text.length,
      adler: 0,
      bytes: new Uint8Array(text),
    };
  }
  return {
    rows,
    textBytes: text.length,
    adler: adler32(text),
    bytes: deflate(text, level),
  };
}

function deflate(text: Uint8Array, level: number): Uint8Array<ArrayBuffer> {
  if (text.length === 0) return new Uint8Array();
  const blocks = deflateRawSync(text, {
    level,
    finishFlush: constants.Z_SYNC_FLUSH,
    chunkSize: Math.max(1024, Math.min(text.length, 1 << 20)),
  });
  // A node Buffer may be a view of a shared pool.
  return new Uint8Array(blocks);
}
