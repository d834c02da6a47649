import { once } from "node:events";
import { constants, createGzip, zstdCompressSync } from "node:zlib";
import type { ObjectWriter } from "../stores/store.ts";
import type { FileCompression } from "./compressed.ts";

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
