import assert from "node:assert/strict";
import { diffVersions } from "../../lib/catalog/diff.ts";
import { compareRows, type RowSource } from "../../lib/catalog/diff_rows.ts";
import { modifyVersion, scaleVersion } from "../../lib/catalog/modify.ts";
import { recordVersion } from "../../lib/catalog/versions.ts";
import type { NamedChange } from "../../lib/datasets/changes/change.ts";
import { applyChanges } from "../../lib/datasets/changes/changes.ts";
import { tableGenerator } from "../../lib/datasets/generator.ts";
import { selectTables } from "../../lib/datasets/selection.ts";
import type { DatasetSpec } from "../../lib/datasets/spec.ts";
import { materialize } from "../../lib/transfers/materialize.ts";
import { someFraud } from "../fixtures/some_fraud.ts";
import { withCatalog } from "../fixtures/with_catalog.ts";

const SPEC = selectTables(await someFraud(), { tables: 4 });
const TABLE = "card_velocity_1h";
const A = "fraud_detection_v1.0";
const B = "fraud_detection_v1.1";

/** Rows that differ, counted one by one. */
function changedRows(a: DatasetSpec, b: DatasetSpec, table: string): number {
  const [x, y] = [tableGenerator(a, table), tableGenerator(b, table)];
  let count = 0;
  for (let i = 0; i < Math.min(x.table.rows, y.table.rows); i++) {
    if (x.canonicalText(i) !== y.canonicalText(i)) count++;
  }
  return count;
}

Deno.test("diffVersions() counts rows by key, and what is shared", () =>
  withCatalog(async (catalog) => {
    await recordVersion(catalog, SPEC);
    const changes: NamedChange[] = [
      { change: "update_rows", table: TABLE, share: 0.2 },
      { change: "add_table", table: "card_notes", like: TABLE },
      { change: "drop_table", table: SPEC.tables[3].name },
      { change: "increase_hot_keys", entity: "card" },
    ];
    const next = await modifyVersion(catalog, A, B, changes);
    const unseen = await diffVersions(catalog, A, B);
    assert.equal(unseen.tablesChanged[0].rows.changed, undefined);
    assert.equal(unseen.bytes, undefined);
    const wanted = changedRows(SPEC, next.spec, TABLE);
    assert.ok(wanted > 0);
    const generated = await diffVersions(catalog, A, B, { generate: true });
    assert.equal(generated.tablesChanged[0].rows.changed, wanted);

    const before = await materialize(SPEC, catalog, { workers: 0 });
    await materialize(next.spec, catalog, { workers: 0 });
    const diff = await diffVersions(catalog, A, B);
    assert.deepEqual(diff.tablesChanged, [{
      table: TABLE,
      rowsBefore: SPEC.tables.find((t) => t.name === TABLE)!.rows,
      rowsAfter: SPEC.tables.find((t) => t.name === TABLE)!.rows,
      rows: { added: 0, removed: 0, changed: wanted },
    }]);
    assert.deepEqual(diff.tablesAdded, ["card_notes"]);
    assert.deepEqual(diff.tablesRemoved, [SPEC.tables[3].name]);
    assert.equal(diff.tablesSame, 2);
    assert.deepEqual(diff.popularity.map((p) => p.entity), ["card"]);
    assert.deepEqual(diff.parts, { shared: 2, onlyBefore: 2, onlyAfter: 2 });
    const bytes = (table: string) =>
      before.parts[table].reduce((n, p) => n + p.bytes, 0);
    assert.equal(
      diff.bytes!.onlyBefore,
      bytes(TABLE) + bytes(SPEC.tables[3].name),
    );
    const same = await diffVersions(catalog, A, A);
    assert.equal(same.tablesSame, 4);
    assert.deepEqual([same.tablesChanged, same.schema], [[], []]);
  }));

Deno.test("diffVersions() of another scale reads nothing: rows are added", () =>
  withCatalog(async (catalog) => {
    await recordVersion(catalog, SPEC);
    await scaleVersion(catalog, A, "fraud_detection_v2.0", 2);
    const diff = await diffVersions(catalog, A, "fraud_detection_v2.0");
    assert.equal(diff.tablesChanged.length, 4);
    for (const { rows, rowsBefore } of diff.tablesChanged) {
      assert.deepEqual(rows, { added: rowsBefore, removed: 0, changed: 0 });
    }
  }));

/** Rows of a table in any order. */
function source(spec: DatasetSpec, table: string, order: number[]): RowSource {
  const generator = tableGenerator(spec, table);
  return {
    table: generator.table,
    rows: order.length,
    async *batches() {
      for (const i of order) yield generator.batch(i, 1);
    },
  };
}

Deno.test("compareRows() merges ordered rows, and compares others in passes, with the same result", async () => {
  const { spec } = await applyChanges(SPEC, "1.1", [
    { change: "update_rows", table: TABLE, share: 0.3 },
    {
      change: "rename_column",
      table: TABLE,
      column: "auth_count",
      to: "auths",
    },
    {
      change: "add_column",
      table: TABLE,
      column: "extra",
      definition: { type: "integer", uniform: { min: 0, max: 9 } },
    },
  ]);
  const order = Array.from({ length: 300 }, (_, i) => i);
  // Rows 0 to 9 are removed, 300 to 319 added.
  const later = Array.from({ length: 310 }, (_, i) => i + 10);
  const shuffled = later.toSorted((a, b) => a * 7919 % 311 - b * 7919 % 311);
  const before = source(SPEC, TABLE, order);
  const ordered = await compareRows(before, source(spec, TABLE, later));
  assert.equal(ordered.removed, 10);
  assert.equal(ordered.added, 20);
  assert.ok(ordered.changed! > 30 && ordered.changed! < 150);
  let rows = 0;
  for (const passRows of [1_000, 50]) {
    const onRows = (n: number) => rows += n;
    const found = await compareRows(before, source(spec, TABLE, shuffled), {
      passRows,
      onRows,
    });
    assert.deepEqual(found, ordered);
  }
  assert.ok(rows > 6 * 600, "50 rows a pass take 6 passes");
  await assert.rejects(
    compareRows(before, source(spec, TABLE, later), {
      signal: AbortSignal.abort(new Error("enough")),
    }),
    /enough/,
  );
});
