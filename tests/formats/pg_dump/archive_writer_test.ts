import assert from "node:assert/strict";
import { inflateSync } from "node:zlib";
import type { Batch } from "../../../lib/datasets/batch.ts";
import { Fingerprinter } from "../../../lib/datasets/fingerprint.ts";
import type { TableSource } from "../../../lib/formats/source.ts";
import {
  adler32,
  combineAdler32,
} from "../../../lib/formats/pg_dump/adler32.ts";
import { openArchive } from "../../../lib/formats/pg_dump/archive.ts";
import {
  archiveHeadLength,
  type ArchiveOptions,
  ArchiveWriter,
} from "../../../lib/formats/pg_dump/archive_writer.ts";
import { encodeSegment } from "../../../lib/formats/pg_dump/segments.ts";
import { openFileStore } from "../../../lib/stores/file_store.ts";
import { generatedSource } from "./generated_source.ts";

Deno.test("combineAdler32() adds up parts of any lengths", () => {
  const bytes = Uint8Array.from(
    { length: 200_000 },
    (_, k) => (k * 7919) % 256,
  );
  for (const cut of [0, 1, 3800, 65_521, 131_043, 199_999, 200_000]) {
    assert.equal(
      combineAdler32(
        adler32(bytes.subarray(0, cut)),
        adler32(bytes.subarray(cut)),
        bytes.length - cut,
      ),
      adler32(bytes),
    );
  }
  assert.equal(adler32(new TextEncoder().encode("Wikipedia")), 0x11e6_0398);
});

async function batchesOf(source: TableSource, table: string): Promise<Batch[]> {
  return await Array.fromAsync(source.read(table));
}

for (const compression of ["gzip", "none"] as const) {
  Deno.test(`encodeSegment() makes segments that follow each other, ${compression}`, async () => {
    const source = await generatedSource(600_000, 1);
    const [table] = source.tables;
    const batches = await batchesOf(source, table.name);
    assert.ok(batches.length > 3);
    const whole = encodeSegment(table, batches, { compression });
    const parts = [
      encodeSegment(table, batches.slice(0, 2), { compression }),
      encodeSegment(table, [], { compression }),
      encodeSegment(table, batches.slice(2), { compression, level: 1 }),
    ];
    assert.equal(
      parts.reduce((rows, part) => rows + part.rows, 0),
      table.rows,
    );
    const text = (segments: readonly { bytes: Uint8Array }[]) =>
      compression === "none"
        ? Buffer.concat(segments.map(({ bytes }) => bytes))
        : inflateSync(
          Buffer.concat([
            Buffer.from([0x78, 0x9c]),
            ...segments.map(({ bytes }) => bytes),
          ]),
          { finishFlush: 2 },
        );
    assert.ok(text(parts).equals(text([whole])));
    assert.equal(text(parts).length, whole.textBytes);
  });
}

