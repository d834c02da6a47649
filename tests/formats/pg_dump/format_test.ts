import assert from "node:assert/strict";
import { Fingerprinter } from "../../../lib/datasets/fingerprint.ts";
import { canonicalRow } from "../../../lib/datasets/canonical.ts";
import { pgDump } from "../../../lib/formats/pg_dump/format.ts";
import { openFileStore } from "../../../lib/stores/file_store.ts";
import { allKinds } from "./all_kinds.ts";

const IDENTITY = { name: "kinds's", version: "1.10", digest: "ab12" };

for (
  const [compression, level] of [
    ["none", 0],
    ["gzip", 0],
    ["gzip", 1],
    ["gzip", 9],
  ] as const
) {
  Deno.test(`pgDump.write() is read back exactly, ${compression} ${level}`, async () => {
    const folder = await Deno.makeTempDir();
    try {
      const place = { store: openFileStore(folder), key: "kinds.dump" };
      const source = allKinds(IDENTITY);
      const stats = await pgDump.write(source, place, { compression, level });
      assert.equal(stats.rows, 20_006);
      assert.equal(stats.bytes, (await place.store.stat(place.key))?.bytes);

      const archive = await pgDump.open(place);
      assert.deepEqual(archive.identity, IDENTITY);
      assert.deepEqual(archive.fingerprints, stats.fingerprints);
      assert.deepEqual(archive.notes, []);
      assert.deepEqual(archive.tables, source.tables);
      for (const { name } of source.tables) {
        const expected: string[] = [];
        for await (const batch of source.read(name)) {
          for (let r = 0; r < batch.rows; r++) {
            expected.push(canonicalRow(batch, r));
          }
        }
        const found: string[] = [];
        const fingerprinter = new Fingerprinter();
        for await (const batch of archive.read(name)) {
          assert.equal(batch.from, found.length);
          for (let r = 0; r < batch.rows; r++) {
            found.push(canonicalRow(batch, r));
          }
          fingerprinter.add(batch);
        }
        assert.deepEqual(found, expected);
        assert.equal(fingerprinter.digest(), stats.fingerprints[name]);
      }
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  });
}
