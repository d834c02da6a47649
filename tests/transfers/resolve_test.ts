import assert from "node:assert/strict";
import { openCatalog } from "../../lib/catalog/catalog.ts";
import { recordVersion } from "../../lib/catalog/versions.ts";
import { dataset } from "../../lib/transfers/dataset.ts";
import { resolveDataset } from "../../lib/transfers/resolve.ts";

const RETAIL = dataset("retail").rows("2k");

async function withRecorded(
  test: (
    resolve: (request: typeof RETAIL) => ReturnType<typeof resolveDataset>,
  ) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    const catalog = await openCatalog(folder);
    await recordVersion(catalog, await RETAIL.spec({ catalog }));
    await test((request) => resolveDataset(request.toJSON(), catalog));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("resolveDataset() finds a recorded version, and selects its tables", async () => {
  await withRecorded(async (resolve) => {
    const { spec, version } = await resolve(dataset("retail_v1.0").tables(2));
    assert.equal(version?.version, "1.0");
    const whole = version!.spec;
    assert.deepEqual(spec.tables, whole.tables.slice(0, 2));
    assert.equal(
      (await resolve(dataset("retail"))).version?.digest,
      version?.digest,
    );
    assert.equal((await resolve(RETAIL)).version?.digest, version?.digest);
  });
});

Deno.test("resolveDataset() refuses other settings under a recorded version's name", async () => {
  await withRecorded(async (resolve) => {
    await assert.rejects(
      resolve(dataset("retail_v1.0").rows("3k").seed(7)),
      /Cannot change retail_v1\.0[^]*has 2000 rows[^]*has seed/,
    );
  });
});

Deno.test("resolveDataset() takes other settings without a version for a draft, by another name", async () => {
  await withRecorded(async (resolve) => {
    const { spec, version } = await resolve(dataset("retail").rows("3k"));
    assert.equal(version, undefined);
    assert.equal(spec.version, "1.0-draft");
    assert.equal(spec.tables.reduce((n, t) => n + t.rows, 0), 3000);
  });
});

Deno.test("resolveDataset() lists what there is where nothing has the name", async () => {
  await withRecorded(async (resolve) => {
    await assert.rejects(
      resolve(dataset("retale")),
      /Unknown dataset "retale"[^]*Did you mean "retail"/,
    );
  });
});
