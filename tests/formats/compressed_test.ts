import assert from "node:assert/strict";
import { constants, gzipSync, zstdCompressSync } from "node:zlib";
import { fileContent, readObject } from "../../lib/formats/compressed.ts";
import { FileWriter } from "../../lib/formats/file_writer.ts";
import { ServemarkError } from "../../lib/core/errors.ts";
import { gathered, inStore, pieces } from "./collect.ts";

const CHECKED = { params: { [constants.ZSTD_c_checksumFlag]: 1 } };

/** Neither constant nor random: it becomes about half its size. */
function sample(length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  let state = 7;
  for (let k = 0; k < length; k++) {
    state = state * 48271 % 2147483647;
    bytes[k] = state % 61;
  }
  return bytes;
}

const DATA = sample(300_000);

for (const compression of ["none", "gzip", "zstd"] as const) {
  Deno.test(`FileWriter and fileContent() give bytes back, ${compression}`, () =>
    inStore(async (store) => {
      // Several frames of zstd, and chunks that do not fall on them.
      const large = sample(9_000_000);
      for (const data of [large, new Uint8Array(0)]) {
        const out = await store.create("a");
        const hashed: Uint8Array[] = [];
        const file = new FileWriter(
          out,
          compression,
          undefined,
          (bytes) => void hashed.push(bytes.slice()),
        );
        const reused = new Uint8Array(1_000_003);
        for (let at = 0; at < data.length; at += reused.length) {
          const piece = data.subarray(at, at + reused.length);
          reused.set(piece);
          await file.write(reused.subarray(0, piece.length));
          reused.fill(0);
        }
        await file.finish();
        const stored = (await store.get("a"))!;
        assert.equal(file.bytes, stored.length);
        assert.deepEqual(await gathered(hashed), stored);
        const back = await gathered(fileContent(readObject(store, "a"), "a"));
        assert.equal(back.length, data.length);
        assert.ok(back.every((byte, k) => byte === data[k]));
      }
    }));
}

Deno.test("fileContent() reads zstd in any number of frames, sized or not, cut anywhere", async () => {
  const sized = zstdCompressSync(DATA, CHECKED);
  const skippable = Uint8Array.of(0x51, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3);
  const large = sample(18_000_000);
  const streamed = zstdCompressSync(large);
  const both = await gathered([skippable, sized, skippable, streamed, sized]);
  for (const size of [777, 65_536, 1 << 24]) {
    const back = await gathered(fileContent(pieces(both, size), "x.zst"));
    assert.equal(back.length, 2 * DATA.length + large.length);
    assert.deepEqual(back.subarray(0, 1000), DATA.subarray(0, 1000));
    assert.deepEqual(back.slice(-1000), DATA.slice(-1000));
  }
});

Deno.test("fileContent() reports what is cut short, wherever the cut", async () => {
  const packed = {
    "x.gz": gzipSync(DATA),
    "x.zst": zstdCompressSync(DATA, CHECKED),
    "large.zst": zstdCompressSync(sample(17_000_000)),
  };
  for (const [name, bytes] of Object.entries(packed)) {
    for (const kept of [0.01, 0.5, 0.9, 1]) {
      const cut = bytes.subarray(0, Math.floor(bytes.length * kept) - 3);
      await assert.rejects(
        gathered(fileContent(pieces(cut, 50_000), name)),
        (error) =>
          error instanceof ServemarkError &&
          /cut short or damaged/.test(error.message) &&
          error.message.includes(name),
        `${name}, ${kept}`,
      );
    }
  }
});

Deno.test("fileContent() reports flipped bits, and fails in no other way", async () => {
  for (
    const [name, bytes] of [
      ["x.gz", gzipSync(DATA)],
      ["x.zst", zstdCompressSync(DATA, CHECKED)],
    ] as const
  ) {
    let reported = 0;
    for (let k = 0; k < 60; k++) {
      const at = 10 + Math.floor(k * (bytes.length - 10) / 60);
      const damaged = Uint8Array.from(bytes);
      damaged[at] ^= 1 << (k % 8);
      try {
        // Some bits say nothing: then the content is the same.
        const back = await gathered(fileContent(pieces(damaged), name));
        assert.deepEqual(back, DATA, `${name}, byte ${at}`);
      } catch (error) {
        assert.ok(error instanceof ServemarkError, `${name}: ${error}`);
        reported++;
      }
    }
    assert.ok(reported > 50, `${name}: ${reported} of 60`);
  }
});

Deno.test("fileContent() takes several gzip members for one file, and no rubbish after them", async () => {
  const one = gzipSync(DATA);
  const two = await gathered([one, one]);
  assert.equal((await gathered(fileContent(pieces(two), "x"))).length, 600_000);
  const rubbish = await gathered([one, Uint8Array.of(1, 2, 3)]);
  await assert.rejects(gathered(fileContent(pieces(rubbish), "x")), /damaged/);
});

Deno.test("fileContent() stops at a bomb before it has filled memory or time", async () => {
  // 16 MiB of one byte in 20 bytes, over and over: 2 TB in 2.5 MB.
  const frame = zstdCompressSync(new Uint8Array(1 << 24));
  const bomb = async function* () {
    for (let k = 0; k < 131_072; k++) {
      await Promise.resolve();
      yield frame;
    }
  };
  let made = 0;
  const read = async () => {
    for await (const chunk of fileContent(bomb(), "bomb.zst")) {
      made += chunk.length;
    }
  };
  await assert.rejects(read(), /more than 2000 times as large[^]*bomb\.zst/);
  assert.ok(made < 1.2e9, String(made));
});

Deno.test("fileContent() refuses windows that no reader has", async () => {
  // A header with a window of 2^41 bytes and no size.
  const header = Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, 0, 31 << 3, 0, 0, 0, 0);
  await assert.rejects(
    gathered(fileContent(pieces(header), "x.zst")),
    /wants a window of 2199023255552 bytes/,
  );
});

Deno.test("fileContent() passes on what its source throws", async () => {
  const broken = async function* () {
    yield gzipSync(DATA).subarray(0, 1000);
    await Promise.resolve();
    throw new Error("the network went away");
  };
  await assert.rejects(
    gathered(fileContent(broken(), "x.gz")),
    /^Error: the network went away$/,
  );
});
