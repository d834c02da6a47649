import assert from "node:assert/strict";
import { join } from "node:path";
import { type Catalog, openCatalog } from "../../lib/catalog/catalog.ts";
import { type Manifest, totalRows } from "../../lib/catalog/manifest.ts";
import type { ProgressEvent } from "../../lib/core/progress.ts";
import { tableGenerator } from "../../lib/datasets/generator.ts";
import { createDriver } from "../../lib/platforms/drivers.ts";
import { openPlatform } from "../../lib/platforms/open.ts";
import type { Platform } from "../../lib/platforms/platform.ts";
import { catalogSource } from "../../lib/transfers/catalog_source.ts";
import { importDataset } from "../../lib/transfers/import_dataset.ts";
import { importTables } from "../../lib/transfers/import_tables.ts";
import { materialize } from "../../lib/transfers/materialize.ts";
import { someFraud } from "../fixtures/some_fraud.ts";

const spec = await someFraud(9_000);

interface Parts {
  manifest: Manifest;
  catalog: Catalog;
  platform: Platform;
  folder: string;
}

async function withParts(body: (parts: Parts) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  const platform = await openPlatform("memory");
  try {
    const catalog = await openCatalog(folder);
    const manifest = await materialize(spec, catalog, { workers: 0 });
    await body({ manifest, catalog, platform, folder });
  } finally {
    await platform.close();
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("importDataset() loads every row, and says what it took", () =>
  withParts(async ({ manifest, catalog, platform }) => {
    const record = await importDataset(manifest, catalog, platform);
    assert.equal(record.platform, "memory");
    assert.equal(record.rows, totalRows(spec));
    assert.ok(record.bytes > 100_000);
    assert.equal(record.retried, 0);
    assert.deepEqual(record.fingerprints, manifest.fingerprints);
    assert.ok(record.loadSeconds > 0);
    assert.ok(record.finishSeconds >= 0);
    assert.ok(record.fingerprintSeconds > 0);

    const [table] = spec.tables;
    const driver = await createDriver(platform.driver());
    const reads = { strategy: platform.strategies[0], reads: [table] };
    await driver.open(1, [reads], { done: () => {} });
    const generator = tableGenerator(spec, table.name);
    for (const row of [0, 17, table.rows - 1]) {
      const found = await driver.read(0, Float64Array.of(row));
      assert.deepEqual(found, [generator.canonicalText(row)]);
    }
    await driver.close();
  }));

Deno.test("importDataset() tells three steps, each up to its total", () =>
  withParts(async ({ manifest, catalog, platform }) => {
    const events: ProgressEvent[] = [];
    const progress = (event: ProgressEvent) => events.push(event);
    await importDataset(manifest, catalog, platform, { progress });
    const steps = ["Load", "Index", "Verify"].map((s) =>
      `${s} ${platform.title}`
    );
    assert.deepEqual([...new Set(events.map((e) => e.step))], steps);
    for (const step of steps) {
      const own = events.filter((e) => e.step === step);
      assert.equal(own.at(-1)?.done, own.at(-1)?.total);
      assert.deepEqual(
        own.map((e) => !!e.finished).indexOf(true),
        own.length - 1,
      );
      const done = own.map((e) => e.done);
      assert.deepEqual(done, [...done].sort((a, b) => a - b));
    }
    const loaded = events.findLast((e) => e.step === steps[0]);
    assert.equal(loaded?.total, totalRows(spec));
    assert.equal(loaded?.unit, "rows");
  }));

Deno.test("importDataset() names the tables that differ, and both fingerprints", () =>
  withParts(async ({ manifest, catalog, platform }) => {
    const [first, second] = Object.keys(manifest.fingerprints);
    const wrong = {
      ...manifest,
      fingerprints: { ...manifest.fingerprints, [second]: "300:1:2:3:4" },
    };
    await assert.rejects(
      importDataset(wrong, catalog, platform),
      (error: Error) => {
        assert.match(error.message, /is not the data that was loaded/);
        assert.ok(error.message.includes(
          `table ${second}: ${
            manifest.fingerprints[second]
          } in ${platform.title}, 300:1:2:3:4 in the dataset`,
        ));
        assert.ok(!error.message.includes(`table ${first}:`));
        return true;
      },
    );
  }));

Deno.test("importDataset() that is aborted leaves no tables, and can be done again", () =>
  withParts(async ({ manifest, catalog, platform }) => {
    const stop = new AbortController();
    const aborted = importDataset(manifest, catalog, platform, {
      signal: stop.signal,
      progress: ({ step, done }) => {
        if (step.startsWith("Load") && done > 0) {
          stop.abort(new Error("enough"));
        }
      },
    });
    await assert.rejects(aborted, /^Error: enough$/);
    assert.deepEqual(await platform.existing(spec.tables), []);
    const { fingerprints } = await importDataset(manifest, catalog, platform);
    assert.deepEqual(fingerprints, manifest.fingerprints);
  }));

Deno.test("importDataset() replaces what an earlier import left", () =>
  withParts(async ({ manifest, catalog, platform }) => {
    const [table] = spec.tables;
    await platform.create([table]);
    const half = tableGenerator(spec, table.name).batch(0, 5);
    await platform.load(
      table,
      (async function* () {
        yield await Promise.resolve(half);
      })(),
    );
    const { rows } = await importDataset(manifest, catalog, platform);
    assert.equal(rows, totalRows(spec));
    assert.equal((await importDataset(manifest, catalog, platform)).rows, rows);
  }));

Deno.test("importDataset() stops at a damaged part, and leaves only whole tables", () =>
  withParts(async ({ manifest, catalog, platform, folder }) => {
    const { table, digest } = Object.values(manifest.parts)[7][0];
    const path = join(folder, "parts", digest.slice(0, 2), `${digest}.parquet`);
    const bytes = await Deno.readFile(path);
    bytes[50] ^= 4;
    await Deno.writeFile(path, bytes);
    await assert.rejects(
      importDataset(manifest, catalog, platform),
      (e: Error) =>
        e.message.includes(`of table ${table}: its part is damaged`),
    );
    const left = await platform.existing(spec.tables);
    assert.ok(!left.includes(table));
    for (const whole of spec.tables.filter((t) => left.includes(t.name))) {
      assert.equal(
        await platform.fingerprint(whole),
        manifest.fingerprints[whole.name],
      );
    }
    // The same command loads what is missing, and nothing else.
    bytes[50] ^= 4;
    await Deno.writeFile(path, bytes);
    const source = catalogSource(catalog, manifest);
    const record = await importTables(source, platform, { reuse: true });
    assert.deepEqual(record.kept.toSorted(), left.toSorted());
    assert.deepEqual(record.fingerprints, manifest.fingerprints);
  }));

Deno.test("importDataset() with reuse keeps identical tables, and loads others", () =>
  withParts(async ({ manifest, catalog, platform }) => {
    const steps = new Set<string>();
    const options = {
      reuse: true,
      progress: ({ step }: ProgressEvent) => steps.add(step.split(" ")[0]),
    };
    const first = await importDataset(manifest, catalog, platform, options);
    assert.ok(first.bytes > 0);
    steps.clear();
    const second = await importDataset(manifest, catalog, platform, options);
    assert.deepEqual([...steps], ["Check"]);
    assert.equal(second.loadSeconds, 0);
    assert.equal(second.rows, totalRows(spec));
    assert.deepEqual(second.fingerprints, manifest.fingerprints);

    steps.clear();
    await platform.drop([spec.tables[3]]);
    const third = await importDataset(manifest, catalog, platform, options);
    assert.deepEqual([...steps], ["Check", "Load", "Index", "Verify"]);
    // Only the table that was missing went over.
    assert.ok(third.bytes > 0 && third.bytes < first.bytes / 10);

    steps.clear();
    await platform.create([spec.tables[3]]);
    await platform.finish([spec.tables[3]]);
    await importDataset(manifest, catalog, platform, options);
    assert.deepEqual([...steps], ["Check", "Load", "Index", "Verify"]);
  }));
