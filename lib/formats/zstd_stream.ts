import { Decompress } from "fzstd";
import { zstdDecompressSync } from "node:zlib";

/**
 * Zstandard frames as they come in, decompressed piece by piece. Source: RFC
 * 8878, 3.1: frames follow one another; a frame is its header, blocks with
 * their sizes, and a checksum.
 *
 * The runtime's own stream takes a frame that is cut short for a whole one, and
 * ends the process at a damaged one. So frames are told apart here; one of a
 * modest size goes to the runtime in one call, which checks its checksum, and
 * larger ones to a library that keeps no more than their window, and does not.
 */
export class ZstdStream {
  #held: Uint8Array = new Uint8Array(0);
  #frame: Frame | undefined;
  /** Bytes of a block, or of what is skipped, that still belong together. */
  #rest = 0;

  /** Decompresses what these bytes complete. */
  *push(bytes: Uint8Array): Generator<Uint8Array> {
    let input = this.#held.length === 0 ? bytes : joined([this.#held, bytes]);
    while (true) {
      const used = this.#step(input);
      if (used === undefined) break;
      yield* this.#frame?.take() ?? [];
      if (this.#frame?.done) this.#frame = undefined;
      input = input.subarray(used);
    }
    // The caller may use its bytes again.
    this.#held = input.slice();
  }

  /** Ends the input. */
  finish(): void {
    if (this.#held.length > 0 || this.#frame !== undefined || this.#rest > 0) {
      throw new Error("a Zstandard frame is cut short");
    }
  }

  /** Consumes one piece of the input; `undefined` where more is needed first. */
  #step(input: Uint8Array): number | undefined {
    if (this.#rest > 0) {
      if (input.length === 0) return undefined;
      const size = Math.min(this.#rest, input.length);
      this.#rest -= size;
      this.#frame?.add(input.subarray(0, size));
      return size;
    }
    if (this.#frame === undefined) return this.#open(input);
    return this.#block(this.#frame, input);
  }

  /** Begins a frame, or skips one that holds no data. */
  #open(input: Uint8Array): number | undefined {
    if (input.length < 8) return undefined;
    const view = new DataView(input.buffer, input.byteOffset, input.length);
    const magic = view.getUint32(0, true);
    if ((magic & 0xfffffff0) >>> 0 === SKIPPABLE) {
      this.#rest = view.getUint32(4, true);
      return 8;
    }
    if (magic !== MAGIC) throw new Error("no Zstandard frame follows");
    const header = readHeader(view);
    if (header === undefined) return undefined;
    this.#frame = new Frame(header);
    this.#frame.add(input.subarray(0, header.length));
    return header.length;
  }

  /** A block's header, or what follows the last block. */
  #block(frame: Frame, input: Uint8Array): number | undefined {
    if (frame.last) {
      const size = frame.header.checksum ? 4 : 0;
      if (input.length < size) return undefined;
      frame.add(input.subarray(0, size));
      frame.end();
      return size;
    }
    if (input.length < 3) return undefined;
    const head = input[0] | input[1] << 8 | input[2] << 16;
    const type = (head >> 1) & 3;
    if (type === 3) throw new Error("a Zstandard block is of no known type");
    frame.last = (head & 1) === 1;
    // A run of one byte is stored as that byte.
    this.#rest = type === 1 ? 1 : head >> 3;
    frame.add(input.subarray(0, 3));
    return 3;
  }
}

const MAGIC = 0xfd2fb528;
const SKIPPABLE = 0x184d2a50;
/** What zstd itself decompresses without being told to take more. */
const MOST_WINDOW = 2 ** 27;
/** Frames that become at most this large are decompressed in one call. */
const WHOLE = 2 ** 24;
/** Bytes of a frame that are kept to that end. */
const MOST_HELD = 2 ** 23;
const TOO_LARGE = "ERR_BUFFER_TOO_LARGE";

