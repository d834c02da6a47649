/**
 * Objects of stores as streams of bytes, compressed by gzip or zstd or not.
 *
 * @module
 */
import {
  constants,
  createGunzip,
  createGzip,
  zstdCompressSync,
} from "node:zlib";
import { pipeline, Readable } from "node:stream";
import { once } from "node:events";
import { messageOf, ServemarkError } from "../core/errors.ts";
import { unknownName } from "../core/names.ts";
import type { ObjectWriter, Store } from "../stores/store.ts";
import type { Compression } from "./source.ts";
import { ZstdStream } from "./zstd_stream.ts";

/** The compressions of whole files, with what they add to the files' names. */
export const EXTENSIONS = { none: "", gzip: ".gz", zstd: ".zst" } as const;

/** The compressions of whole files. */
export type FileCompression = keyof typeof EXTENSIONS;

/** Takes the compression of whole files, or says which there are. */
export function fileCompression(
  name: Compression,
  otherwise?: string,
): FileCompression {
  if (Object.hasOwn(EXTENSIONS, name)) return name as FileCompression;
  throw unknownName(
    otherwise ?? "compression of a text format",
    name,
    Object.keys(EXTENSIONS),
  );
}

/** A file's name without what a compression added to it. */
export function withoutExtension(name: string): string {
  return name.replace(/\.(gz|zst)$/, "");
}

const RANGE = 1 << 22;
/** Bytes a compressed file may become for each of its own before it is taken for a bomb. */
const MOST_RATIO = 2_000;
/** What any file may become. */
const FREE_BYTES = 2 ** 30;

/** An object's bytes, read in ranges; the next one is asked for while one is worked on. */
export async function* readObject(
  store: Store,
  key: string,
  signal?: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const stat = await store.stat(key);
  if (!stat) {
    throw new ServemarkError(`Cannot read ${store.locate(key)}`, {
      cause: "it is not there",
    });
  }
  const range = async (from: number) => {
    const to = Math.min(from + RANGE, stat.bytes);
    const bytes = await store.get(key, { from, to });
    if (bytes?.length !== to - from) {
      throw new ServemarkError(`Cannot read ${store.locate(key)}`, {
        cause: "it changed while it was read",
        remedy: "Run the command again",
      });
    }
    return bytes;
  };
  let next = stat.bytes > 0 ? range(0) : undefined;
  for (let from = 0; next !== undefined;) {
    const bytes = await next;
    signal?.throwIfAborted();
    from += bytes.length;
    next = from < stat.bytes ? range(from) : undefined;
    // Whoever stops here must not leave a rejection behind.
    next?.catch(() => {});
    yield bytes;
  }
}

/**
 * The content of a file: decompressed where its first bytes say that it is
 * compressed, or its name does.
 *
 * @param name what the file is called in errors; its ending counts
 * @param raw told of the file's own bytes
 */
export async function* fileContent(
  bytes: AsyncIterable<Uint8Array>,
  name: string,
  raw?: (bytes: Uint8Array) => void,
): AsyncGenerator<Uint8Array> {
  let stored = 0;
  const failed: { error?: unknown } = {};
  const counted = async function* () {
    try {
      for await (const chunk of bytes) {
        stored += chunk.length;
        raw?.(chunk);
        yield chunk;
      }
    } catch (error) {
      failed.error = error;
      throw error;
    }
  };
  const source = counted();
  try {
    const head = await firstBytes(source, 4);
    const all = afterHead(head, source);
    const codec = codecOf(head, name);
    if (codec === "none") return yield* all;
    let made = 0;
    for await (const chunk of CODECS[codec](all, name)) {
      made += chunk.length;
      if (made > FREE_BYTES && made > MOST_RATIO * stored) {
        throw new ServemarkError(`Cannot read ${name}`, {
          cause:
            `it becomes more than ${MOST_RATIO} times as large when it is decompressed`,
          place: `${name}, byte ${stored}`,
          remedy: "If it is meant to, decompress it first",
        });
      }
      yield chunk;
    }
  } catch (error) {
    // What the store says, or whoever stopped the reading, is no damage.
    throw failed.error ?? error;
  } finally {
    await source.return(undefined);
  }
}

const CODECS = { gzip: gunzipped, zstd: unzstded };

async function* gunzipped(
  bytes: AsyncIterable<Uint8Array>,
  name: string,
): AsyncGenerator<Uint8Array> {
  const gunzip = createGunzip({ chunkSize: 1 << 18 });
  // What goes wrong reaches the loop below; nobody else is to be told.
  const out = pipeline(Readable.from(bytes), gunzip, () => {});
  try {
    for await (const chunk of out) yield chunk as Uint8Array;
  } catch (error) {
    throw damaged(error, name, "gzip");
  }
}

async function* unzstded(
  bytes: AsyncIterable<Uint8Array>,
  name: string,
): AsyncGenerator<Uint8Array> {
  const stream = new ZstdStream();
  for await (const chunk of bytes) {
    const made = stream.push(chunk);
    while (true) {
      const next = guarded(() => made.next(), name);
      if (next.done) break;
      yield next.value;
    }
  }
  guarded(() => stream.finish(), name);
}

