import {
  brotliDecompressSync,
  constants,
  gunzipSync,
  gzipSync,
} from "node:zlib";
import { zstdCompressSync, zstdDecompressSync } from "node:zlib";
import { messageOf, ServemarkError } from "../../core/errors.ts";
import type { Compression } from "../source.ts";
import { Damage } from "./damage.ts";
import { unlz4, unlz4Hadoop } from "./lz4.ts";
import { type Codec, CODECS } from "./metadata.ts";
import { unsnappy } from "./snappy.ts";

/** Makes pages smaller. */
export interface Compressor {
  /** The codec's number in the format. */
  readonly codec: number;
  compress(bytes: Uint8Array): Uint8Array;
}

/**
 * What compresses pages; zstd of level 1 unless told. Level 1 halves our
 * columns already; 3 gains 7 % more and costs as much time again.
 */
export function compressor(
  compression: Compression = "zstd",
  level?: number,
): Compressor {
  switch (compression) {
    case "none":
      // The page lies in memory that the next page reuses.
      return {
        codec: CODECS.indexOf("UNCOMPRESSED"),
        compress: (bytes) => bytes.slice(),
      };
    case "gzip": {
      const settings = { level: checkLevel("gzip", level ?? 6, 0, 9) };
      return {
        codec: CODECS.indexOf("GZIP"),
        compress: (bytes) => gzipSync(bytes, settings),
      };
    }
    case "zstd": {
      const params = {
        [constants.ZSTD_c_compressionLevel]: checkLevel(
          "zstd",
          level ?? 1,
          -7,
          22,
        ),
      };
      return {
        codec: CODECS.indexOf("ZSTD"),
        // Of a known size, small pages need less memory, and half the time.
        compress: (bytes) => {
          // An option of Node's that its types leave out.
          const settings = { params, pledgedSrcSize: bytes.length };
          return zstdCompressSync(bytes, settings);
        },
      };
    }
    default:
      throw new ServemarkError(`Cannot write Parquet with ${compression}`, {
        cause: "Parquet is written with zstd, gzip or none",
        remedy: "Choose zstd, which is smaller and about as fast",
        exitCode: 2,
      });
  }
}

function checkLevel(
  name: string,
  level: number,
  least: number,
  most: number,
): number {
  if (Number.isInteger(level) && level >= least && level <= most) return level;
  throw new ServemarkError(`Cannot compress with ${name} at level ${level}`, {
    cause: `its levels are ${least} to ${most}`,
    exitCode: 2,
  });
}

/** Decompresses a page whose size is known; a page of another size is damaged. */
export function decompress(
  codec: Codec,
  bytes: Uint8Array,
  size: number,
): Uint8Array {
  // The limit stops a damaged header from asking for all the memory there is.
  const limit = { maxOutputLength: Math.max(1, size) };
  const page = opened(codec, bytes, size, limit);
  if (page.length !== size) {
    throw new Damage(`a page has ${page.length} bytes in place of ${size}`);
  }
  // As plain bytes: a Buffer's slice() copies nothing.
  return new Uint8Array(page.buffer, page.byteOffset, page.length);
}

function opened(
  codec: Codec,
  bytes: Uint8Array,
  size: number,
  limit: { readonly maxOutputLength: number },
): Uint8Array {
  try {
    switch (codec) {
      case "UNCOMPRESSED":
        return bytes;
      case "ZSTD":
        return size === 0 && bytes.length === 0
          ? bytes
          : zstdDecompressSync(bytes, limit);
      case "GZIP":
        return gunzipSync(bytes, limit);
      case "BROTLI":
        return brotliDecompressSync(bytes, limit);
      case "SNAPPY":
        return unsnappy(bytes, size);
      case "LZ4_RAW":
        return unlz4(bytes, size);
      case "LZ4":
        return unlz4Hadoop(bytes, size);
      case "LZO":
        throw new Damage("it is compressed with LZO, which is not read");
    }
  } catch (error) {
    if (error instanceof Damage) throw error;
    throw new Damage(`a page cannot be decompressed: ${messageOf(error)}`);
  }
}
