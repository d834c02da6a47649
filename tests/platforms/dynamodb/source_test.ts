import assert from "node:assert/strict";
import { openPlatform } from "../../../lib/platforms/open.ts";
import { importTables } from "../../../lib/transfers/import_tables.ts";
import { fingerprintSource } from "../../../lib/transfers/watched_rows.ts";
import { EDGE_TABLE, edgeSource } from "../../fixtures/edge_tables.ts";
import { batchesOf, idTable } from "../../fixtures/tables.ts";

Deno.test("DynamoDB's tables are told from their items, and carried on", async () => {
  const platform = await openPlatform("dynamodb");
  const memory = await openPlatform("memory");
  try {
    const cards = idTable("card_profile", 3000);
    await platform.create([cards.table]);
    await platform.load(cards.table, batchesOf(cards));
    await importTables(edgeSource(EDGE_TABLE), platform);
    const source = await platform.source!();
    assert.deepEqual(source.tables.map((t) => t.name), [
      "card_profile",
      "edges",
    ]);
    const [profile, edges] = source.tables;
    assert.deepEqual(profile.key, ["card_id"]);
    assert.equal(profile.rows, 3000);
    const kinds = (table: typeof profile) =>
      Object.fromEntries(table.columns.map((c) => [c.name, c.type.kind]));
    assert.deepEqual(kinds(profile), {
      card_id: "text",
      amount_sum_24h: "decimal",
      category: "text",
      txn_count_24h: "bigint",
      updated_at: "bigint",
    });
    assert.equal(kinds(edges).raw, "bytes");
    assert.equal(kinds(edges).flag, "boolean");
    // A scan gives every row once, with all segments at the same time.
    const again = await platform.source!([cards.table]);
    const found = await fingerprintSource(again, cards.table);
    assert.equal(found, await platform.fingerprint(cards.table));
    // A column that is not asked for would be lost in silence.
    const narrow = {
      ...cards.table,
      columns: cards.table.columns.slice(0, 2),
    };
    await assert.rejects(
      fingerprintSource(await platform.source!([narrow]), narrow),
      /has the attribute "\w+", which no column stands for/,
    );
    const { fingerprints } = await importTables(again, memory);
    assert.equal(fingerprints.card_profile, found);
  } finally {
    await memory.close();
    await platform.close();
  }
});
