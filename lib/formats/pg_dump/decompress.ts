import { Readable } from "node:stream";
import { createInflate, createZstdDecompress } from "node:zlib";
import { messageOf, ServemarkError } from "../../core/errors.ts";
import type { ArchiveCompression } from "./archive_parts.ts";
import { lz4Frames } from "./lz4_frame.ts";

/** Bytes of a piece of text. */
const PIECE = 256 * 1024;

/**
 * Text beyond this much for each stored byte, once it is over a gibibyte, is
 * taken for a bomb. gzip cannot pass 1,032, nor lz4 255.
 */
const MOST_RATIO = 10_000;
const UNCHECKED = 1024 ** 3;

/**
 * The text of stored pieces, in pieces that are bounded whatever the codec's
 * ratio, and valid until the next.
 *
 * @param fault makes the error for data that the codec refuses
 */
export async function* decompress(
  pieces: AsyncIterable<Uint8Array>,
  compression: ArchiveCompression,
  fault: (cause: string, error?: unknown) => ServemarkError,
): AsyncGenerator<Uint8Array> {
  if (compression === "none") return yield* pieces;
  let stored = 0;
  let text = 0;
  const counted = count(pieces, (bytes) => stored += bytes);
  const decoded = compression === "lz4"
    ? lz4Frames(counted, fault)
    : throughZlib(counted, compression, fault);
  for await (const piece of decoded) {
    text += piece.length;
    if (text > UNCHECKED && text / MOST_RATIO > stored) {
      throw fault(
        `${stored} stored bytes became over ${text}, more than ${MOST_RATIO} for each`,
      );
    }
    yield piece;
  }
}

async function* count(
  pieces: AsyncIterable<Uint8Array>,
  add: (bytes: number) => void,
): AsyncGenerator<Uint8Array> {
  for await (const piece of pieces) {
    add(piece.length);
    yield piece;
  }
}

async function* throughZlib(
  pieces: AsyncIterable<Uint8Array>,
  compression: "gzip" | "zstd",
  fault: (cause: string, error?: unknown) => ServemarkError,
): AsyncGenerator<Uint8Array> {
  const source = Readable.from(pieces, { objectMode: false });
  const codec = compression === "gzip"
    ? createInflate({ chunkSize: PIECE })
    : createZstdDecompress({ chunkSize: PIECE });
  source.on("error", (error) => codec.destroy(error));
  try {
    yield* source.pipe(codec) as AsyncIterable<Uint8Array>;
  } catch (error) {
    if (error instanceof ServemarkError) throw error;
    throw fault(
      `its ${compression} data is damaged: ${messageOf(error)}`,
      error,
    );
  } finally {
    source.destroy();
    codec.destroy();
  }
}
