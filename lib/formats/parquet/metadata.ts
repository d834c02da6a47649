/**
 * A Parquet file's metadata, as far as flat tables need it
 * (https://github.com/apache/parquet-format/blob/master/src/main/thrift/parquet.thrift).
 *
 * @module
 */
import { crc32 } from "node:zlib";

/** Physical types, by their number in the format. */
export const PHYSICAL = [
  "BOOLEAN",
  "INT32",
  "INT64",
  "INT96",
  "FLOAT",
  "DOUBLE",
  "BYTE_ARRAY",
  "FIXED_LEN_BYTE_ARRAY",
] as const;

export type Physical = typeof PHYSICAL[number];

/** What a column's stored values mean, by either of the format's notations. */
export type Meaning =
  | { readonly kind: "none" }
  | { readonly kind: "string" }
  | { readonly kind: "enum" }
  | { readonly kind: "json" }
  | { readonly kind: "bson" }
  | { readonly kind: "uuid" }
  | { readonly kind: "date" }
  | { readonly kind: "null" }
  | {
    readonly kind: "decimal";
    readonly precision: number;
    readonly scale: number;
  }
  | {
    readonly kind: "integer";
    readonly bits: number;
    readonly signed: boolean;
  }
  | { readonly kind: "time"; readonly unit: TimeUnit }
  | {
    readonly kind: "timestamp";
    readonly unit: TimeUnit;
    readonly utc: boolean;
  }
  /** One that no column of ours can hold, by its name in the format. */
  | { readonly kind: "other"; readonly name: string };

export type TimeUnit = "MILLIS" | "MICROS" | "NANOS";

/** A column of a file, or what stands where one could. */
export interface Leaf {
  readonly name: string;
  readonly physical: Physical;
  /** Bytes of a FIXED_LEN_BYTE_ARRAY. */
  readonly length: number;
  readonly nullable: boolean;
  readonly meaning: Meaning;
  /** Its chunk's number in each row group. */
  readonly chunk: number;
}

/** A column that is not flat: `tags`, a list. */
export interface NestedColumn {
  readonly name: string;
  readonly what: string;
}

/** Codecs, by their number in the format. */
export const CODECS = [
  "UNCOMPRESSED",
  "SNAPPY",
  "GZIP",
  "LZO",
  "BROTLI",
  "LZ4",
  "ZSTD",
  "LZ4_RAW",
] as const;

export type Codec = typeof CODECS[number];

/** Encodings, by their number in the format. */
export const ENCODING = {
  plain: 0,
  plainDictionary: 2,
  rle: 3,
  bitPacked: 4,
  deltaBinaryPacked: 5,
  deltaLengthByteArray: 6,
  deltaByteArray: 7,
  rleDictionary: 8,
  byteStreamSplit: 9,
} as const;

/** One column of one row group. */
export interface Chunk {
  readonly physical: Physical;
  readonly codec: Codec;
  readonly values: number;
  readonly uncompressed: number;
  readonly compressed: number;
  /** Byte offset of the first page, the dictionary's where there is one. */
  readonly offset: number;
}

/** Consecutive rows of a file. */
export interface RowGroup {
  readonly rows: number;
  readonly chunks: readonly Chunk[];
}

/** What a file says about itself. */
export interface FileMetadata {
  readonly name: string;
  readonly rows: number;
  readonly leaves: readonly Leaf[];
  readonly nested: readonly NestedColumn[];
  readonly rowGroups: readonly RowGroup[];
  readonly keyValues: ReadonlyMap<string, string>;
  readonly createdBy: string;
}

/** The head of a page. */
export interface PageHeader {
  readonly kind: "data" | "dictionary" | "index";
  readonly uncompressed: number;
  readonly compressed: number;
  /** CRC-32 of the stored bytes, where the writer gave it. */
  readonly crc?: number;
  readonly values: number;
  readonly encoding: number;
  /** Of pages of the first version: how NULLs are told. */
  readonly levelEncoding?: number;
  /** Of pages of the second version: bytes of levels before the values. */
  readonly v2?: {
    readonly nulls: number;
    readonly levels: number;
    readonly repetition: number;
    readonly compressed: boolean;
  };
  /** The header's own bytes. */
  readonly bytes: number;
}

/** The first and last four bytes of every file. */
export const MAGIC = Uint8Array.of(80, 65, 82, 49);

/** Who wrote the files that are ours. */
export const CREATED_BY = "servemark version 1";

/** What our files keep of themselves: their table, their fingerprint, a check of the metadata. */
export const TABLE_KEY = "servemark.table";
export const FINGERPRINT_KEY = "servemark.fingerprint";
export const IDENTITY_KEY = "servemark.dataset";
export const CHECK_KEY = "servemark.check";

/** Stands in the check's place while it is computed. */
export const UNCHECKED = "00000000";

/** CRC-32 of bytes as 8 hex digits: the format itself has no check of its metadata. */
export function checkText(bytes: Uint8Array): string {
  return crc32(bytes).toString(16).padStart(8, "0");
}
