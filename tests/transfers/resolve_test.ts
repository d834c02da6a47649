import assert from "node:assert/strict";
import { join } from "node:path";
import { modifyVersion } from "../../lib/catalog/modify.ts";
import { moveBranch } from "../../lib/catalog/refs.ts";
import { recordVersion } from "../../lib/catalog/versions.ts";
import { datasetSpec } from "../../lib/datasets/compile.ts";
import { specDigest } from "../../lib/datasets/digest.ts";
import { loadDomain } from "../../lib/datasets/domain.ts";
import { materialize } from "../../lib/transfers/materialize.ts";
import {
  ensureRecorded,
  recordRequest,
} from "../../lib/transfers/record_request.ts";
import { resolveDataset } from "../../lib/transfers/resolve.ts";
import { withCatalog } from "../fixtures/with_catalog.ts";

const domain = "fraud_detection";
const DOMAIN = await loadDomain(domain);
const SPEC = datasetSpec(DOMAIN, { rows: 3_000, events: ["logins"] });

Deno.test("resolveDataset() of an unrecorded version follows the domain", () =>
  withCatalog(async (catalog) => {
    const { spec, version } = await resolveDataset({
      domain,
      rows: 9_000,
      tables: 2,
    }, catalog);
    assert.equal(version, undefined);
    assert.deepEqual(spec, datasetSpec(DOMAIN, { rows: 9_000, tables: 2 }));
  }));

Deno.test("resolveDataset() finds recorded versions by version, branch and name, and selects within", () =>
  withCatalog(async (catalog) => {
    const record = await recordVersion(catalog, SPEC);
    const next = await modifyVersion(
      catalog,
      `${domain}_v1.0`,
      `${domain}_v1.1`,
      [{ change: "increase_hot_keys" }],
    );
    await moveBranch(catalog, domain, "main", "1.1");
    for (
      const request of [{ domain }, { domain, version: "1.0" }, {
        domain,
        rows: 3_000,
      }, { domain, seed: SPEC.seed }]
    ) {
      const found = await resolveDataset(request, catalog);
      assert.equal(
        found.version?.digest,
        record.digest,
        JSON.stringify(request),
      );
    }
    for (
      const request of [{ domain, version: "1.1" }, {
        domain: `${domain}@main`,
      }]
    ) {
      assert.equal(
        specDigest((await resolveDataset(request, catalog)).spec),
        next.digest,
      );
    }
    const some = await resolveDataset(
      { domain, version: "1.1", tables: 2 },
      catalog,
    );
    assert.equal(some.version?.digest, next.digest);
    assert.deepEqual(
      some.spec.tables.map((t) => t.name),
      SPEC.tables.slice(0, 2).map((t) => t.name),
    );
    const events = await resolveDataset({
      domain,
      version: "1.1",
      tables: 1,
      events: true,
    }, catalog);
    assert.deepEqual(events.spec.tables.map((t) => t.events), [false, true]);
  }));

Deno.test("resolveDataset() tells every setting that a recorded version does not have", () =>
  withCatalog(async (catalog, folder) => {
    await recordVersion(catalog, SPEC);
    await assert.rejects(
      resolveDataset(
        {
          domain,
          version: "1.0",
          rows: 6_000,
          seed: 1,
          distribution: "uniform",
        },
        catalog,
      ),
      /Cannot change fraud_detection_v1.0[^]*3 problems[^]*\.rows\(6000\): the version has 3000 rows[^]*\.seed\(1\)[^]*power_law[^]*another version/,
    );
    await assert.rejects(
      resolveDataset({ domain, version: "1.0", events: ["payments"] }, catalog),
      /Unknown event table "payments"/,
    );
    await assert.rejects(
      resolveDataset({ domain, version: "1.0", tables: 31 }, catalog),
      /the dataset has 30/,
    );
    // Without a version it is a draft, under another name.
    const draft = await resolveDataset({ domain, rows: 6_000 }, catalog);
    assert.equal(draft.version, undefined);
    assert.equal(draft.spec.version, "1.0-draft");
    const text = await Deno.readTextFile(
      new URL("../../datasets/fraud_detection.yaml", import.meta.url),
    );
    const file = join(folder, "fraud.yaml");
    await Deno.writeTextFile(file, text.replace(/^seed: \d+/m, "seed: 5"));
    await assert.rejects(
      resolveDataset({ domain: file, version: "1.0" }, catalog),
      /the YAML file: it defines other tables/,
    );
    await Deno.writeTextFile(file, text);
    assert.ok(
      (await resolveDataset({ domain: file, rows: 3_000 }, catalog)).version,
    );
  }));

Deno.test("resolveDataset() finds data that no domain describes", () =>
  withCatalog(async (catalog) => {
    const spec = {
      ...SPEC,
      name: "customers",
      tables: SPEC.tables.slice(0, 2),
    };
    await assert.rejects(
      resolveDataset({ domain: "customers" }, catalog),
      /Unknown dataset "customers"[^]*fraud_detection, retail/,
    );
    await materialize(spec, catalog, { workers: 0 });
    const found = await resolveDataset(
      { domain: "customers", tables: 1 },
      catalog,
    );
    assert.equal(found.spec.tables.length, 1);
    await assert.rejects(
      resolveDataset({ domain: "customers", version: "7" }, catalog),
      /Known: customers_v1.0/,
    );
  }));

Deno.test("recordRequest() records what was materialised, and asks where that is not one thing", () =>
  withCatalog(async (catalog) => {
    const small = { ...SPEC, tables: SPEC.tables.slice(0, 2) };
    await materialize(small, catalog, { workers: 0 });
    const other = { ...small, seed: 4 };
    await materialize(other, catalog, { workers: 0 });
    await assert.rejects(
      recordRequest(catalog, { domain }),
      /2 were materialised under this name[^]*--digest/,
    );
    const digest = specDigest(other).slice(0, 8);
    const record = await recordRequest(catalog, { domain }, {
      digest,
      message: "the other",
    });
    assert.equal(record.spec.seed, 4);
    assert.equal(
      (await ensureRecorded(catalog, `${domain}_v1.0`)).digest,
      record.digest,
    );
    const fresh = await ensureRecorded(catalog, `${domain}_v3.0`);
    assert.equal(
      fresh.digest,
      specDigest(datasetSpec(DOMAIN, { version: "3.0" })),
    );
  }));
