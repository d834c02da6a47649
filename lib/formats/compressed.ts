/**
 * Objects of stores as streams of bytes, compressed by gzip or zstd or not.
 *
 * @module
 */
import { createGunzip } from "node:zlib";
import { pipeline, Readable } from "node:stream";
import { messageOf, ServemarkError } from "../core/errors.ts";
import { unknownName } from "../core/names.ts";
import type { Store } from "../stores/store.ts";
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
