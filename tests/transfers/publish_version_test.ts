import assert from "node:assert/strict";
import { join } from "node:path";
import { Catalog, openCatalog } from "../../lib/catalog/catalog.ts";
import { collectGarbage } from "../../lib/catalog/collect_garbage.ts";
import { listCatalog } from "../../lib/catalog/list_catalog.ts";
import { modifyVersion } from "../../lib/catalog/modify.ts";
import { catalogPlace } from "../../lib/catalog/named.ts";
import {
  addTag,
  findRef,
  moveBranch,
  refHistory,
} from "../../lib/catalog/refs.ts";
import { validateManifest } from "../../lib/catalog/validate.ts";
import {
  findRecord,
  listRecords,
  recordVersion,
} from "../../lib/catalog/versions.ts";
import type { DatasetSpec } from "../../lib/datasets/spec.ts";
import { openPlatform } from "../../lib/platforms/open.ts";
import { openStore } from "../../lib/stores/open.ts";
import type { Store } from "../../lib/stores/store.ts";
import { importDataset } from "../../lib/transfers/import_dataset.ts";
import { materialize } from "../../lib/transfers/materialize.ts";
import { publishVersion } from "../../lib/transfers/publish_version.ts";
import { replicate } from "../../lib/transfers/replicate.ts";
import {
  findManifest,
  validatePlatform,
  validateVersion,
} from "../../lib/transfers/validate_version.ts";
import { startS3 } from "../emulators/versitygw.ts";
import { someFraud } from "../fixtures/some_fraud.ts";
import { withCatalog } from "../fixtures/with_catalog.ts";

const SPEC = await someFraud(3_000);
const NAME = "fraud_detection";
const TABLE = "card_velocity_1h";

/** A store that counts what is written to it. */
class CountingStore {
  readonly puts: string[] = [];
  readonly store: Store;

  constructor(inner: Store) {
    this.store = new Proxy(inner, {
      get: (target, name) => {
        const value = Reflect.get(target, name);
        if (typeof value !== "function") return value;
        return (...args: unknown[]) => {
          if (name === "put" || name === "putIfAbsent") {
            this.puts.push(String(args[0]));
          }
          return value.apply(target, args);
        };
      },
    });
  }

  parts(): number {
    return this.puts.filter((key) => key.startsWith("parts/")).length;
  }
}

/** A catalog with v1.0, materialised. */
async function recorded(catalog: Catalog, spec: DatasetSpec = SPEC) {
  const record = await recordVersion(catalog, spec);
  const manifest = await materialize(spec, catalog, { workers: 0 });
  return { record, manifest };
}

Deno.test("publishVersion() of a version that shares 29 of 30 tables uploads one table", () =>
  withCatalog(async (catalog, folder) => {
    await recorded(catalog);
    const counting = new CountingStore(await openStore(join(folder, "public")));
    const to = new Catalog(counting.store);
    const first = await publishVersion(catalog, `${NAME}_v1.0`, to, {
      notes: { owner: "risk" },
    });
    assert.equal(counting.parts(), 30);
    assert.equal(first.partsCopied, 30);
    const { metadata } = (await findRecord(to, NAME, "1.0"))!;
    assert.equal(metadata?.rows, 3_000);
    assert.equal(metadata?.tables, 30);
    assert.deepEqual(metadata?.notes, { owner: "risk" });
    assert.ok(metadata!.platforms.includes("dynamodb"));
    assert.equal(
      metadata!.restore.seconds,
      Math.ceil(3_000 / metadata!.restore.rowsPerSecond),
    );
    assert.ok(metadata!.uncompressedBytes > 100_000);

    const next = await modifyVersion(catalog, `${NAME}_v1.0`, `${NAME}_v1.1`, [{
      change: "reseed_table",
      table: TABLE,
    }]);
    await assert.rejects(
      publishVersion(catalog, `${NAME}_v1.1`, to),
      /it is not materialised[^]*dataset create fraud_detection_v1.1/,
    );
    await materialize(next.spec, catalog, { workers: 0 });
    counting.puts.length = 0;
    const second = await publishVersion(catalog, `${NAME}_v1.1`, to, {
      tag: "latest",
    });
    assert.equal(counting.parts(), 1);
    assert.deepEqual(second.tablesCopied, [TABLE]);
    assert.equal(second.partsThere, 29);
    assert.equal(second.parent, "1.0");
    assert.equal((await findRef(to, NAME, "tags", "latest"))?.version, "1.1");

    counting.puts.length = 0;
    const again = await publishVersion(catalog, `${NAME}_v1.1`, to);
    assert.equal(counting.parts(), 0);
    assert.equal(again.record.created, second.record.created);
    for (const version of ["1.0", "1.1"]) {
      assert.ok((await validateVersion(to, `${NAME}@${version}`)).isValid);
    }
    // Whoever makes the version there generates nothing.
    counting.puts.length = 0;
    await materialize(next.spec, to, { workers: 0 });
    assert.deepEqual(counting.puts, []);
  }));

