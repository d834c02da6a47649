import assert from "node:assert/strict";
import { join } from "node:path";
import { type Catalog, openCatalog } from "../../lib/catalog/catalog.ts";
import { defaultCatalog } from "../../lib/catalog/folder.ts";
import { makeManifest, type Part } from "../../lib/catalog/manifest.ts";
import { readTable } from "../../lib/catalog/read_table.ts";
import { canonicalRow } from "../../lib/datasets/canonical.ts";
import { specDigest } from "../../lib/datasets/digest.ts";
import { Fingerprinter } from "../../lib/datasets/fingerprint.ts";
import { tableGenerator } from "../../lib/datasets/generator.ts";
import { writeParquet } from "../../lib/formats/parquet/write.ts";
import { fixtureSpec } from "../fixtures/dataset_spec.ts";

async function withCatalog(
  body: (catalog: Catalog, folder: string) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await body(await openCatalog(folder), folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const spec = fixtureSpec(1);
const [table] = spec.tables;
const DIGEST = specDigest(spec);

function addRows(catalog: Catalog, from: number, rows: number): Promise<Part> {
  const batch = tableGenerator(spec, table.name).batch(from, rows);
  const sum = new Fingerprinter();
  sum.add(batch);
  const bytes = writeParquet(table, [batch]);
  const range = { table: table.name, from, rows };
  return catalog.addPart(DIGEST, range, sum.digest(), bytes);
}

const partFile = (folder: string, { digest }: Part) =>
  join(folder, "parts", digest.slice(0, 2), `${digest}.parquet`);

Deno.test("Catalog gives back a table from its parts", () =>
  withCatalog(async (catalog) => {
    const half = Math.floor(table.rows / 2);
    const parts = [
      await addRows(catalog, half, table.rows - half),
      await addRows(catalog, 0, half),
    ];
    const manifest = makeManifest(spec, DIGEST, parts);
    await catalog.addManifest(manifest);
    const found = await catalog.manifest(manifest);
    assert.deepEqual(found, JSON.parse(JSON.stringify(manifest)));
    assert.deepEqual(await catalog.manifests(), [found]);
    assert.deepEqual(await catalog.manifests("other"), []);

    const generator = tableGenerator(spec, table.name);
    const sum = new Fingerprinter();
    let rows = 0;
    for await (const batch of readTable(catalog, found!, table.name)) {
      assert.equal(batch.from, rows);
      assert.equal(canonicalRow(batch, 0), generator.canonicalText(rows));
      sum.add(batch);
      rows += batch.rows;
    }
    assert.equal(rows, table.rows);
    assert.equal(sum.digest(), manifest.fingerprints[table.name]);
  }));

Deno.test("Catalog stores equal bytes once", () =>
  withCatalog(async (catalog, folder) => {
    const first = await addRows(catalog, 0, 10);
    const again = await addRows(catalog, 0, 10);
    assert.deepEqual(first, again);
    assert.equal([...Deno.readDirSync(join(folder, "parts"))].length, 1);
  }));

Deno.test("Catalog.findPart() finds a finished range, and no other", () =>
  withCatalog(async (catalog) => {
    const part = await addRows(catalog, 0, 10);
    const range = { table: table.name, from: 0, rows: 10 };
    assert.deepEqual(await catalog.findPart(DIGEST, range), part);
    assert.equal(await catalog.findPart("e".repeat(64), range), undefined);
    assert.equal(
      await catalog.findPart(DIGEST, { ...range, rows: 11 }),
      undefined,
    );
  }));

Deno.test("Catalog notices damaged, cut and missing parts", () =>
  withCatalog(async (catalog, folder) => {
    const part = await addRows(catalog, 0, 10);
    const file = partFile(folder, part);
    const bytes = await Deno.readFile(file);

    const damaged = bytes.slice();
    damaged[40] ^= 1;
    await Deno.writeFile(file, damaged);
    await assert.rejects(catalog.readPart(part), (e: Error) => {
      assert.match(
        e.message,
        /Cannot read rows 0 to 9 of table .*: its part is damaged/,
      );
      assert.ok(e.message.includes(file));
      assert.match(e.message, /What to do: .*verify/);
      return true;
    });
    assert.ok(await catalog.findPart(DIGEST, part), "of the right size");
    assert.equal(await catalog.findPart(DIGEST, part, true), undefined);

    await Deno.writeFile(file, bytes.slice(0, 100));
    await assert.rejects(catalog.readPart(part), /its part is damaged/);
    assert.equal(await catalog.findPart(DIGEST, part), undefined);

    await Deno.remove(file);
    await assert.rejects(catalog.readPart(part), /its part is missing/);
    assert.equal(await catalog.findPart(DIGEST, part), undefined);
  }));

Deno.test("Catalog names an entry that is not JSON", () =>
  withCatalog(async (catalog, folder) => {
    const manifest = makeManifest(spec, DIGEST, [
      await addRows(catalog, 0, table.rows),
    ]);
    await catalog.addManifest(manifest);
    const { name, version } = manifest;
    const file = join(folder, "manifests", name, version, `${DIGEST}.json`);
    await Deno.writeTextFile(file, "{");
    await assert.rejects(
      catalog.manifest(manifest),
      (e: Error) =>
        e.message.includes(file) && /Delete this file/.test(e.message),
    );
  }));

Deno.test("makeManifest() refuses parts that leave rows out, or overlap", () =>
  withCatalog(async (catalog) => {
    const head = await addRows(catalog, 0, 10);
    const rest = await addRows(catalog, 10, table.rows - 10);
    const overlap = await addRows(catalog, 5, 10);
    assert.throws(
      () => makeManifest(spec, DIGEST, [head]),
      /its parts reach row 10/,
    );
    assert.throws(() => makeManifest(spec, DIGEST, [rest]), /reach row 0/);
    assert.throws(
      () => makeManifest(spec, DIGEST, [head, overlap, rest]),
      /reach row 10/,
    );
    assert.ok(makeManifest(spec, DIGEST, [rest, head]));
  }));

Deno.test("defaultCatalog() follows SERVEMARK_CATALOG, then the user's cache", () => {
  const names = ["SERVEMARK_CATALOG", "XDG_CACHE_HOME", "HOME"];
  const before = names.map((name) => Deno.env.get(name));
  try {
    Deno.env.set("SERVEMARK_CATALOG", "/data/x");
    assert.equal(defaultCatalog(), "/data/x");
    Deno.env.set("SERVEMARK_CATALOG", "file:///data/y");
    assert.equal(defaultCatalog(), "file:///data/y");
    Deno.env.delete("SERVEMARK_CATALOG");
    Deno.env.set("XDG_CACHE_HOME", "/cache");
    assert.equal(defaultCatalog(), "/cache/servemark/catalog");
    Deno.env.set("XDG_CACHE_HOME", "relative");
    Deno.env.set("HOME", "/home/me");
    assert.match(
      defaultCatalog(),
      /^\/home\/me\/(\.cache|Library\/Caches)\/servemark\/catalog$/,
    );
    Deno.env.delete("HOME");
    assert.throws(() => defaultCatalog(), /Set SERVEMARK_CATALOG/);
  } finally {
    names.forEach((name, k) => {
      const value = before[k];
      if (value === undefined) Deno.env.delete(name);
      else Deno.env.set(name, value);
    });
  }
});
