import assert from "node:assert/strict";
import { join } from "node:path";
import { type Catalog, openCatalog } from "../../lib/catalog/catalog.ts";
import type { Manifest } from "../../lib/catalog/manifest.ts";
import type { DatasetSpec } from "../../lib/datasets/spec.ts";
import { openPlatform } from "../../lib/platforms/open.ts";
import { catalogSource } from "../../lib/transfers/catalog_source.ts";
import { exportDataset } from "../../lib/transfers/export_dataset.ts";
import { readCompression } from "../../lib/transfers/export_output.ts";
import { importTables } from "../../lib/transfers/import_tables.ts";
import { materialize } from "../../lib/transfers/materialize.ts";
import { openSource } from "../../lib/transfers/open_source.ts";
import { specSource } from "../../lib/transfers/spec_source.ts";
import { fingerprintSource } from "../../lib/transfers/watched_rows.ts";
import { someFraud } from "../fixtures/some_fraud.ts";

const spec = await someFraud(9_000);

interface Parts {
  readonly folder: string;
  readonly catalog: Catalog;
  readonly manifest: Manifest;
}

async function withDataset(
  body: (parts: Parts) => Promise<void>,
  of: DatasetSpec = spec,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    const catalog = await openCatalog(join(folder, "catalog"));
    const manifest = await materialize(of, catalog, { workers: 0 });
    await body({ folder, catalog, manifest });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Checks that what is at a place is the dataset, by reading every row. */
async function same(where: string, { fingerprints }: Manifest): Promise<void> {
  const source = await openSource(where);
  try {
    const found: Record<string, string> = {};
    for (const table of source.tables) {
      found[table.name] = await fingerprintSource(source, table);
    }
    assert.deepEqual(found, fingerprints);
    if (source.fingerprints) assert.deepEqual(source.fingerprints, found);
  } finally {
    await source.close();
  }
}

for (
  const [output, options] of [
    ["x.dump", { workers: 2, level: 1 }],
    ["y.dump", { workers: 0, compression: "none" }],
    ["csv/", { format: "csv", compression: "gzip" }],
    ["parquet/", { format: "parquet" }],
  ] as const
) {
  Deno.test(`exportDataset() writes ${output} whole, from parts`, () =>
    withDataset(async ({ folder, catalog, manifest }) => {
      const where = join(folder, output);
      const to = output.endsWith("/") ? `${where}/` : where;
      const record = await exportDataset(
        catalogSource(catalog, manifest),
        to,
        options,
      );
      assert.deepEqual(record.fingerprints, manifest.fingerprints);
      assert.equal(record.rows, 9_000);
      assert.equal(record.tables, 30);
      assert.equal(record.takenUp, 0);
      assert.ok(record.equal && record.bytes > 50_000);
      await same(where, manifest);
    }));
}

Deno.test("exportDataset() names an archive in a folder after the dataset", () =>
  withDataset(async ({ folder, catalog, manifest }) => {
    const source = catalogSource(catalog, manifest, { tables: 2 });
    const { output } = await exportDataset(source, `${folder}/out/`, {});
    assert.equal(output, `${folder}/out/fraud_detection_v1.0.dump`);
    const back = await openSource(output);
    assert.deepEqual(
      back.tables.map((t) => t.name),
      spec.tables.slice(0, 2).map((t) => t.name),
    );
    await assert.rejects(
      exportDataset(source, `${folder}/x.csv`, { format: "pg_dump" }),
      /its ending says csv, and --format says pg_dump/,
    );
  }));

Deno.test("exportDataset() writes the same archive from a spec, generated on the fly", () =>
  withDataset(async ({ folder, manifest }) => {
    const record = await exportDataset(
      specSource(spec),
      join(folder, "s.dump"),
      { workers: 2 },
    );
    assert.deepEqual(record.fingerprints, manifest.fingerprints);
    await same(join(folder, "s.dump"), manifest);
  }));

Deno.test("exportDataset() that is stopped leaves nothing to be seen, and is taken up", async () => {
  const large = await someFraud(400_000);
  await withDataset(async ({ folder, catalog, manifest }) => {
    const source = catalogSource(catalog, manifest);
    const output = join(folder, "big.dump");
    const options = { workers: 2, compression: "none" } as const;
    const stop = new AbortController();
    await assert.rejects(
      exportDataset(source, output, {
        ...options,
        signal: stop.signal,
        progress: ({ done }) => {
          if (done > 300_000) stop.abort(new Error("enough"));
        },
      }),
      /enough/,
    );
    await assert.rejects(Deno.stat(output), Deno.errors.NotFound);
    const record = await exportDataset(source, output, options);
    assert.ok(record.takenUp > 0, `${record.takenUp} parts were taken up`);
    assert.deepEqual(record.fingerprints, manifest.fingerprints);
    await same(output, manifest);
  }, large);
});

/** The dataset's next version: some tables drawn anew, one more, one less. */
async function evolve(catalog: Catalog): Promise<Manifest> {
  const { tables, ...rest } = spec;
  const [first, second, third, ...others] = tables;
  const wider = {
    ...second,
    columns: second.columns.map((column) =>
      column.distribution.kind === "categorical"
        ? {
          ...column,
          distribution: {
            ...column.distribution,
            weights: column.distribution.weights.map((_, w) => 1 + w),
          },
        }
        : column
    ),
    rows: second.rows,
  };
  return await materialize(
    {
      ...rest,
      version: "1.1",
      tables: [
        first,
        wider,
        ...others,
        { ...third, name: "card_velocity_new" },
      ],
    },
    catalog,
    { workers: 0 },
  );
}

for (const output of ["new.dump", "increment/"]) {
  Deno.test(`exportDataset() with since writes only what changed, to ${output}`, () =>
    withDataset(async ({ folder, catalog, manifest }) => {
      const next = await evolve(catalog);
      const changed = Object.keys(next.fingerprints).filter((name) =>
        next.fingerprints[name] !== manifest.fingerprints[name]
      );
      const record = await exportDataset(
        catalogSource(catalog, next),
        join(folder, output) + (output.endsWith("/") ? "/" : ""),
        {
          format: output.endsWith("/") ? "csv" : undefined,
          since: catalogSource(catalog, manifest),
        },
      );
      assert.deepEqual(
        Object.keys(record.fingerprints).toSorted(),
        changed.toSorted(),
      );
      assert.equal(record.unchanged!.length, 30 - changed.length);
      assert.ok(record.rows < 2_000);

      // Base and increment together are the new version, wherever they go.
      const elsewhere = await openCatalog(join(folder, "elsewhere"));
      await materialize(spec, elsewhere, { workers: 0 });
      const where = output.endsWith("/")
        ? join(folder, output)
        : join(folder, `${output}.increment.json`);
      const source = await openSource(where, { catalog: elsewhere });
      assert.deepEqual(source.fingerprints, next.fingerprints);
      assert.match(source.notes.join(), /is no more/);
      const platform = await openPlatform("memory");
      try {
        await importTables(
          await openSource("fraud_detection_v1.0", { catalog: elsewhere }),
          platform,
        );
        const imported = await importTables(source, platform, { reuse: true });
        assert.deepEqual(imported.fingerprints, next.fingerprints);
        assert.equal(imported.kept.length, 30 - changed.length);
      } finally {
        await platform.close();
      }
      // Without the base, what the increment lacks is named when it is read.
      const empty = await openCatalog(join(folder, "empty"));
      const alone = await openSource(where, { catalog: empty });
      await assert.rejects(
        fingerprintSource(alone, spec.tables[0]),
        /builds on fraud_detection_v1\.0, which the catalog does not hold/,
      );
    }));
}

Deno.test("readCompression() reads levels and codecs", () => {
  assert.deepEqual(readCompression("0"), { compression: "none" });
  assert.deepEqual(readCompression("9"), { compression: "gzip", level: 9 });
  assert.deepEqual(readCompression("zstd"), { compression: "zstd" });
  assert.deepEqual(readCompression("zstd:19"), {
    compression: "zstd",
    level: 19,
  });
  for (const wrong of ["10", "fast", "gzip:", "-1"]) {
    assert.throws(() => readCompression(wrong), /0 \(none\) to 9/);
  }
});

Deno.test("openSource() lists what can be read when it cannot read something", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await assert.rejects(
      openSource("no_such_dataset_v1.0", { catalog: folder }),
      /Cannot find the dataset[^]*postgres:\/\//,
    );
    await assert.rejects(openSource(`${folder}/x.dump`), /no such file/);
    await assert.rejects(
      openSource(`${folder}/nothing/`),
      /no file or folder there[^]*an archive of pg_dump/,
    );
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
