import type { ByteSource } from "./byte_source.ts";
import { Damage } from "./damage.ts";
import { type FileMetadata, MAGIC } from "./metadata.ts";
import { parseMetadata } from "./read_metadata.ts";

/** Bytes of a file's metadata, at most. */
const MAX_METADATA = 2 ** 26;

/** What is read of a file's end at first: most metadata fit. */
const TAIL = 65_536;

/**
 * Reads a file's metadata from its end.
 *
 * @throws {Damage} for what is not a whole Parquet file
 */
export async function readFileMetadata(
  source: ByteSource,
): Promise<FileMetadata> {
  const { size } = source;
  // The mark, metadata of a byte, their length, and the mark.
  if (size < 13) throw new Damage("it is too short for Parquet");
  const from = Math.max(0, size - TAIL);
  const tail = await source.read(from, size);
  const mark = tail.subarray(tail.length - 4);
  if (!MAGIC.every((byte, k) => mark[k] === byte)) {
    const encrypted = mark.every((byte, k) => byte === b("PARE", k));
    throw new Damage(
      encrypted
        ? "its metadata are encrypted, which is not read"
        : "it does not end as Parquet does",
      size - 4,
    );
  }
  const length = new DataView(tail.buffer, tail.byteOffset).getUint32(
    tail.length - 8,
    true,
  );
  const begin = size - 8 - length;
  if (begin < 4) {
    throw new Damage(
      `its metadata have ${length} bytes, more than the file`,
      size - 8,
    );
  }
  if (length > MAX_METADATA) {
    throw new Damage(
      `its metadata have ${length} bytes, more than the ${MAX_METADATA} that are read`,
      size - 8,
    );
  }
  const metadata = begin >= from
    ? tail.subarray(begin - from, begin - from + length)
    : await source.read(begin, begin + length);
  return parseMetadata(metadata, begin);
}

function b(text: string, k: number): number {
  return text.charCodeAt(k);
}