Deno.test("ArchiveWriter goes on where a checkpoint was taken, to the same bytes", async () => {
  const source = await generatedSource(600_000, 2);
  const tables = source.tables.slice(0, 2);
  const options: ArchiveOptions = {
    compression: "none",
    identity: source.identity,
    created: new Date(0),
  };
  const folder = await Deno.makeTempDir();
  try {
    const store = openFileStore(folder);
    const head = archiveHeadLength(tables, options);
    const segments = await Promise.all(tables.map(async (table) => {
      const batches = await batchesOf(source, table.name);
      // Several times, for a file that is worth checkpoints.
      return Array(8).fill(batches).flat().map((batch) =>
        encodeSegment(table, [batch], options)
      );
    }));
    const write = async (archive: ArchiveWriter, stopAt = Infinity) => {
      let added = 0;
      for (const [t, { name }] of tables.entries()) {
        if (archive.progress(name).finished) continue;
        await archive.beginTable(name);
        for (const s of segments[t].slice(archive.progress(name).segments)) {
          if (added++ === stopAt) return;
          await archive.addSegment(s);
          await archive.checkpoint({ added });
        }
        await archive.endTable();
      }
      await archive.finish();
    };
    await using first = await store.create("a.dump", { head });
    await write(new ArchiveWriter(first, tables, options));

    const resume = "job";
    const count = segments.flat().length;
    for (const stopAt of [count - 3, 2]) {
      await using writer = await store.create("b.dump", { head, resume });
      const archive = new ArchiveWriter(writer, tables, options);
      const rows = tables.map(({ name }) => archive.progress(name).rows);
      const { added } = (archive.note ?? { added: 0 }) as { added: number };
      assert.equal(stopAt > 2 ? added === 0 : added > 0, true);
      assert.equal(rows.some((n) => n > 0), added > 0);
      await write(archive, stopAt);
    }
    const writer = await store.create("b.dump", { head, resume });
    await write(new ArchiveWriter(writer, tables, options));
    const [a, b] = [await store.get("a.dump"), await store.get("b.dump")];
    assert.ok(Buffer.from(a!).equals(Buffer.from(b!)));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("ArchiveWriter refuses tables out of turn, and codecs that old tools lack", async () => {
  const source = await generatedSource(1_000, 2);
  const folder = await Deno.makeTempDir();
  try {
    const store = openFileStore(folder);
    const head = archiveHeadLength(source.tables);
    await using writer = await store.create("x.dump", { head });
    const archive = new ArchiveWriter(writer, source.tables);
    const [one, two] = source.tables;
    await assert.rejects(
      archive.addSegment(encodeSegment(one, [])),
      /no table/,
    );
    await assert.rejects(archive.beginTable("nowhere"), /none of the archive/);
    await archive.beginTable(one.name);
    await assert.rejects(archive.beginTable(two.name), /not finished/);
    await archive.endTable();
    await assert.rejects(archive.beginTable(one.name), /written already/);
    await assert.rejects(archive.finish(), /is not written/);
    assert.throws(
      () => encodeSegment(one, [], { compression: "zstd" }),
      /PostgreSQL 16/,
    );
    assert.throws(() => encodeSegment(one, [], { level: 10 }), /level 10/);
    assert.equal(await store.exists("x.dump"), false);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("openArchive() fetches the table of contents and what is asked for, no more", async () => {
  const source = await generatedSource(90_000, 30);
  const folder = await Deno.makeTempDir();
  try {
    const store = openFileStore(folder);
    const { pgDump } = await import(
      "../../../lib/formats/pg_dump/format.ts"
    );
    const feature = source.tables.slice(0, 30).map(({ name }) => name);
    const stats = await pgDump.write(source, { store, key: "x.dump" }, {
      tables: feature,
      compression: "none",
    });
    let fetched = 0;
    const counting = new Proxy(store, {
      get(target, name) {
        if (name === "get") {
          return async (...args: Parameters<typeof store.get>) => {
            const bytes = await target.get(...args);
            fetched += bytes?.length ?? 0;
            return bytes;
          };
        }
        const member = Reflect.get(target, name);
        return typeof member === "function" ? member.bind(target) : member;
      },
    });
    const archive = await openArchive({ store: counting, key: "x.dump" });
    const head = archiveHeadLength(
      source.tables.filter(({ name }) => feature.includes(name)),
      { identity: source.identity, compression: "none" },
    );
    assert.ok(fetched < 2 * head + 65_536, `${fetched} of a head of ${head}`);
    const opened = fetched;
    const offsets = archive.entries.filter(({ desc }) => desc === "TABLE DATA")
      .map(({ tag, offset }) => ({ tag, offset }));
    let wanted = 0;
    for (const name of [3, 7, 8, 20, 29].map((t) => feature[t])) {
      const at = offsets.findIndex(({ tag }) => tag === name);
      wanted += (offsets[at + 1]?.offset ?? stats.bytes) - offsets[at].offset;
      const fingerprinter = new Fingerprinter();
      for await (const batch of archive.read(name)) fingerprinter.add(batch);
      assert.equal(fingerprinter.digest(), stats.fingerprints[name]);
    }
    assert.equal(fetched - opened, wanted);
    assert.ok(wanted < stats.bytes / 2);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
