/**
 * Damaged archives by the thousands, the same ones in every run.
 *
 * @module
 */
import assert from "node:assert/strict";
import { messageOf, ServemarkError } from "../../../lib/core/errors.ts";
import { openArchive } from "../../../lib/formats/pg_dump/archive.ts";
import { DataBlocks } from "../../../lib/formats/pg_dump/data_blocks.ts";
import { bytesInput } from "../../../lib/formats/pg_dump/input.ts";
import { largeObjects } from "../../../lib/formats/pg_dump/large_objects.ts";
import { readToc } from "../../../lib/formats/pg_dump/toc_reader.ts";
import { asVersion } from "./archive_versions.ts";

const FIXTURES = new URL("../../fixtures/pg_dump/", import.meta.url);

/** Real archives of several versions and codecs, and rewritten ones of the older versions. */
export async function baseArchives(): Promise<Uint8Array<ArrayBuffer>[]> {
  const names = ["gzip", "piped", "none", "lz4", "zstd"];
  const real = await Promise.all(
    names.map((name) => Deno.readFile(new URL(`small_${name}.dump`, FIXTURES))),
  );
  return [...real, await asVersion(real[0], 12), await asVersion(real[1], 13)];
}

/** Whole numbers from 0, the same ones for the same seed. Source: Marsaglia's xorshift. */
export function randomNumbers(seed: number): (below: number) => number {
  let state = seed * 2_654_435_761 >>> 0 || 1;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state % below;
  };
}

type Random = (below: number) => number;
type Mutation = (
  bytes: Uint8Array<ArrayBuffer>,
  random: Random,
  other: Uint8Array,
) => Uint8Array<ArrayBuffer>;

/** Numbers where lengths, offsets and counts may stand. */
const NUMBERS = [
  0,
  1,
  2,
  255,
  65_535,
  65_536,
  2 ** 31 - 1,
  2 ** 31,
  2 ** 32 - 1,
  10_000_000,
];

const MUTATIONS: readonly Mutation[] = [
  // Bits.
  (bytes, random) => {
    for (let n = 1 + random(8); n > 0; n--) {
      bytes[random(bytes.length)] ^= 1 << random(8);
    }
    return bytes;
  },
  // The end.
  (bytes, random) => bytes.slice(0, random(bytes.length)),
  // Bytes that are too many, or missing.
  (bytes, random) =>
    splice(
      bytes,
      random(bytes.length),
      0,
      Uint8Array.from({ length: 1 + random(40) }, () => random(256)),
    ),
  (bytes, random) =>
    splice(bytes, random(bytes.length), 1 + random(40), new Uint8Array()),
  // Lengths.
  (bytes, random) => {
    for (let n = 1 + random(3); n > 0; n--) {
      const at = random(bytes.length - 8);
      new DataView(bytes.buffer).setUint32(
        at,
        NUMBERS[random(NUMBERS.length)],
        true,
      );
      if (random(3) === 0) bytes[at - 1] = random(2);
    }
    return bytes;
  },
  // Parts in each other's place.
  (bytes, random) => {
    const size = 1 + random(400);
    const [a, b] = [random(bytes.length - size), random(bytes.length - size)];
    const first = bytes.slice(a, a + size);
    bytes.copyWithin(a, b, b + size);
    bytes.set(first, b);
    return bytes;
  },
  // A part of another archive.
  (bytes, random, other) => {
    const from = random(other.length);
    const part = other.slice(from, from + 1 + random(2_000));
    return splice(bytes, random(bytes.length), random(part.length), part);
  },
  // A part once more.
  (bytes, random) => {
    const from = random(bytes.length);
    return splice(bytes, from, 0, bytes.slice(from, from + 1 + random(3_000)));
  },
  // The SQL and the texts.
  (bytes, random) => {
    const signs = `"'();,.$\\\n-/*E`;
    for (let n = 1 + random(30); n > 0; n--) {
      const at = random(bytes.length);
      if (bytes[at] > 31 && bytes[at] < 127) {
        bytes[at] = signs.charCodeAt(random(signs.length));
      }
    }
    return bytes;
  },
];

function splice(
  bytes: Uint8Array,
  at: number,
  removed: number,
  added: Uint8Array,
): Uint8Array<ArrayBuffer> {
  const rest = bytes.subarray(Math.min(at + removed, bytes.length));
  const whole = new Uint8Array(at + added.length + rest.length);
  whole.set(bytes.subarray(0, at));
  whole.set(added, at);
  whole.set(rest, at + added.length);
  return whole;
}

/** What became of some damaged archives. */
export interface FuzzResult {
  readonly refused: number;
  readonly read: number;
  /** ms of the slowest. */
  readonly slowest: number;
}

/** Reads so many damaged archives; every one is refused in our own words, or read. */
export async function fuzz(count: number): Promise<FuzzResult> {
  const bases = await baseArchives();
  let [refused, read, slowest] = [0, 0, 0];
  for (let n = 0; n < count; n++) {
    const random = randomNumbers(n + 1);
    const base = bases[random(bases.length)];
    let bytes = base.slice();
    const mutate = MUTATIONS[random(MUTATIONS.length)];
    bytes = mutate(bytes, random, bases[random(bases.length)]);
    const start = performance.now();
    try {
      await readWhole(bytes);
      read++;
    } catch (error) {
      if (!(error instanceof ServemarkError)) {
        throw new Error(`archive ${n}: ${messageOf(error)}`, { cause: error });
      }
      assert.match(error.message, /Where: .*(byte|table)/, `archive ${n}`);
      refused++;
    }
    const took = performance.now() - start;
    if (took > slowest) slowest = took;
  }
  return { refused, read, slowest };
}

/** Opens an archive, and reads all its tables and large objects. */
export async function readWhole(bytes: Uint8Array): Promise<number> {
  const archive = await openArchive(bytes);
  let rows = 0;
  for (const { name } of archive.tables) {
    for await (const batch of archive.read(name)) rows += batch.rows;
  }
  await readLargeObjects(bytes);
  return rows;
}

async function readLargeObjects(bytes: Uint8Array): Promise<void> {
  const input = bytesInput(bytes, "archive in memory");
  const toc = await readToc(input);
  const blocks = new DataBlocks(input, toc);
  for (const entry of toc.entries) {
    if (entry.desc !== "BLOBS") continue;
    for await (const object of largeObjects(input, toc, blocks, entry)) {
      for await (const piece of object.bytes) assert.ok(piece.length > 0);
    }
  }
}
