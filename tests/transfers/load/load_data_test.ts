import assert from "node:assert/strict";
import { openCatalog } from "../../../lib/catalog/catalog.ts";
import { readTable } from "../../../lib/catalog/read_table.ts";
import { valueAt } from "../../../lib/datasets/batch.ts";
import { canonicalRow } from "../../../lib/datasets/canonical.ts";
import { Fingerprinter } from "../../../lib/datasets/fingerprint.ts";
import { openMemory } from "../../../lib/platforms/memory/platform.ts";
import { importDataset } from "../../../lib/transfers/import_dataset.ts";
import { loadData } from "../../../lib/transfers/load/load_data.ts";
import { servable } from "../../../lib/transfers/served_rows.ts";
import { memorySource, type TableRows } from "./memory_source.ts";

const CUSTOMERS: TableRows = {
  columns: {
    customer_id: { kind: "text" },
    score: { kind: "double" },
    balance: { kind: "decimal", precision: 30, scale: 2 },
    photo: { kind: "bytes" },
    born: { kind: "date" },
    visits: { kind: "bigint" },
  },
  rows: Array.from({ length: 200 }, (_, k) => [
    `c|${k}`,
    k % 3 === 0 ? NaN : -k / 7,
    `${k + 1}12345678901234567890`,
    Uint8Array.of(k, 0, 255),
    k % 5 === 0 ? null : -700_000 + k,
    k % 2 === 0 ? k : 2n ** 62n + BigInt(k),
  ]),
};
const OPTIONS = { name: "customers", version: "1.0" };

Deno.test("loadData() keeps every row, by fingerprint, and finds the entity", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const catalog = await openCatalog(folder);
    const source = memorySource({ customers: CUSTOMERS }, 37);
    const sum = new Fingerprinter();
    for await (const batch of source.read("customers")) sum.add(batch);
    const { manifest, surveys } = await loadData(
      () => Promise.resolve(source),
      catalog,
      OPTIONS,
    );
    assert.equal(manifest.fingerprints.customers, sum.digest());
    assert.deepEqual(surveys.customers.key, ["customer_id"]);
    const [table] = manifest.spec.tables;
    assert.equal(table.entity, "customer");
    assert.equal(table.rows, 200);
    assert.equal(manifest.spec.entities[0].keys, 200);
    const again = new Fingerprinter();
    for await (const batch of readTable(catalog, manifest, "customers")) {
      again.add(batch);
    }
    assert.equal(again.digest(), sum.digest());
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("servable() lists the keys, and the rows that belong to them", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const catalog = await openCatalog(folder);
    const profiles: TableRows = {
      columns: { customer_id: { kind: "text" }, city: { kind: "text" } },
      rows: [["c|3", "Bern"], ["c|199", "Lima"]],
    };
    const source = memorySource({ customers: CUSTOMERS, profiles }, 50);
    const { manifest } = await loadData(
      () => Promise.resolve(source),
      catalog,
      OPTIONS,
    );
    const { manifest: served, rows } = await servable(manifest, catalog);
    const form = served.spec.tables[1].keyForm;
    assert(form.as === "listed");
    assert.equal(form.values?.length, 200);
    assert.equal(form.values?.[3], "c|3");
    assert.equal(rows?.profiles[3], "c\\|3|Bern");
    assert.equal(rows?.profiles[4], undefined);
    let row = 0;
    for await (const batch of source.read("customers")) {
      for (let r = 0; r < batch.rows; r++, row++) {
        assert.equal(form.values?.[row], valueAt(batch.columns[0], r));
        assert.equal(rows?.customers[row], canonicalRow(batch, r));
      }
    }
    const platform = await openMemory();
    const record = await importDataset(served, catalog, platform);
    assert.deepEqual(record.fingerprints, manifest.fingerprints);
    await platform.close();
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("loadData() refuses declarations of what is not there", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const catalog = await openCatalog(folder);
    const open = () => Promise.resolve(memorySource({ customers: CUSTOMERS }));
    const declare = (tables: Record<string, { columns: object }>) =>
      loadData(open, catalog, {
        ...OPTIONS,
        overrides: { tables, popularity: {} } as never,
      });
    await assert.rejects(
      declare({ customer: { columns: {} } }),
      /Unknown table "customer"[^]*customers/i,
    );
    await assert.rejects(
      declare({ customers: { columns: { scor: { kind: "text" } } } }),
      /Unknown column "scor"[^]*score/i,
    );
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("loadData() keeps tables and columns that JavaScript has names for", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const catalog = await openCatalog(folder);
    const names = ["constructor", "__proto__", "toString"];
    const table: TableRows = {
      columns: Object.fromEntries(
        ["Order ID", ...names].map((name) => [name, { kind: "text" }]),
      ),
      rows: [["1", "a", "b", "c"], ["2", "d", "e", null]],
    };
    const { manifest } = await loadData(
      () =>
        Promise.resolve(
          memorySource(Object.fromEntries(names.map((name) => [name, table]))),
        ),
      catalog,
      OPTIONS,
    );
    assert.deepEqual(Object.keys(manifest.fingerprints), names);
    assert.deepEqual(Object.keys(manifest.parts), names);
    for (const { entity, columns, rows } of manifest.spec.tables) {
      assert.equal(entity, "order");
      assert.deepEqual(columns.map((c) => c.name), ["Order ID", ...names]);
      assert.equal(rows, 2);
    }
    await catalog.addManifest(manifest);
    const [kept] = await catalog.manifests("customers");
    assert.deepEqual(kept.fingerprints, manifest.fingerprints);
    const { rows } = await servable(kept, catalog);
    assert.deepEqual(Object.keys(rows!), names);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
