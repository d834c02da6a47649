import type { ServemarkError } from "../../core/errors.ts";

// Source: LZ4 frame format description 1.6.4, and its block format.
const MAGIC = 0x184d_2204;
const SKIPPABLE = 0x184d_2a5;
const WINDOW = 64 * 1024;
const UNCOMPRESSED = 0x8000_0000;
/** Block sizes by their code, 4 to 7. */
const SIZES = [64 * 1024, 256 * 1024, 1024 * 1024, 4 * 1024 * 1024];

type Fault = (cause: string, error?: unknown) => ServemarkError;

/**
 * Decodes LZ4 frames, block by block; pieces are valid until the next. Blocks'
 * and contents' checksums are passed over: a block that is damaged in a way
 * that can be decoded shows in the rows, or not at all, as without compression.
 */
export async function* lz4Frames(
  pieces: AsyncIterable<Uint8Array>,
  fault: Fault,
): AsyncGenerator<Uint8Array> {
  const input = new Pull(pieces, fault);
  while (await input.has()) {
    const magic = await input.word();
    if (magic >>> 4 === SKIPPABLE) await input.take(await input.word());
    else if (magic === MAGIC) yield* frame(input, fault);
    else {throw fault(
        "its lz4 data is damaged: no frame begins where one should",
      );}
  }
}

async function* frame(
  input: Pull,
  fault: Fault,
): AsyncGenerator<Uint8Array> {
  const [flags, sizes] = await input.take(2);
  const size = SIZES[(sizes >> 4 & 7) - 4];
  if (flags >> 6 !== 1 || size === undefined) {
    throw fault("its lz4 data is damaged: a frame's head is none");
  }
  const blockChecksum = (flags & 0x10) !== 0;
  const contentChecksum = (flags & 0x04) !== 0;
  // The content's size, a dictionary's number, and the head's checksum.
  await input.take((flags & 0x08 ? 8 : 0) + (flags & 0x01 ? 4 : 0) + 1);
  // Blocks may refer to the 64 KiB before them.
  const out = new Uint8Array(WINDOW + size);
  let history = 0;
  for (;;) {
    const word = await input.word();
    if (word === 0) break;
    const length = word % UNCOMPRESSED;
    if (length > size) {
      throw fault("its lz4 data is damaged: a block is too long");
    }
    const block = await input.take(length);
    let end = history + length;
    if (word >= UNCOMPRESSED) out.set(block, history);
    else end = decodeBlock(block, out, history, history + size);
    if (end < 0) {
      throw fault("its lz4 data is damaged: a block cannot be decoded");
    }
    yield out.subarray(history, end);
    const keep = Math.min(end, WINDOW);
    out.copyWithin(0, end - keep, end);
    history = keep;
    if (blockChecksum) await input.take(4);
  }
  if (contentChecksum) await input.take(4);
}

/**
 * Decodes a block to `out` from `at` on, which may refer to what is before;
 * gives the end, or −1 where it cannot be.
 */
function decodeBlock(
  block: Uint8Array,
  out: Uint8Array,
  at: number,
  most: number,
): number {
  let k = 0;
  for (;;) {
    if (k >= block.length) return -1;
    const token = block[k++];
    let literals = token >> 4;
    if (literals === 15) {
      let more: number;
      do {
        if (k >= block.length) return -1;
        more = block[k++];
        literals += more;
      } while (more === 255);
    }
    if (k + literals > block.length || at + literals > most) return -1;
    if (literals > 16) {
      out.set(block.subarray(k, k + literals), at);
      at += literals;
      k += literals;
    } else {
      for (const end = at + literals; at < end;) out[at++] = block[k++];
    }
    if (k === block.length) return at;
    if (k + 2 > block.length) return -1;
    const distance = block[k] | block[k + 1] << 8;
    k += 2;
    let length = (token & 15) + 4;
    if (length === 19) {
      let more: number;
      do {
        if (k >= block.length) return -1;
        more = block[k++];
        length += more;
      } while (more === 255);
    }
    let from = at - distance;
    if (distance === 0 || from < 0 || at + length > most) return -1;
    if (length > 32 && distance >= length) {
      out.copyWithin(at, from, from + length);
      at += length;
    } else {
      for (const end = at + length; at < end;) out[at++] = out[from++];
    }
  }
}

/** Bytes by count from pieces of any size. */
class Pull {
  readonly #pieces: AsyncIterator<Uint8Array>;
  readonly #fault: Fault;
  #piece: Uint8Array = new Uint8Array();
  #at = 0;

  constructor(pieces: AsyncIterable<Uint8Array>, fault: Fault) {
    this.#pieces = pieces[Symbol.asyncIterator]();
    this.#fault = fault;
  }

  /** Whether a byte is left. */
  async has(): Promise<boolean> {
    while (this.#at >= this.#piece.length) {
      const { done, value } = await this.#pieces.next();
      if (done) return false;
      this.#piece = value;
      this.#at = 0;
    }
    return true;
  }

  /** So many bytes, 4 MiB at most but for frames to skip; valid until the next. */
  async take(count: number): Promise<Uint8Array> {
    if (this.#at + count <= this.#piece.length) {
      this.#at += count;
      return this.#piece.subarray(this.#at - count, this.#at);
    }
    if (count > SIZES[3]) {
      throw this.#fault("its lz4 data is damaged: a length is out of range");
    }
    const taken = new Uint8Array(count);
    let have = 0;
    while (have < count) {
      if (!await this.has()) {
        throw this.#fault("its lz4 data ends before its end mark");
      }
      const part = this.#piece.subarray(this.#at, this.#at + count - have);
      taken.set(part, have);
      have += part.length;
      this.#at += part.length;
    }
    return taken;
  }

  /** Four bytes, little-endian. */
  async word(): Promise<number> {
    const [a, b, c, d] = await this.take(4);
    return (a | b << 8 | c << 16 | d << 24) >>> 0;
  }
}