Deno.test("publishVersion() refuses another dataset under a published name, before it uploads", () =>
  withCatalog(async (catalog, folder) => {
    await recorded(catalog);
    const other = await openCatalog(join(folder, "other"));
    await recorded(other, { ...SPEC, seed: 7 });
    const counting = new CountingStore(await openStore(join(folder, "public")));
    const to = new Catalog(counting.store);
    await publishVersion(catalog, `${NAME}_v1.0`, to);
    counting.puts.length = 0;
    await assert.rejects(
      publishVersion(other, `${NAME}_v1.0`, to),
      /Cannot keep another dataset as fraud_detection_v1.0/,
    );
    assert.deepEqual(counting.puts, []);
  }));

/** 20 who publish 20 datasets under one name. */
async function race(folder: string, uri: string): Promise<void> {
  const specs = Array.from(
    { length: 20 },
    (_, k) => ({ ...SPEC, seed: k, tables: SPEC.tables.slice(0, 2) }),
  );
  const sources = await Promise.all(specs.map(async (spec, k) => {
    const source = await openCatalog(join(folder, `from-${k}`));
    return { source, ...await recorded(source, spec) };
  }));
  const results = await Promise.allSettled(
    sources.map(async ({ source }) =>
      publishVersion(source, `${NAME}_v1.0`, await openCatalog(uri))
    ),
  );
  const won = results.flatMap((r, k) =>
    r.status === "fulfilled" ? [sources[k]] : []
  );
  assert.equal(
    won.length,
    1,
    results.map((r) => r.status === "rejected" ? String(r.reason) : "won").join(
      "\n",
    ),
  );
  for (const r of results) {
    if (r.status === "rejected") {
      assert.match(
        String(r.reason),
        /Cannot keep another dataset as fraud_detection_v1.0[^]*another version/,
      );
    }
  }
  const to = await openCatalog(uri);
  const records = await listRecords(to);
  assert.deepEqual(records.map((r) => r.digest), [won[0].record.digest]);
  // Nothing is lost: the winner's dataset is whole, and the losers' are where they were.
  assert.deepEqual((await to.manifests()).map((m) => m.digest), [
    won[0].record.digest,
  ]);
  assert.ok((await validateVersion(to, `${NAME}_v1.0`)).isValid);
  for (const { source, manifest } of sources) {
    assert.ok(await source.manifest(manifest));
  }
}

Deno.test("publishVersion() by 20 at once: one wins, 19 get a clear error, nothing is lost", () =>
  withCatalog((_, folder) => race(folder, join(folder, "public"))));

const s3 = await startS3();
if ("missing" in s3) console.log(`S3 is not tested: ${s3.missing}`);

Deno.test({
  name:
    "publishVersion() by 20 at once to S3: one wins, 19 get a clear error, nothing is lost",
  ignore: "missing" in s3,
  sanitizeOps: false,
  sanitizeResources: false,
  async fn() {
    if ("missing" in s3) return;
    const before = Object.keys(s3.env).map((name) =>
      [name, Deno.env.get(name)] as const
    );
    try {
      for (const [name, value] of Object.entries(s3.env)) {
        Deno.env.set(name, value);
      }
      await Deno.mkdir(join(s3.folder, "race"));
      const uri = `s3://race/catalog?endpoint=${
        encodeURIComponent(s3.endpoint)
      }&region=${s3.region}`;
      await withCatalog((_, folder) => race(folder, uri));
    } finally {
      for (const [name, value] of before) {
        if (value === undefined) Deno.env.delete(name);
        else Deno.env.set(name, value);
      }
      await s3.close();
    }
  },
});

