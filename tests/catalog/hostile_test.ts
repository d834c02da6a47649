import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import type { Catalog } from "../../lib/catalog/catalog.ts";
import { versionLog } from "../../lib/catalog/log.ts";
import type { Manifest } from "../../lib/catalog/manifest.ts";
import { findRef } from "../../lib/catalog/refs.ts";
import {
  findRecord,
  listRecords,
  recordVersion,
  type VersionRecord,
} from "../../lib/catalog/versions.ts";
import { ServemarkError } from "../../lib/core/errors.ts";
import { specDigest } from "../../lib/datasets/digest.ts";
import { selectTables } from "../../lib/datasets/selection.ts";
import { materialize } from "../../lib/transfers/materialize.ts";
import { replicate } from "../../lib/transfers/replicate.ts";
import { someFraud } from "../fixtures/some_fraud.ts";
import { withCatalog } from "../fixtures/with_catalog.ts";

const SPEC = selectTables(await someFraud(3_000), { tables: 2 });
const [TABLE] = SPEC.tables.map(({ name }) => name);

async function write(
  catalog: Catalog,
  key: string,
  value: unknown,
): Promise<string> {
  const file = join(catalog.uri, key);
  await Deno.mkdir(dirname(file), { recursive: true });
  await Deno.writeTextFile(
    file,
    typeof value === "string" ? value : JSON.stringify(value),
  );
  return file;
}

/** Rejects with a typed error that names the file. */
async function refused(work: Promise<unknown>, file: string, why: RegExp) {
  await assert.rejects(work, (e: Error) => {
    assert.ok(e instanceof ServemarkError, String(e.stack));
    assert.ok(e.message.includes(file), e.message);
    assert.match(e.message, why);
    return true;
  });
}

