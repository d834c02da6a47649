import assert from "node:assert/strict";
import { canonicalRow } from "../../../lib/datasets/canonical.ts";
import {
  openArenaTable,
  packArena,
} from "../../../lib/platforms/memory/arena.ts";
import {
  batchOfTexts,
  keyNumber,
  RowBuffer,
  splitCanonical,
} from "../../../lib/platforms/memory/rows.ts";
import { batches, tinyDataset } from "../../load/tiny.ts";

const dataset = tinyDataset(2, 30);

Deno.test("splitCanonical() undoes the escapes, and tells NULL from text", () => {
  assert.deepEqual(splitCanonical("a|b"), ["a", "b"]);
  assert.deepEqual(splitCanonical("a\\|b|\\\\|\\N"), ["a|b", "\\", null]);
  assert.deepEqual(splitCanonical("\\\\N||x|"), ["\\N", "", "x", ""]);
});

Deno.test("batchOfTexts() gives rows back from their canonical texts", async () => {
  for (const table of dataset.tables) {
    for await (const batch of batches(dataset, table)) {
      const texts = Array.from(
        { length: batch.rows },
        (_, row) => canonicalRow(batch, row),
      );
      const back = batchOfTexts(table, batch.from, texts);
      assert.equal(back.rows, batch.rows);
      for (let row = 0; row < batch.rows; row++) {
        assert.equal(canonicalRow(back, row), texts[row]);
      }
    }
  }
});

Deno.test("keyNumber() reads both forms of keys, and refuses others", () => {
  const id = { as: "id", prefix: "card_", digits: 6 } as const;
  assert.equal(keyNumber(id, "card_000017"), 17);
  assert.equal(keyNumber({ as: "integer", first: 1000 }, 1003), 3);
  assert.throws(() => keyNumber(id, "card_x"), /Cannot read "card_x" as a key/);
  assert.throws(
    () => keyNumber({ as: "integer", first: 1000 }, 999),
    /whole numbers from 1000/,
  );
});

Deno.test("RowBuffer finds rows by key, in whatever order they came", async () => {
  const [table] = dataset.tables;
  const buffer = new RowBuffer(table);
  const texts: string[] = [];
  const parts = await Array.fromAsync(batches(dataset, table, 7));
  for (const batch of parts.toReversed()) {
    buffer.add(batch);
    for (let row = 0; row < batch.rows; row++) {
      texts[batch.from + row] = canonicalRow(batch, row);
    }
  }
  const stored = openArenaTable(packArena([buffer.sorted()]), table.name);
  texts.forEach((text, key) => assert.equal(stored.text(key), text));
  assert.equal(stored.text(30), undefined);
});

Deno.test("RowBuffer refuses two rows of one key", async () => {
  const [table] = dataset.tables;
  const buffer = new RowBuffer(table);
  for await (const batch of batches(dataset, table)) buffer.add(batch);
  for await (const batch of batches(dataset, table)) buffer.add(batch);
  assert.throws(
    () => buffer.sorted(),
    /two rows have the same key[\s\S]*card_features_0, rows 0 and 30/,
  );
});

Deno.test("openArenaTable() says what has not been loaded", () => {
  assert.throws(
    () => openArenaTable(packArena([]), "card_profile"),
    /"card_profile" from memory: it has not been loaded/,
  );
});