Deno.test("replicate() copies what is missing, with branches and tags, and mends what is damaged", () =>
  withCatalog(async (catalog, folder) => {
    const { manifest } = await recorded(catalog);
    await moveBranch(catalog, NAME, "main", "1.0");
    await addTag(catalog, NAME, "stable", "1.0");
    const to = await openCatalog(join(folder, "eu"));
    const first = await replicate(catalog, to);
    assert.deepEqual([first.partsCopied, first.versions], [30, [
      `${NAME}_v1.0`,
    ]]);
    assert.deepEqual(first.refs, [`${NAME}@main`, `${NAME}@stable`]);
    const next = await modifyVersion(catalog, `${NAME}_v1.0`, `${NAME}_v1.1`, [{
      change: "reseed_table",
      table: TABLE,
    }]);
    await materialize(next.spec, catalog, { workers: 0 });
    await moveBranch(catalog, NAME, "main", "1.1");
    const second = await replicate(catalog, to);
    assert.deepEqual([second.partsCopied, second.refs, second.conflicts], [1, [
      `${NAME}@main`,
    ], []]);
    assert.equal((await refHistory(to, NAME, "branches", "main")).length, 2);
    assert.deepEqual(
      await to.manifest(manifest),
      await catalog.manifest(manifest),
    );

    const [part] = manifest.parts[TABLE];
    const file = join(
      to.uri,
      "parts",
      part.digest.slice(0, 2),
      `${part.digest}.parquet`,
    );
    await Deno.writeFile(file, new Uint8Array(part.bytes));
    const bad = await validateVersion(to, `${NAME}_v1.0`);
    assert.ok(!bad.isValid);
    assert.match(
      bad.tables.find((t) => t.table === TABLE)!.problems[0],
      /its part is damaged/,
    );
    assert.equal((await replicate(catalog, to)).partsCopied, 0);
    assert.equal(
      (await replicate(catalog, to, [NAME], { verify: true })).partsCopied,
      1,
    );
    assert.ok((await validateVersion(to, `${NAME}_v1.0`)).isValid);
    await assert.rejects(
      replicate(catalog, to, ["retail"]),
      /Unknown version "retail"/,
    );
  }));

Deno.test("replicate() leaves what conflicts, and tells it", () =>
  withCatalog(async (catalog, folder) => {
    await recordVersion(catalog, SPEC);
    await recordVersion(catalog, { ...SPEC, version: "1.1" });
    await moveBranch(catalog, NAME, "main", "1.1");
    const to = await openCatalog(join(folder, "eu"));
    await recordVersion(to, { ...SPEC, seed: 9 });
    await moveBranch(to, NAME, "main", "1.0");
    const done = await replicate(catalog, to);
    assert.deepEqual(done.versions, [`${NAME}_v1.1`]);
    assert.equal(done.conflicts.length, 2);
    assert.match(done.conflicts[0], /fraud_detection_v1.0 has digest/);
    assert.match(done.conflicts[1], /fraud_detection@main points to 1.0 there/);
    assert.equal((await findRecord(to, NAME, "1.0"))?.spec.seed, 9);
  }));

Deno.test("collectGarbage() removes what nothing refers to, and nothing that is young or reachable", () =>
  withCatalog(async (catalog) => {
    await recorded(catalog);
    const draft = await materialize(
      { ...SPEC, version: "0.9", seed: 5 },
      catalog,
      { workers: 0 },
    );
    const lost = await materialize(
      { ...SPEC, version: "0.8", seed: 6 },
      catalog,
      { workers: 0 },
    );
    await catalog.removeManifest(lost);
    const young = await collectGarbage(catalog);
    assert.deepEqual([young.parts, young.ranges, young.drafts], [0, 0, 0]);
    await new Promise((resolve) => setTimeout(resolve, 30));
    const dry = await collectGarbage(catalog, { olderThanMs: 0, dryRun: true });
    assert.deepEqual([dry.parts, dry.ranges, dry.partsKept], [30, 30, 60]);
    const done = await collectGarbage(catalog, { olderThanMs: 0 });
    assert.deepEqual(done, dry);
    assert.ok((await validateManifest(catalog, draft)).isValid);
    const drafts = await collectGarbage(catalog, {
      olderThanMs: 0,
      drafts: true,
    });
    assert.deepEqual([drafts.parts, drafts.drafts, drafts.partsKept], [
      30,
      1,
      30,
    ]);
    assert.deepEqual((await listCatalog(catalog)).map((l) => l.version), [
      "1.0",
    ]);
    assert.ok((await validateVersion(catalog, `${NAME}_v1.0`)).isValid);
    const again = await collectGarbage(catalog, {
      olderThanMs: 0,
      drafts: true,
    });
    assert.deepEqual([again.parts, again.bytes], [0, 0]);
  }));

