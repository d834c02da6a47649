import assert from "node:assert/strict";
import { openArchive } from "../../../lib/formats/pg_dump/archive.ts";
import { baseArchives } from "./mutations.ts";
import { sourceRows } from "./server_rows.ts";

/** How small_*.dump were made, and what was made of the first two. */
const MADE = [
  ["1.14", "gzip", "set"],
  ["1.14", "gzip", "unknown"],
  ["1.15", "none", "set"],
  ["1.16", "lz4", "set"],
  ["1.16", "zstd", "set"],
  ["1.12", "gzip", "set"],
  ["1.13", "gzip", "unknown"],
];

Deno.test("openArchive() reads the same rows from every version and codec, offsets set or not", async () => {
  const archives = await baseArchives();
  assert.equal(archives.length, MADE.length);
  let first: Record<string, string[]> | undefined;
  for (const [k, bytes] of archives.entries()) {
    const archive = await openArchive(bytes);
    const [version, compression, state] = MADE[k];
    assert.equal(archive.header.version, version);
    assert.equal(archive.header.compression, compression);
    const data = archive.entries.filter(({ desc }) => desc === "TABLE DATA");
    assert.ok(data.length === 6 && data.every((e) => e.dataState === state));
    const rows: Record<string, string[]> = {};
    for (const { name } of archive.tables) {
      rows[name] = await sourceRows(archive, name);
    }
    first ??= rows;
    assert.deepEqual(rows, first, `${version} ${compression}`);
  }
  assert.deepEqual(
    Object.entries(first!).map(([name, rows]) => [name, rows.length]),
    [
      ['a.b.c "d"', 2],
      ["public.base", 0],
      ["public.derived", 1],
      ["public.parted", 50],
      ["public.things", 60],
    ],
  );
  assert.deepEqual(first!['a.b.c "d"'], ["\\N|\\N", '{1,2}|{"a": 1}']);
  // The server's zone was five and a half hours ahead.
  assert.equal(
    first!["public.things"].find((row) => row.startsWith("7|")),
    "7|name 7\t\\\\|175|1704072600000000|8f14e45fceea167a5a36dedd4bea2543|0|3ff0000000000000",
  );
});

Deno.test("copyText() gives what a server's COPY reads", async () => {
  const text: string[] = [];
  for (const bytes of await baseArchives()) {
    const archive = await openArchive(bytes);
    const entry = archive.entries.find(({ desc, tag }) =>
      desc === "TABLE DATA" && tag === 'c "d"'
    )!;
    assert.match(
      entry.copyStmt!,
      /^COPY "a\.b"\."c ""d""" \(x, y\) FROM stdin;/,
    );
    let all = "";
    for await (const piece of archive.copyText(entry)) {
      all += new TextDecoder().decode(piece);
    }
    text.push(all);
  }
  assert.deepEqual([...new Set(text)], [
    '{1,2}\t{"a": 1}\n\\N\t\\N\n\\.\n\n\n',
  ]);
});