interface FrameHeader {
  /** Bytes of the header, its magic included. */
  readonly length: number;
  readonly checksum: boolean;
  /** Bytes that the frame declares to hold. */
  readonly content: number | undefined;
}

/** Reads a frame's header; `undefined` where it is not all there. RFC 8878, 3.1.1.1. */
function readHeader(view: DataView): FrameHeader | undefined {
  const descriptor = view.getUint8(4);
  const single = (descriptor & 0x20) !== 0;
  const dictionary = [0, 1, 2, 4][descriptor & 3];
  const sizeBytes = [single ? 1 : 0, 2, 4, 8][descriptor >> 6];
  const sizeAt = 5 + (single ? 0 : 1) + dictionary;
  const length = sizeAt + sizeBytes;
  if (view.byteLength < length) return undefined;
  if (descriptor & 0x08) throw new Error("a Zstandard header is damaged");
  if (dictionary > 0 && view.getUint8(sizeAt - dictionary) > 0) {
    throw new Error("it was compressed with a dictionary");
  }
  let content: number | undefined;
  if (sizeBytes === 1) content = view.getUint8(sizeAt);
  if (sizeBytes === 2) content = view.getUint16(sizeAt, true) + 256;
  if (sizeBytes === 4) content = view.getUint32(sizeAt, true);
  if (sizeBytes === 8) content = Number(view.getBigUint64(sizeAt, true));
  const shape = view.getUint8(5);
  const window = single
    ? content!
    : 2 ** (10 + (shape >> 3)) * (1 + (shape & 7) / 8);
  if (window > MOST_WINDOW && !(single && content! <= WHOLE)) {
    throw new Error(
      `it wants a window of ${window} bytes, more than ${MOST_WINDOW}`,
    );
  }
  return { length, checksum: (descriptor & 4) !== 0, content };
}

/** A frame that is under way. */
class Frame {
  /** Whether its last block has begun. */
  last = false;
  done = false;
  readonly header: FrameHeader;
  #pieces: Uint8Array[] = [];
  #held = 0;
  readonly #made: Uint8Array[] = [];
  #stream: Decompress | undefined;
  #size = 0;

  constructor(header: FrameHeader) {
    this.header = header;
    if ((header.content ?? 0) > WHOLE) this.#streamed();
  }

  add(bytes: Uint8Array): void {
    // The library reads on until a block is whole, and keeps what it was given.
    const own = bytes.slice();
    if (this.#stream) return this.#stream.push(own, false);
    this.#pieces.push(own);
    this.#held += own.length;
    if (this.#held > MOST_HELD) this.#streamed();
  }

  end(): void {
    const { content } = this.header;
    if (!this.#stream && !this.#atOnce(content ?? WHOLE)) this.#streamed();
    this.#stream?.push(new Uint8Array(0), true);
    if (content !== undefined && this.#size !== content) {
      throw new Error("a Zstandard frame does not hold what it declares");
    }
    this.done = true;
  }

  /** What has been decompressed since it was last asked. */
  take(): Uint8Array[] {
    return this.#made.splice(0);
  }

  /** Decompresses the whole frame; false where it becomes larger than this. */
  #atOnce(most: number): boolean {
    try {
      const made = zstdDecompressSync(joined(this.#pieces), {
        maxOutputLength: Math.max(1, most),
      });
      this.#size = made.length;
      this.#made.push(made);
      return true;
    } catch (error) {
      if ((error as { code?: unknown }).code !== TOO_LARGE) throw error;
      return false;
    }
  }

  /** Goes on piece by piece. */
  #streamed(): void {
    this.#stream = new Decompress((made) => {
      this.#size += made.length;
      // The library may use its memory again.
      this.#made.push(made.slice());
    });
    for (const piece of this.#pieces) this.#stream.push(piece, false);
    this.#pieces = [];
  }
}

function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const length = pieces.reduce((sum, piece) => sum + piece.length, 0);
  const all = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}
