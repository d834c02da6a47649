import assert from "node:assert/strict";
import { constants, deflateSync, zstdCompressSync } from "node:zlib";
import { ServemarkError } from "../../../lib/core/errors.ts";
import { openArchive } from "../../../lib/formats/pg_dump/archive.ts";
import type { ArchiveEntry } from "../../../lib/formats/pg_dump/archive_parts.ts";
import { BLOCK_DATA } from "../../../lib/formats/pg_dump/archive_parts.ts";
import {
  encodeHead,
  encodeInt,
} from "../../../lib/formats/pg_dump/toc_writer.ts";
import { asVersion } from "./archive_versions.ts";
import { baseArchives, fuzz, readWhole } from "./mutations.ts";

const ENTRY: ArchiveEntry = {
  dumpId: 1,
  hadDumper: false,
  tableOid: "0",
  oid: "0",
  tag: "t",
  desc: "TABLE",
  section: "pre-data",
  defn: "",
  dropStmt: "",
  copyStmt: "",
  namespace: "public",
  tablespace: "",
  tableAm: "heap",
  relkind: 0,
  owner: "",
  dependencies: [],
  dataState: "none",
  offset: 0,
};

interface Made {
  readonly entries?: readonly Partial<ArchiveEntry>[];
  /** The text of the data; `undefined` for none. */
  readonly data?: Uint8Array;
  readonly level?: number;
}

/** An archive of one table `t`, of integers `a`, and of what else is asked for. */
function archive({ entries, data, level = 0 }: Made): Uint8Array<ArrayBuffer> {
  const table = { defn: "CREATE TABLE public.t (a integer);" };
  const all = (entries ?? [table]).map((entry, k) => ({
    ...ENTRY,
    dumpId: k + 1,
    ...entry,
  }));
  const copy = (offset: number): ArchiveEntry => ({
    ...ENTRY,
    dumpId: all.length + 1,
    desc: "TABLE DATA",
    section: "data",
    copyStmt: "COPY public.t (a) FROM stdin;\n",
    dependencies: [1],
    dataState: "set",
    offset,
  });
  const options = { level, created: new Date(0), database: "d" };
  const length = encodeHead([...all, copy(0)], options).length;
  const head = encodeHead([...all, copy(length)], options);
  if (!data) return new Uint8Array(head);
  return new Uint8Array(
    Buffer.concat([
      head,
      Uint8Array.of(BLOCK_DATA),
      encodeInt(all.length + 1),
      encodeInt(data.length),
      data,
      encodeInt(0),
    ]),
  );
}

const text = (lines: string) => new TextEncoder().encode(lines);

/** Reads it all, which is to fail with an error of ours that matches. */
async function refuses(
  bytes: Uint8Array,
  ...words: readonly RegExp[]
): Promise<void> {
  await assert.rejects(readWhole(bytes), (error) => {
    assert.ok(error instanceof ServemarkError, String(error));
    for (const word of words) assert.match(error.message, word);
    return true;
  });
}

Deno.test("openArchive() reads the archive that the hostile ones are made of", async () => {
  assert.equal(
    await readWhole(archive({ data: text("1\n\\N\n\\.\n\n\n") })),
    2,
  );
});

Deno.test("openArchive() refuses what is no archive, or cut off, naming the byte", async () => {
  await refuses(new Uint8Array(), /empty/, /byte offset 0/);
  await refuses(text("CREATE TABLE x ();"), /PGDMP/, /byte offset 0/);
  const [whole] = await baseArchives();
  for (const length of [4, 30, 900, 4_000, whole.length - 40]) {
    await refuses(
      whole.subarray(0, length),
      /ends|begin|entries/,
      /byte offset \d+/,
    );
  }
  const later = whole.slice();
  later[6] = 17;
  await refuses(later, /1\.12 to 1\.16/, /byte offset 5/);
  const folder = whole.slice();
  folder[10] = 3;
  await refuses(folder, /not the custom format/);
});

Deno.test("openArchive() refuses a count of entries that its bytes cannot hold", async () => {
  const bytes = archive({ data: text("\\.\n") });
  const count =
    encodeHead([], { level: 0, created: new Date(0), database: "d" })
      .length - 4;
  for (const number of [1_000_000, 1_000_001, 2 ** 31 - 1]) {
    const hostile = bytes.slice();
    new DataView(hostile.buffer).setUint32(count, number, true);
    await refuses(hostile, /entries/, /byte offset/);
  }
});

