import assert from "node:assert/strict";
import { join } from "node:path";
import {
  findRecord,
  listRecords,
  recordVersion,
} from "../../lib/catalog/versions.ts";
import {
  addTag,
  findRef,
  listRefs,
  moveBranch,
  refHistory,
} from "../../lib/catalog/refs.ts";
import { lookUpVersion, needVersion } from "../../lib/catalog/find_version.ts";
import { modifyVersion, scaleVersion } from "../../lib/catalog/modify.ts";
import { ancestors, versionLog } from "../../lib/catalog/log.ts";
import { readVersionName } from "../../lib/catalog/version_name.ts";
import { tableDigest } from "../../lib/datasets/table_digest.ts";
import { materialize } from "../../lib/transfers/materialize.ts";
import { selectTables } from "../../lib/datasets/selection.ts";
import { someFraud } from "../fixtures/some_fraud.ts";
import { withCatalog } from "../fixtures/with_catalog.ts";

const SPEC = selectTables(await someFraud(3_000), { tables: 3 });
const as = (version: string, seed = SPEC.seed) => ({ ...SPEC, version, seed });

Deno.test("recordVersion() records once: the same again changes nothing, another is refused", () =>
  withCatalog(async (catalog) => {
    const first = await recordVersion(catalog, SPEC, { message: "one" });
    assert.deepEqual(
      await findRecord(catalog, SPEC.name, "1.0"),
      JSON.parse(JSON.stringify(first)),
    );
    const again = await recordVersion(catalog, SPEC, { message: "two" });
    assert.equal(again.message, "one");
    await assert.rejects(recordVersion(catalog, as("1.0", 1)), (e: Error) => {
      assert.match(
        e.message,
        /Cannot keep another dataset as fraud_detection_v1.0/,
      );
      assert.ok(
        e.message.includes(first.digest.slice(0, 12)) &&
          e.message.includes(first.created),
      );
      assert.match(e.message, /another version/);
      return true;
    });
    await assert.rejects(
      recordVersion(catalog, as("1.1"), { parent: "0.9" }),
      /its parent fraud_detection_v0.9 is not recorded/,
    );
    await assert.rejects(
      materialize(as("1.0", 1), catalog, { workers: 0 }),
      /Cannot keep another dataset/,
    );
  }));

Deno.test("recordVersion() of 20 at once: one wins, each other gets an error", () =>
  withCatalog(async (catalog) => {
    const results = await Promise.allSettled(
      Array.from(
        { length: 20 },
        (_, k) => recordVersion(catalog, as("1.0", k)),
      ),
    );
    const won = results.filter((r) => r.status === "fulfilled");
    assert.equal(won.length, 1);
    for (const result of results) {
      if (result.status === "rejected") {
        assert.match(String(result.reason), /was recorded/);
      }
    }
    const [record, ...more] = await listRecords(catalog);
    assert.deepEqual(more, []);
    assert.equal(record.digest, won[0].value.digest);
  }));

Deno.test("moveBranch() appends: 20 at once lose nothing, and the losers are told", () =>
  withCatalog(async (catalog) => {
    const { name } = SPEC;
    for (let k = 0; k < 20; k++) await recordVersion(catalog, as(`1.${k}`));
    const results = await Promise.allSettled(
      Array.from(
        { length: 20 },
        (_, k) => moveBranch(catalog, name, "main", `1.${k}`, { after: 0 }),
      ),
    );
    assert.equal(results.filter((r) => r.status === "fulfilled").length, 1);
    for (const r of results) {
      if (r.status === "rejected") {
        assert.match(String(r.reason), /Cannot move branch main[^]*meanwhile/);
      }
    }
    const first = (await findRef(catalog, name, "branches", "main"))!;
    assert.equal(first.entries, 1);
    await moveBranch(catalog, name, "main", "1.7");
    await moveBranch(catalog, name, "main", "1.7");
    const history = await refHistory(catalog, name, "branches", "main");
    assert.deepEqual(
      history.map((e) => e.version),
      first.version === "1.7" ? ["1.7"] : [first.version, "1.7"],
    );
    assert.deepEqual(
      (await listRefs(catalog, name, "branches")).map((r) => r.ref),
      ["main"],
    );
    await assert.rejects(
      moveBranch(catalog, name, "main", "9"),
      /not recorded/,
    );
    await assert.rejects(
      moveBranch(catalog, name, "../x", "1.7"),
      /Cannot use "..\/x" as a branch/,
    );
  }));

Deno.test("addTag() stays, unless forced", () =>
  withCatalog(async (catalog) => {
    const { name } = SPEC;
    await recordVersion(catalog, as("1.0"));
    await recordVersion(catalog, as("1.1"));
    await addTag(catalog, name, "stable", "1.0");
    await assert.rejects(
      addTag(catalog, name, "stable", "1.1"),
      /fraud_detection_v1.0 has this tag[^]*--force/,
    );
    await addTag(catalog, name, "stable", "1.1", { force: true });
    assert.equal((await needVersion(catalog, `${name}@stable`)).version, "1.1");
    assert.equal(
      (await lookUpVersion(catalog, { name, version: "1.0" }))?.version,
      "1.0",
    );
    await assert.rejects(
      needVersion(catalog, `${name}@stabl`),
      /Did you mean "fraud_detection@stable"/,
    );
    await assert.rejects(
      needVersion(catalog, "retail"),
      /Known: fraud_detection/,
    );
  }));

