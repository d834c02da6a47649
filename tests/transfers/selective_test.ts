import assert from "node:assert/strict";
import { join } from "node:path";
import { openCatalog } from "../../lib/catalog/catalog.ts";
import { openPlatform } from "../../lib/platforms/open.ts";
import type { StoreRequest } from "../../lib/stores/store.ts";
import { catalogSource } from "../../lib/transfers/catalog_source.ts";
import { exportDataset } from "../../lib/transfers/export_dataset.ts";
import { importTables } from "../../lib/transfers/import_tables.ts";
import { materialize } from "../../lib/transfers/materialize.ts";
import { openSource } from "../../lib/transfers/open_source.ts";
import { storeDataset } from "../../lib/transfers/store_dataset.ts";
import { withEnv } from "../contracts/store.ts";
import { startS3 } from "../emulators/versitygw.ts";
import { someFraud } from "../fixtures/some_fraud.ts";

Deno.test("a selective import from S3 fetches the ranges of its tables alone", async (t) => {
  const server = await startS3();
  if ("missing" in server) {
    await t.step({
      name: `skipped; what it needs: ${server.missing}`,
      ignore: true,
      fn: () => undefined,
    });
    return;
  }
  const folder = await Deno.makeTempDir();
  const platform = await openPlatform("memory");
  try {
    await Deno.mkdir(join(server.folder, "bucket"));
    await withEnv(server.env, async () => {
      const spec = await someFraud(60_000);
      const catalog = await openCatalog(join(folder, "catalog"));
      const manifest = await materialize(spec, catalog, { workers: 0 });
      const query = `?endpoint=${server.endpoint}&region=${server.region}`;
      const { output, bytes } = await exportDataset(
        catalogSource(catalog, manifest),
        `s3://bucket/datasets/${query}`,
        { compression: "none" },
      );
      assert.match(output, /datasets\/fraud_detection_v1\.0\.dump/);
      const requests: StoreRequest[] = [];
      const where = `s3://bucket/datasets/fraud_detection_v1.0.dump${query}`;
      const source = await openSource(where, {
        tables: 5,
        onRequest: (request) => requests.push(request),
      });
      const { fingerprints } = await importTables(source, platform);
      assert.deepEqual(
        Object.keys(fingerprints),
        spec.tables.slice(0, 5).map((table) => table.name),
      );
      const share = spec.tables.slice(0, 5)
        .reduce((sum, table) => sum + table.rows, 0) / 60_000;
      const fetched = requests.reduce((sum, r) => sum + r.received, 0);
      assert.ok(
        fetched < 0.75 * bytes,
        `${fetched} of ${bytes} bytes for ${share} of the rows`,
      );
      assert.ok(requests.some(({ range }) => range !== undefined));

      // Whole, it becomes the same dataset in another catalog.
      const whole = await openSource(where);
      const elsewhere = await openCatalog(join(folder, "elsewhere"));
      const stored = await storeDataset(whole, elsewhere);
      assert.deepEqual(stored.manifest.fingerprints, manifest.fingerprints);
      assert.equal(stored.manifest.digest, manifest.digest);
      const again = await storeDataset(whole, elsewhere);
      assert.equal(again.kept.length, 30);
    });
  } finally {
    await platform.close();
    await server.close();
    await Deno.remove(folder, { recursive: true });
  }
});