Deno.test("validatePlatform() compares fingerprints that the platform computes", () =>
  withCatalog(async (catalog) => {
    const { manifest } = await recorded(catalog);
    const platform = await openPlatform("memory");
    try {
      await importDataset(manifest, catalog, platform);
      assert.ok(
        (await validatePlatform(manifest, platform)).every((t) =>
          t.found === t.expected
        ),
      );
      const gone = SPEC.tables.find((t) => t.name === TABLE)!;
      await platform.drop([gone]);
      const wrong = (await validatePlatform(manifest, platform)).filter((t) =>
        t.found !== t.expected
      );
      assert.deepEqual(wrong, [{
        table: TABLE,
        expected: manifest.fingerprints[TABLE],
        found: undefined,
      }]);
    } finally {
      await platform.close();
    }
  }));

Deno.test("importDataset() checks what a version was published with, and what the platform can hold", () =>
  withCatalog(async (catalog, folder) => {
    const { manifest } = await recorded(catalog);
    const to = await openCatalog(join(folder, "public"));
    await publishVersion(catalog, `${NAME}_v1.0`, to);
    const file = join(to.uri, "versions", NAME, "1.0.json");
    const record = JSON.parse(await Deno.readTextFile(file));
    await Deno.writeTextFile(
      file,
      JSON.stringify({ ...record, metadata: { ...record.metadata, rows: 5 } }),
    );
    const platform = await openPlatform("memory");
    try {
      await assert.rejects(
        importDataset(manifest, to, platform),
        /published as 5 rows in 30 tables, and has 3000 in 30/,
      );
      const [first] = SPEC.tables;
      const key = first.columns.slice(0, 3).map((c) => c.name);
      const spec = { ...manifest.spec, tables: [{ ...first, key }] };
      const dynamodb = new Proxy(platform, {
        get: (t, k) => k === "kind" ? "dynamodb" : Reflect.get(t, k),
      });
      await assert.rejects(
        importDataset({ ...manifest, spec }, catalog, dynamodb),
        /its key has 3 columns, over a hash and a range key[^]*table card_velocity_1h/,
      );
    } finally {
      await platform.close();
    }
  }));

Deno.test("findManifest() finds versions, and the only draft of a name", () =>
  withCatalog(async (catalog) => {
    const draft = await materialize(SPEC, catalog, { workers: 0 });
    assert.equal(
      (await findManifest(catalog, `${NAME}_v1.0`)).digest,
      draft.digest,
    );
    await materialize({ ...SPEC, seed: 3 }, catalog, { workers: 0 });
    await assert.rejects(
      findManifest(catalog, `${NAME}_v1.0`),
      /2 drafts of this name[^]*--digest/,
    );
    await recordVersion(catalog, SPEC);
    assert.equal(
      (await findManifest(catalog, NAME + "@1.0")).digest,
      draft.digest,
    );
  }));

Deno.test("catalogPlace() follows the variables, then stands beside the user's own", () => {
  const names = ["SERVEMARK_CATALOG", "SERVEMARK_CATALOG_PUBLIC"];
  const before = names.map((name) => [name, Deno.env.get(name)] as const);
  try {
    Deno.env.set("SERVEMARK_CATALOG", "/data/catalog");
    Deno.env.delete("SERVEMARK_CATALOG_PUBLIC");
    assert.equal(catalogPlace("public"), "/data/catalog-public");
    assert.equal(catalogPlace("internal"), "/data/catalog-internal");
    Deno.env.set("SERVEMARK_CATALOG", "s3://bucket/a?region=eu-west-1");
    assert.equal(
      catalogPlace("public"),
      "s3://bucket/a-public?region=eu-west-1",
    );
    Deno.env.set("SERVEMARK_CATALOG_PUBLIC", "s3://open/datasets");
    assert.equal(catalogPlace("public"), "s3://open/datasets");
    assert.equal(catalogPlace("./x"), "./x");
  } finally {
    for (const [name, value] of before) {
      if (value === undefined) Deno.env.delete(name);
      else Deno.env.set(name, value);
    }
  }
});