Deno.test("readVersionName() reads versions, branches and tags", () => {
  const name = "fraud_detection";
  assert.deepEqual(readVersionName("fraud_detection_v1.0"), {
    name,
    version: "1.0",
  });
  assert.deepEqual(readVersionName("fraud_detection@1.10"), {
    name,
    version: "1.10",
  });
  assert.deepEqual(readVersionName("fraud_detection@main"), {
    name,
    version: "main",
  });
  assert.deepEqual(readVersionName("my_very_first"), { name: "my_very_first" });
  for (const bad of ["../x", "a/b_v1", "x@..", "", "x@../1"]) {
    assert.throws(() => readVersionName(bad), /Cannot read/);
  }
});

Deno.test("modifyVersion() and scaleVersion() record parents, changes and the evolution", () =>
  withCatalog(async (catalog) => {
    const { name } = SPEC;
    await recordVersion(catalog, SPEC);
    const [{ name: table, columns }] = SPEC.tables;
    const next = await modifyVersion(catalog, `${name}_v1.0`, `${name}_v1.1`, [
      { change: "increase_hot_keys" },
      { change: "drop_column", table, column: columns.at(-1)!.name },
    ]);
    assert.equal(next.parent, "1.0");
    assert.deepEqual(next.changes[0], {
      change: "increase_hot_keys",
      factor: 1.5,
    });
    assert.deepEqual(next.evolution, [{
      kind: "drop_column",
      table,
      column: columns.at(-1)!.name,
      compatible: false,
    }]);
    const twice = await scaleVersion(
      catalog,
      `${name}_v1.1`,
      `${name}_v2.0`,
      2,
    );
    assert.equal(twice.spec.tables[1].rows, 2 * SPEC.tables[1].rows);
    const log = await versionLog(catalog, name);
    assert.deepEqual(log.map(({ record }) => record.version), [
      "2.0",
      "1.1",
      "1.0",
    ]);
    assert.deepEqual(
      ancestors(log.map((l) => l.record), "2.0").map((r) => r.version),
      ["1.1", "1.0"],
    );
    assert.ok(log.every(({ bytes }) => bytes === undefined));
    await assert.rejects(
      modifyVersion(catalog, `${name}_v1.0`, "retail_v1", []),
      /none of fraud_detection/,
    );
    await assert.rejects(
      modifyVersion(catalog, `${name}_v1.0`, `${name}_v1.0`, []),
      /the version itself/,
    );
  }));

Deno.test("materialize() of a version makes only the parts that no other one shares", () =>
  withCatalog(async (catalog, folder) => {
    const { name } = SPEC;
    await recordVersion(catalog, SPEC);
    const before = await materialize(SPEC, catalog, { workers: 0 });
    const table = SPEC.tables[0].name;
    const next = await modifyVersion(catalog, `${name}_v1.0`, `${name}_v1.1`, [{
      change: "reseed_table",
      table,
    }]);
    let rows = 0;
    const after = await materialize(next.spec, catalog, {
      workers: 0,
      progress: (e) => rows ||= e.done,
    });
    assert.equal(
      rows,
      SPEC.tables[1].rows + SPEC.tables[2].rows,
      "found at the start",
    );
    for (const { name } of SPEC.tables.slice(1)) {
      assert.deepEqual(after.parts[name], before.parts[name]);
    }
    assert.notEqual(after.fingerprints[table], before.fingerprints[table]);
    assert.equal(
      [...Deno.readDirSync(join(folder, "own", "ranges"))].length,
      4,
    );
  }));

Deno.test("materialize() of some tables of a version keeps no second dataset", () =>
  withCatalog(async (catalog) => {
    const record = await recordVersion(catalog, SPEC);
    const one = selectTables(SPEC, { tables: 1 });
    const part = await materialize(one, catalog, { workers: 0 });
    assert.equal(part.selectionOf, record.digest);
    assert.deepEqual(await catalog.manifests(), []);
    const whole = await materialize(SPEC, catalog, { workers: 0 });
    assert.equal(whole.selectionOf, undefined);
    const again = await materialize(one, catalog, { workers: 0 });
    assert.deepEqual(again, JSON.parse(JSON.stringify(part)));
    assert.equal((await catalog.manifests()).length, 1);
  }));

Deno.test("tableDigest() is of what decides rows, and of nothing else", async () => {
  const whole = await someFraud(30_000);
  const [first] = whole.tables;
  const digest = tableDigest(whole, first);
  assert.equal(
    tableDigest(
      { ...whole, version: "9", description: "x", tables: [first] },
      first,
    ),
    digest,
  );
  assert.equal(
    tableDigest(whole, { ...first, rows: 7, description: "x" }),
    digest,
  );
  assert.notEqual(tableDigest({ ...whole, seed: 1 }, first), digest);
  assert.notEqual(tableDigest(whole, { ...first, idle: 0.9 }), digest);
  assert.notEqual(
    tableDigest(whole, { ...first, columns: first.columns.slice(0, 3) }),
    digest,
  );
  const popular = whole.entities.map((e) => ({ ...e, popularity: 0 }));
  assert.equal(tableDigest({ ...whole, entities: popular }, first), digest);
  const events = { ...first, events: true };
  assert.notEqual(
    tableDigest({ ...whole, entities: popular }, events),
    tableDigest(whole, events),
  );
});
