import assert from "node:assert/strict";
import { type Catalog, openCatalog } from "../../lib/catalog/catalog.ts";
import type { Manifest } from "../../lib/catalog/manifest.ts";
import type { NamedChange } from "../../lib/datasets/changes/change.ts";
import { applyChanges } from "../../lib/datasets/changes/changes.ts";
import { openPlatform } from "../../lib/platforms/open.ts";
import type { Platform } from "../../lib/platforms/platform.ts";
import { importDataset } from "../../lib/transfers/import_dataset.ts";
import { materialize } from "../../lib/transfers/materialize.ts";
import { migrateVersion } from "../../lib/transfers/migrate_version.ts";
import { selectTables } from "../../lib/datasets/selection.ts";
import { someFraud } from "../fixtures/some_fraud.ts";

const TABLE = "card_velocity_1h";
const SPEC = selectTables(await someFraud(), { tables: 4 });

interface Given {
  readonly catalog: Catalog;
  readonly platform: Platform;
  readonly from: Manifest;
  /** Materialises the version that changes make. */
  to(...changes: NamedChange[]): Promise<Manifest>;
}

async function given(
  platform: Platform,
  body: (given: Given) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    const catalog = await openCatalog(folder);
    const from = await materialize(SPEC, catalog, { workers: 0 });
    await importDataset(from, catalog, platform);
    const to = async (...changes: NamedChange[]) => {
      const { spec } = await applyChanges(SPEC, "1.1", changes);
      return await materialize(spec, catalog, { workers: 0 });
    };
    await body({ catalog, platform, from, to });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const postgres = await openPlatform("postgres");
addEventListener("unload", () => void postgres.close());

Deno.test("migrateVersion() evolves a table of PostgreSQL where it stands", () =>
  given(postgres, async ({ catalog, platform, from, to }) => {
    const next = await to(
      { change: "drop_column", table: TABLE, column: "declined_count" },
      {
        change: "rename_column",
        table: TABLE,
        column: "auth_count",
        to: "declined_count",
      },
      {
        change: "widen_column",
        table: TABLE,
        column: "distinct_merchants",
        to: "bigint",
      },
      {
        change: "widen_column",
        table: TABLE,
        column: "amount_max",
        to: "decimal(14,2)",
      },
      {
        change: "add_column",
        table: TABLE,
        column: "score",
        definition: { type: "integer", uniform: { min: 0, max: 999 } },
      },
      {
        change: "increase_nulls",
        table: TABLE,
        column: "amount_sum",
        share: 0.3,
      },
      { change: "add_table", table: "card_notes", like: TABLE },
    );
    const done = await migrateVersion(catalog, platform, from, next);
    assert.deepEqual(done.evolved, [TABLE]);
    assert.deepEqual(done.loaded, ["card_notes"]);
    assert.equal(done.kept.length, 3);
    assert.deepEqual(done.fingerprints, next.fingerprints);
    // Again: nothing is left to do.
    const again = await migrateVersion(catalog, platform, from, next);
    assert.deepEqual([again.evolved, again.loaded], [[], []]);
    // A swap of two names, and back to fewer tables.
    const swapped = (await applyChanges(next.spec, "1.2", [
      { change: "rename_column", table: TABLE, column: "score", to: "x" },
      {
        change: "rename_column",
        table: TABLE,
        column: "declined_count",
        to: "score",
      },
      {
        change: "rename_column",
        table: TABLE,
        column: "x",
        to: "declined_count",
      },
      { change: "drop_table", table: "card_notes" },
    ])).spec;
    const last = await materialize(swapped, catalog, { workers: 0 });
    const dropped = await migrateVersion(catalog, platform, next, last, {
      drop: true,
    });
    assert.deepEqual(dropped.dropped, ["card_notes"]);
    assert.deepEqual(dropped.evolved, [TABLE]);
    assert.deepEqual(
      await platform.existing(next.spec.tables),
      last.spec.tables.map((t) => t.name),
    );
  }));

Deno.test("migrateVersion() refuses what is a load, with the reason, unless it may reload", () =>
  given(postgres, async ({ catalog, platform, from, to }) => {
    const next = await to({ change: "reseed_table", table: TABLE });
    await assert.rejects(
      migrateVersion(catalog, platform, from, next),
      /Cannot migrate PostgreSQL to fraud_detection_v1.1 without loading a table anew[^]*card_velocity_1h: its rows are drawn otherwise[^]*--reload/,
    );
    const done = await migrateVersion(catalog, platform, from, next, {
      reload: true,
    });
    assert.deepEqual(done.loaded, [TABLE]);
    assert.deepEqual(done.evolved, []);
  }));

Deno.test("migrateVersion() refuses a platform that does not hold the old version", () =>
  given(postgres, async ({ catalog, platform, from, to }) => {
    const next = await to({
      change: "drop_column",
      table: TABLE,
      column: "declined_count",
    });
    const other = await to({ change: "reseed_table", table: TABLE });
    await importDataset(other, catalog, platform);
    await assert.rejects(
      migrateVersion(catalog, platform, from, next),
      /it does not hold this version[^]*table card_velocity_1h has other rows/,
    );
    await platform.drop([SPEC.tables[0]]);
    await assert.rejects(
      migrateVersion(catalog, platform, from, next),
      /is missing/,
    );
  }));

Deno.test("migrateVersion() says why DynamoDB reloads", async () => {
  const platform = await openPlatform("dynamodb");
  try {
    await given(platform, async ({ catalog, from, to }) => {
      const next = await to({
        change: "drop_column",
        table: TABLE,
        column: "declined_count",
      });
      await assert.rejects(
        migrateVersion(catalog, platform, from, next),
        /DynamoDB has no statement that changes a table's columns: every row would be written anew/,
      );
    });
  } finally {
    await platform.close();
  }
});