const HOSTILE: Record<string, [(m: Manifest) => unknown, RegExp]> = {
  "no JSON": [() => "{", /damaged/],
  "no object": [() => [], /schemaVersion/],
  "null": [() => null, /schemaVersion/],
  "another schemaVersion": [
    (m) => ({ ...m, schemaVersion: 2 }),
    /schemaVersion is not 1/,
  ],
  "another name": [(m) => ({ ...m, name: "../../etc" }), /not its spec's/],
  "another spec": [
    (m) => ({ ...m, spec: { ...m.spec, seed: 1 } }),
    /its digest is not its spec's/,
  ],
  "no spec": [(m) => ({ ...m, spec: null }), /the spec is missing/],
  "a table named ../": [
    (m) => {
      const spec = {
        ...m.spec,
        tables: [{ ...m.spec.tables[0], name: "../x" }],
      };
      return { ...m, spec, digest: specDigest(spec) };
    },
    /"\/"/,
  ],
  "rows without end": [
    (m) => ({
      ...m,
      spec: { ...m.spec, tables: [{ ...m.spec.tables[0], rows: 1e300 }] },
    }),
    /no whole number/,
  ],
  "a part of a wrong length": [
    (m) => ({
      ...m,
      parts: { ...m.parts, [TABLE]: [{ ...m.parts[TABLE][0], bytes: -1 }] },
    }),
    /no whole number of bytes/,
  ],
  "a part of more rows": [
    (m) => ({
      ...m,
      parts: { ...m.parts, [TABLE]: [{ ...m.parts[TABLE][0], rows: 1e9 }] },
    }),
    /rows, its fingerprint others/,
  ],
  "a part that is no digest": [
    (m) => ({
      ...m,
      parts: {
        ...m.parts,
        [TABLE]: [{ ...m.parts[TABLE][0], digest: "../../../etc/passwd" }],
      },
    }),
    /has no digest/,
  ],
  "a fingerprint without end": [
    (m) => ({
      ...m,
      parts: {
        ...m.parts,
        [TABLE]: [{
          ...m.parts[TABLE][0],
          fingerprint: `1:${"9".repeat(1e6)}:1:1:1`,
        }],
      },
    }),
    /has no fingerprint/,
  ],
  "another sum": [
    (m) => ({
      ...m,
      fingerprints: { ...m.fingerprints, [TABLE]: "1:1:1:1:1" },
    }),
    /do not add up/,
  ],
  "no parts": [(m) => ({ ...m, parts: {} }), /its parts reach row 0/],
  "parts that are none": [
    (m) => ({ ...m, parts: { [TABLE]: "x".repeat(9) } }),
    /lists no parts/,
  ],
  "a table too many": [
    (m) => ({ ...m, parts: { ...m.parts, more: [] } }),
    /no table more/,
  ],
};

Deno.test("Catalog.manifest() believes nothing: hostile ones are typed errors with their place", () =>
  withCatalog(async (catalog) => {
    const made = await materialize(SPEC, catalog, { workers: 0 });
    const good = JSON.parse(JSON.stringify(made)) as Manifest;
    const key = `manifests/${SPEC.name}/1.0/${made.digest}.json`;
    for (const [what, [spoil, why]] of Object.entries(HOSTILE)) {
      const file = await write(catalog, key, spoil(good));
      await refused(catalog.manifest(made), file, why).catch((e) => {
        throw new Error(`${what}: ${e.message}`);
      });
      await refused(catalog.manifests(), file, why);
    }
  }));

Deno.test("Catalog.manifest() refuses over a million parts, and files beyond all measure, in bounded time", () =>
  withCatalog(async (catalog) => {
    const made = await materialize(SPEC, catalog, { workers: 0 });
    const key = `manifests/${SPEC.name}/1.0/${made.digest}.json`;
    const head = JSON.stringify({ ...made, parts: undefined }).slice(0, -1);
    const many = `${head},"parts":{"${TABLE}":[${"{},".repeat(1_000_001)}{}]}}`;
    const began = performance.now();
    const file = await write(catalog, key, many);
    await refused(catalog.manifest(made), file, /1000002 parts, over 1000000/);
    assert.ok(performance.now() - began < 10_000);
    await Deno.truncate(file, 300 * 2 ** 20);
    await refused(catalog.manifest(made), file, /it has 314572800 bytes/);
  }));

Deno.test("findRecord() believes nothing either", () =>
  withCatalog(async (catalog) => {
    const record = JSON.parse(
      JSON.stringify(await recordVersion(catalog, SPEC)),
    );
    const key = "versions/fraud_detection/1.0.json";
    const hostile: [unknown, RegExp][] = [
      ["[", /damaged/],
      [{ ...record, parent: "../../x" }, /its parent cannot be used/],
      [{ ...record, name: "other" }, /not its spec's/],
      [
        { ...record, spec: { ...record.spec, version: "7" }, version: "7" },
        /digest is not/,
      ],
      [{ ...record, created: "\u001b[2J" }, /when it was recorded/],
      [{ ...record, changes: "x" }, /changes are missing/],
    ];
    for (const [value, why] of hostile) {
      const file = await write(catalog, key, value);
      await refused(findRecord(catalog, SPEC.name, "1.0"), file, why);
      await refused(listRecords(catalog), file, why);
      await refused(replicate(catalog, catalog), file, why);
    }
    assert.equal(await findRecord(catalog, "../x", "1.0"), undefined);
    assert.equal(await findRecord(catalog, SPEC.name, "../../x"), undefined);
  }));

Deno.test("versionLog() ends where versions are their own ancestors", () =>
  withCatalog(async (catalog) => {
    const records: VersionRecord[] = [];
    for (const version of ["1.0", "1.1", "1.2"]) {
      records.push(await recordVersion(catalog, { ...SPEC, version }));
    }
    const parents = ["1.2", "1.0", "1.1"];
    for (const [k, record] of records.entries()) {
      await write(catalog, `versions/fraud_detection/${record.version}.json`, {
        ...record,
        parent: parents[k],
      });
    }
    assert.equal((await versionLog(catalog, SPEC.name)).length, 3);
  }));

Deno.test("findRef() and findPart() name entries that are something else", () =>
  withCatalog(async (catalog) => {
    const ref = "refs/fraud_detection/branches/main/000001.json";
    for (
      const value of [{}, {
        schemaVersion: 1,
        number: 1,
        version: "../x",
        created: "",
      }, "x"]
    ) {
      const file = await write(catalog, ref, value);
      await refused(
        findRef(catalog, SPEC.name, "branches", "main"),
        file,
        /damaged/,
      );
    }
    const range = { table: TABLE, from: 0, rows: 10 };
    const digest = "a".repeat(64);
    const part = { ...range, digest, bytes: 1, fingerprint: "10:1:1:1:1" };
    for (
      const value of [{}, { ...part, from: 5 }, { ...part, table: "other" }]
    ) {
      const file = await write(catalog, `ranges/${digest}/0-10.json`, value);
      await refused(catalog.findPart(digest, range), file, /damaged/);
    }
    await assert.rejects(
      catalog.findPart("../..", range),
      /Cannot use "..\/.." as a digest/,
    );
  }));
