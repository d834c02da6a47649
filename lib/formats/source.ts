/**
 * What every format reads and writes: tables of batches.
 *
 * @module
 */
import type { ProgressSink } from "../core/progress.ts";
import type { Batch } from "../datasets/batch.ts";
import type { Fingerprint } from "../datasets/fingerprint.ts";
import type { TableSchema } from "../datasets/schema.ts";
import type { DatasetSpec } from "../datasets/spec.ts";
import type { Store } from "../stores/store.ts";

/** Which dataset some tables are, where that is known. */
export interface DatasetIdentity {
  readonly name: string;
  readonly version: string;
  /** The spec's digest. */
  readonly digest?: string;
  /** What the tables were generated from. */
  readonly spec?: DatasetSpec;
}

/** Tables that can be read, wherever they are. */
export interface TableSource {
  /** For people: a path or URI, `fraud_detection_v1.0`. */
  readonly name: string;
  readonly tables: readonly TableSchema[];
  readonly identity?: DatasetIdentity;
  /** Table name → fingerprint, for those that are known without reading. */
  readonly fingerprints?: Readonly<Record<string, Fingerprint>>;
  /** What the source also holds and its tables do not: `view public.totals is not a table`. */
  readonly notes: readonly string[];
  /** A table's rows, in the source's order. Several tables may be read at once. */
  read(table: string, options?: ReadOptions): AsyncIterable<Batch>;
  close(): Promise<void>;
}

/** How a table is read. */
export interface ReadOptions {
  readonly signal?: AbortSignal;
}

/** Where a dataset in some format is: a single object, or all objects below a folder. */
export interface Place {
  readonly store: Store;
  /** The object's key, or a folder's, ending in `/`; `""` is the store's whole. */
  readonly key: string;
}

/** How tables are written. */
export interface FormatWriteOptions {
  readonly compression?: Compression;
  /** The codec's own scale; 0 to 9 for gzip. */
  readonly level?: number;
  /** Some of the source's tables. @default all */
  readonly tables?: readonly string[];
  readonly signal?: AbortSignal;
  readonly progress?: ProgressSink;
}

/** Codecs, by their usual names. */
export type Compression = "none" | "gzip" | "lz4" | "zstd" | "snappy";

/** What was written. */
export interface WriteStats {
  readonly rows: number;
  /** Bytes stored. */
  readonly bytes: number;
  /** Table name → fingerprint of the rows that were written. */
  readonly fingerprints: Readonly<Record<string, Fingerprint>>;
  /** For people: what someone who takes the files elsewhere should know. */
  readonly notes?: readonly string[];
}

/** One format: reading and writing. */
export interface Format {
  /** `pg_dump`, `csv`: its name on the command line. */
  readonly name: string;
  /** For people: `CSV (RFC 4180)`. */
  readonly title: string;
  /** Whether a dataset is one object, or a folder of them. */
  readonly layout: "object" | "folder";
  /** Opens what is there. */
  open(place: Place, options?: FormatOpenOptions): Promise<TableSource>;
  /** Writes a source's tables; nothing is visible before it is whole. */
  write(
    source: TableSource,
    place: Place,
    options?: FormatWriteOptions,
  ): Promise<WriteStats>;
}

/** How a place is opened. */
export interface FormatOpenOptions {
  /** What the place is called in errors. @default the store's own name for it */
  readonly name?: string;
  /** Schemas that are known already, in place of what would be inferred. */
  readonly tables?: readonly TableSchema[];
  readonly signal?: AbortSignal;
}
