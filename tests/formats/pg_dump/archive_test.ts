import assert from "node:assert/strict";
import { openArchive } from "../../../lib/formats/pg_dump/archive.ts";
import { pgDump } from "../../../lib/formats/pg_dump/format.ts";
import { openFormat } from "../../../lib/formats/formats.ts";
import { openFileStore } from "../../../lib/stores/file_store.ts";
import { generatedSource } from "./generated_source.ts";
import { baseArchives } from "./mutations.ts";

Deno.test("openFormat() knows pg_dump's archives", async () => {
  assert.equal(await openFormat("pg_dump"), pgDump);
  assert.equal(pgDump.layout, "object");
});

Deno.test("Archive.read() lets go of what is no longer read, at any codec", async () => {
  for (const bytes of await baseArchives()) {
    const archive = await openArchive(bytes);
    for await (const batch of archive.read("public.things")) {
      assert.ok(batch.rows > 0);
      break;
    }
    // Several at once, one of them twice.
    const rows = await Promise.all(
      ["public.things", "public.parted", "public.things"].map(async (name) => {
        const batches = await Array.fromAsync(archive.read(name));
        return batches.reduce((sum, batch) => sum + batch.rows, 0);
      }),
    );
    assert.deepEqual(rows, [60, 50, 60]);
    await archive.close();
  }
});

Deno.test("Archive.read() stops when it is told to, and names unknown tables", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const place = { store: openFileStore(folder), key: "x.dump" };
    const source = await generatedSource(3_000_000, 1);
    const [{ name, rows }] = source.tables;
    await pgDump.write(source, place, { tables: [name], level: 1 });
    const archive = await openArchive(place);
    assert.ok(rows > 3 * 8192);
    const stopping = new AbortController();
    let seen = 0;
    await assert.rejects(async () => {
      for await (const batch of archive.read(name, stopping)) {
        seen += batch.rows;
        stopping.abort(new Error("enough"));
      }
    }, /enough/);
    assert.ok(seen < rows);
    await assert.rejects(
      Array.fromAsync(archive.read("nothing")),
      /Unknown table "nothing"[^]*Known: /,
    );
    await assert.rejects(
      openArchive(place, { tables: [{ ...source.tables[0], name: "other" }] }),
      /Unknown table "other"/,
    );
    const narrow = await openArchive(place, {
      tables: [{
        ...source.tables[0],
        columns: source.tables[0].columns.slice(0, 2),
      }],
    });
    const [batch] = await Array.fromAsync(narrow.read(name));
    assert.equal(batch.columns.length, 2);
    await assert.rejects(openArchive({ ...place, key: "y.dump" }), /no such/);
    const wrong = await openArchive(place, {
      tables: [{
        ...source.tables[0],
        columns: [{ name: "zzz", type: { kind: "text" }, nullable: true }],
      }],
    });
    await assert.rejects(
      Array.fromAsync(wrong.read(name)),
      /no column "zzz"[^]*the data has/,
    );
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