Deno.test("openArchive() refuses lengths that are negative or huge", async () => {
  const bytes = archive({ data: text("1\n\\.\n") });
  const name = Buffer.from(bytes).indexOf("TABLE", 80);
  for (const [sign, number] of [[1, 5], [0, 2 ** 31 - 1], [0, 2 ** 32 - 1]]) {
    const hostile = bytes.slice();
    hostile[name - 5] = sign;
    new DataView(hostile.buffer).setUint32(name - 4, number, true);
    await refuses(hostile, /byte offset \d+/);
  }
  const chunk = bytes.length - 5 - 5 - 5;
  for (const [sign, number] of [[1, 5], [0, 6], [0, 2 ** 31 - 1]]) {
    const hostile = bytes.slice();
    hostile[chunk] = sign;
    new DataView(hostile.buffer).setUint32(chunk + 1, number, true);
    await refuses(hostile, /table/, /byte/);
  }
});

Deno.test("openArchive() refuses data that is elsewhere, or another table's", async () => {
  const bytes = archive({ data: text("1\n\\.\n") });
  for (const offset of [0, 3, 1e15]) {
    await refuses(
      await asVersion(
        bytes,
        14,
        (entries) =>
          entries.map((entry) =>
            entry.desc === "TABLE DATA" ? { ...entry, offset } : entry
          ),
      ),
      /table public\.t|table t/,
      /byte offset/,
    );
  }
  await refuses(
    await asVersion(
      bytes,
      14,
      (entries) =>
        entries.map((entry) =>
          entry.desc === "TABLE DATA" ? { ...entry, dumpId: 77 } : entry
        ),
    ),
    /no data block 77/,
  );
});

Deno.test("openArchive() refuses rows that do not fit their table, naming row and byte", async () => {
  await refuses(
    archive({ data: text("1\nx\n\\.\n") }),
    /row 1, column "a", byte 2/,
  );
  await refuses(archive({ data: text("1\t2\n\\.\n") }), /more than 1 field/);
  await refuses(archive({ data: text("1\n2147483648\n\\.\n") }), /2147483648/);
  await refuses(archive({ data: text("1\n") }), /ends before/);
  await refuses(archive({ data: text("1\n2") }), /ends within a row/);
  await refuses(archive({ data: text("1\n\\.\n2\n") }), /after the line/);
  await refuses(archive({ data: Uint8Array.of(0xff, 10) }), /encoding/);
});

Deno.test("openArchive() ends with tables that are parts of themselves", async () => {
  const data = text("1\n\\.\n");
  await refuses(
    archive({
      data,
      entries: [
        { defn: "CREATE TABLE public.t (a integer) PARTITION BY LIST (a);" },
        {
          tag: "u",
          defn: "CREATE TABLE public.u (a integer) PARTITION BY LIST (a);",
        },
        {
          desc: "TABLE ATTACH",
          defn: "ALTER TABLE ONLY public.t ATTACH PARTITION public.u DEFAULT;",
        },
        {
          desc: "TABLE ATTACH",
          defn: "ALTER TABLE ONLY public.u ATTACH PARTITION public.t DEFAULT;",
        },
      ],
    }),
    /of itself/,
    /table/,
  );
  await refuses(
    archive({
      data,
      entries: [
        { defn: "CREATE TABLE public.t (a integer) INHERITS (public.u);" },
        {
          tag: "u",
          defn: "CREATE TABLE public.u (b integer) INHERITS (public.t);",
        },
      ],
    }),
    /levels/,
  );
  // Dependencies that go round are nobody's to follow.
  assert.equal(
    await readWhole(archive({
      data,
      entries: [
        {
          defn: "CREATE TABLE public.t (a integer);",
          dependencies: [2, 1, 99],
        },
        { tag: "v", desc: "VIEW", dependencies: [1, 2, 3] },
      ],
    })),
    1,
  );
});

Deno.test("openArchive() is quick with inheritance that doubles at every level", async () => {
  const entries = Array.from({ length: 60 }, (_, k) => ({
    tag: k === 0 ? "t" : `t${k}`,
    defn: `CREATE TABLE public.t${k || ""} (c${k} integer) INHERITS (public.t${
      k + 1
    }, public.t${k + 1});`,
  }));
  const opened = await openArchive(archive({
    entries,
    data: text("1\n\\.\n"),
  }));
  assert.equal(opened.tables.length, 1);
});