function guarded<T>(work: () => T, name: string): T {
  try {
    return work();
  } catch (error) {
    throw damaged(error, name, "zstd");
  }
}

function damaged(error: unknown, name: string, codec: string): unknown {
  if (error instanceof ServemarkError) return error;
  return new ServemarkError(`Cannot read ${name}`, {
    cause: `its ${codec} data is cut short or damaged (${messageOf(error)})`,
    remedy: "Make the file again, or fetch it again from its source",
    error,
  });
}

async function firstBytes(
  source: AsyncGenerator<Uint8Array>,
  wanted: number,
): Promise<Uint8Array> {
  let head = new Uint8Array(0);
  while (head.length < wanted) {
    const next = await source.next();
    if (next.done) break;
    const longer = new Uint8Array(head.length + next.value.length);
    longer.set(head);
    longer.set(next.value, head.length);
    head = longer;
  }
  return head;
}

async function* afterHead(
  head: Uint8Array,
  rest: AsyncGenerator<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  if (head.length > 0) yield head;
  yield* rest;
}

function codecOf(head: Uint8Array, name: string): FileCompression {
  const [a, b, c, d] = head;
  if (a === 0x1f && b === 0x8b) return "gzip";
  if (a === 0x28 && b === 0xb5 && c === 0x2f && d === 0xfd) return "zstd";
  // A skippable frame may come first.
  if ((a & 0xf0) === 0x50 && b === 0x2a && c === 0x4d && d === 0x18) {
    return "zstd";
  }
  const said = name.endsWith(".gz")
    ? "gzip"
    : name.endsWith(".zst")
    ? "zstd"
    : undefined;
  if (said === undefined || head.length === 0) return "none";
  throw new ServemarkError(`Cannot read ${name}`, {
    cause: `its name says ${said}, but it does not begin as ${said} does`,
    place: `${name}, byte 0`,
    remedy: "Give it its right ending, or fetch it again from its source",
  });
}

/** Bytes of one zstd frame before it is compressed. */
const FRAME = 1 << 22;

/**
 * Writes a file through a compression into a store.
 *
 * Zstandard comes as frames of {@link FRAME} bytes, one after the other, each
 * with its size and checksum: any reader takes them for one file.
 */
export class FileWriter {
  readonly #out: ObjectWriter;
  readonly #stored: (bytes: Uint8Array) => void;
  readonly #gzip: ReturnType<typeof createGzip> | undefined;
  readonly #made: Uint8Array[] = [];
  readonly #frame: Uint8Array | undefined;
  readonly #level: number | undefined;
  #framed = 0;
  #failure: Error | undefined;
  /** Bytes stored so far. */
  bytes = 0;

  /** @param stored told of the file's own bytes */
  constructor(
    out: ObjectWriter,
    compression: FileCompression,
    level?: number,
    stored: (bytes: Uint8Array) => void = () => {},
  ) {
    this.#out = out;
    this.#stored = stored;
    this.#level = level;
    if (compression === "zstd") this.#frame = new Uint8Array(FRAME);
    if (compression === "gzip") {
      this.#gzip = createGzip({ level, chunkSize: 1 << 18 });
      this.#gzip.on("data", (made: Uint8Array) => this.#made.push(made));
      this.#gzip.on("error", (error) => this.#failure = error);
    }
  }

  /** Adds bytes; the array may be used again once this resolves. */
  async write(bytes: Uint8Array): Promise<void> {
    if (this.#gzip) {
      await new Promise<void>((done, failed) =>
        this.#gzip!.write(bytes, (error) => error ? failed(error) : done())
      );
      return await this.#flush();
    }
    if (!this.#frame) return await this.#store(bytes);
    for (let at = 0; at < bytes.length;) {
      const piece = bytes.subarray(at, at + FRAME - this.#framed);
      this.#frame.set(piece, this.#framed);
      this.#framed += piece.length;
      at += piece.length;
      if (this.#framed === FRAME) await this.#endFrame();
    }
  }

  /** Completes the file. */
  async finish(): Promise<void> {
    if (this.#gzip) {
      this.#gzip.end();
      await once(this.#gzip, "end");
      await this.#flush();
    }
    // A file without any frame would not be zstd.
    if (this.#frame && (this.#framed > 0 || this.bytes === 0)) {
      await this.#endFrame();
    }
    await this.#out.finish();
  }

  async #endFrame(): Promise<void> {
    const made = zstdCompressSync(this.#frame!.subarray(0, this.#framed), {
      params: {
        [constants.ZSTD_c_compressionLevel]: this.#level ?? 3,
        [constants.ZSTD_c_checksumFlag]: 1,
      },
    });
    this.#framed = 0;
    await this.#store(made);
  }

  async #flush(): Promise<void> {
    if (this.#failure) throw this.#failure;
    for (const made of this.#made.splice(0)) await this.#store(made);
  }

  async #store(bytes: Uint8Array): Promise<void> {
    this.#stored(bytes);
    this.bytes += bytes.length;
    await this.#out.write(bytes);
  }
}