Deno.test("openArchive() refuses a million columns, declared or in the data", async () => {
  const names = Array.from({ length: 300_000 }, (_, k) => `c${k}`);
  const declared = names.map((name) => `${name} integer`).join(",");
  await refuses(
    archive({
      data: text("1\n\\.\n"),
      entries: [{ defn: `CREATE TABLE public.t (${declared});` }],
    }),
    /1600/,
  );
  const bytes = archive({ data: text("1\n\\.\n") });
  await refuses(
    await asVersion(
      bytes,
      14,
      (entries) =>
        entries.map((entry) =>
          entry.desc === "TABLE DATA"
            ? {
              ...entry,
              copyStmt: `COPY public.t (${names.join(",")}) FROM stdin;`,
            }
            : entry
        ),
    ),
    /1600/,
  );
});

Deno.test("openArchive() keeps names as they are, whatever paths they look like", async () => {
  const opened = await openArchive(archive({
    data: text("1\n\\.\n"),
    entries: [{
      tag: "../../etc/passwd",
      defn: 'CREATE TABLE public."../../etc/passwd" (a integer);',
    }],
  }));
  assert.deepEqual(opened.tables.map(({ name }) => name), [
    "../../etc/passwd",
  ]);
});

Deno.test("openArchive() refuses an encoding that it cannot read, when rows are asked for", async () => {
  const bytes = await asVersion(
    archive({ data: text("1\n\\.\n") }),
    14,
    (entries) => [
      {
        ...ENTRY,
        dumpId: 50,
        tag: "ENCODING",
        desc: "ENCODING",
        defn: "SET client_encoding = 'MULE_INTERNAL';",
      },
      ...entries,
    ],
  );
  await refuses(bytes, /MULE_INTERNAL/, /--encoding=UTF8/);
});

Deno.test("openArchive() opens tens of thousands of tables", async () => {
  const entries = Array.from({ length: 30_000 }, (_, k) => ({
    tag: k === 0 ? "t" : `t${k}`,
    defn: `CREATE TABLE public.t${k || ""} (a integer);`,
  }));
  const opened = await openArchive(archive({ entries, data: text("\\.\n") }));
  assert.equal(opened.entries.length, 30_001);
  assert.match(opened.notes.join(), /t1, .* and 29989 more/);
});

Deno.test("openArchive() reads a bomb in bounded memory, and refuses its endless row", async () => {
  const row = "1".repeat(1000);
  const bomb = deflateSync(Buffer.alloc(300 * 2 ** 20, row));
  const before = Deno.memoryUsage().rss;
  await refuses(archive({ data: bomb, level: 6 }), /a row has over \d+ bytes/);
  const grown = Deno.memoryUsage().rss - before;
  assert.ok(grown < 900e6, `memory grew by ${grown} bytes`);
});

Deno.test("openArchive() refuses gzip and zstd data that is damaged or cut off", async () => {
  const rows = text("1\n".repeat(100_000) + "\\.\n\n\n");
  const gzip = deflateSync(rows);
  assert.equal(await readWhole(archive({ data: gzip, level: 6 })), 100_000);
  await refuses(
    archive({ data: gzip.subarray(0, gzip.length / 2), level: 6 }),
    /gzip data is damaged/,
    /table/,
    /byte offset/,
  );
  const wrong = new Uint8Array(gzip);
  wrong[wrong.length - 1] ^= 1;
  await refuses(archive({ data: wrong, level: 6 }), /gzip data is damaged/);
  const asZstd = async (data: Uint8Array) => {
    const bytes = await asVersion(archive({ data }), 15);
    bytes[11] = 3;
    return bytes;
  };
  const zstd = zstdCompressSync(rows, {
    params: { [constants.ZSTD_c_checksumFlag]: 1 },
  });
  assert.equal(await readWhole(await asZstd(zstd)), 100_000);
  await refuses(await asZstd(zstd.subarray(0, 30)), /zstd|ends/, /table/);
  const flipped = new Uint8Array(zstd);
  flipped[flipped.length - 1] ^= 1;
  await refuses(await asZstd(flipped), /zstd data is damaged/);
});

Deno.test("openArchive() ends 500 damaged archives with its own errors, or reads them", async () => {
  const { refused, read } = await fuzz(500);
  assert.equal(refused + read, 500);
  assert.ok(refused > 100 && read > 0, `${refused} refused, ${read} read`);
});
