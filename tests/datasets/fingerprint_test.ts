import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import type { Batch } from "../../lib/datasets/batch.ts";
import { canonicalRow } from "../../lib/datasets/canonical.ts";
import { datasetSpec } from "../../lib/datasets/compile.ts";
import { loadDomain } from "../../lib/datasets/domain.ts";
import { Fingerprinter } from "../../lib/datasets/fingerprint.ts";
import { tableGenerator } from "../../lib/datasets/generator.ts";

const SPEC = datasetSpec(await loadDomain("fraud_detection"), { rows: 1000 });

function fingerprint(...batches: Batch[]): string {
  const all = new Fingerprinter();
  for (const batch of batches) all.add(batch);
  return all.digest();
}

/** The definition, written out: the md5's hex digits by sevens, summed over the rows. */
function byDefinition(batch: Batch): string {
  const sums = [0n, 0n, 0n, 0n];
  for (let r = 0; r < batch.rows; r++) {
    const m = createHash("md5").update(canonicalRow(batch, r)).digest("hex");
    sums.forEach((_, k) => sums[k] += BigInt(`0x${m.slice(7 * k, 7 * k + 7)}`));
  }
  return [batch.rows, ...sums].join(":");
}

Deno.test("Fingerprinter follows its definition on every table", () => {
  for (const table of SPEC.tables) {
    const batch = tableGenerator(SPEC, table.name).batch(0, table.rows);
    assert.equal(fingerprint(batch), byDefinition(batch), table.name);
  }
});

Deno.test("Fingerprinter follows its definition on texts of every length, and on any characters", () => {
  const texts = Array.from({ length: 300 }, (_, k) => "é|\\x".repeat(k));
  texts.push("", "🂡 emoji", "a\u0000b", "x".repeat(1_000_000));
  const batch = {
    from: 0,
    rows: texts.length,
    table: { columns: [{ type: { kind: "text" } }] },
    columns: [{ values: texts, nulls: null }],
  } as unknown as Batch;
  assert.equal(fingerprint(batch), byDefinition(batch));
});

Deno.test("Fingerprinter follows its definition on numbers at the edges", () => {
  const numbers = [0, -0, 1, -1, 9, 10, 99, 100, 2 ** 31, -(2 ** 31)];
  for (let digits = 1; digits < 16; digits++) {
    numbers.push(10 ** digits - 1, 10 ** digits, -(10 ** digits) - 1);
  }
  numbers.push(Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER);
  const batch = {
    from: 0,
    rows: numbers.length,
    table: { columns: [{ type: { kind: "bigint" } }] },
    columns: [{
      values: Float64Array.from(numbers),
      nulls: Uint8Array.from(numbers, (_, k) => k % 7 === 3 ? 1 : 0),
    }],
  } as unknown as Batch;
  assert.equal(fingerprint(batch), byDefinition(batch));
});

Deno.test("Fingerprinter does not depend on the rows' order, or on parts", () => {
  const generator = tableGenerator(SPEC, "session_behaviour_1h");
  const { rows } = generator.table;
  const whole = fingerprint(generator.batch(0, rows));
  const cuts = [0, 1, 8, 30, rows];
  const parts = cuts.slice(1).map((to, k) =>
    generator.batch(cuts[k], to - cuts[k])
  );
  assert.equal(fingerprint(...parts.reverse()), whole);
});

Deno.test("Fingerprinter.merge() adds parts up to their table", () => {
  const generator = tableGenerator(SPEC, "card_profile");
  const { rows } = generator.table;
  const merged = new Fingerprinter();
  merged.merge(fingerprint(generator.batch(0, 10)));
  merged.merge(fingerprint(generator.batch(10, rows - 10)));
  merged.merge("0:0:0:0:0");
  assert.equal(merged.digest(), fingerprint(generator.batch(0, rows)));
});

Deno.test("Fingerprinter.merge() stays exact past 2⁵³", () => {
  const f = new Fingerprinter();
  f.merge("16600000000:9007199254740993:1:2:3");
  f.merge("1:2:1:1:1");
  assert.equal(f.digest(), "16600000001:9007199254740995:2:3:4");
});

Deno.test("Fingerprinter tells rows apart that differ in one value", () => {
  const generator = tableGenerator(SPEC, "card_profile");
  const batch = generator.batch(0, 20);
  const values = Float64Array.from(batch.columns[0].values as Float64Array);
  values[7]++;
  const other = {
    ...batch,
    columns: [{ values, nulls: null }, ...batch.columns.slice(1)],
  };
  assert.notEqual(fingerprint(other), fingerprint(batch));
});

Deno.test("the data of fraud_detection 1.0 and retail 1.0 do not change", async () => {
  const golden: Record<string, string> = {
    fraud_detection: "2726:359841716645:365274547213:363245926332:362627996670",
    retail: "3607:481737992542:484431639575:487896237294:485956730806",
  };
  for (const [name, wanted] of Object.entries(golden)) {
    const spec = datasetSpec(await loadDomain(name), {
      rows: 1000,
      events: true,
    });
    const all = new Fingerprinter();
    for (const table of spec.tables) {
      const generator = tableGenerator(spec, table.name);
      all.add(generator.batch(0, table.rows));
    }
    assert.equal(all.digest(), wanted, name);
  }
});

Deno.test("Fingerprinter.addText() adds a row that is canonical text already", () => {
  const batch = tableGenerator(SPEC, "card_profile").batch(0, 25);
  const byText = new Fingerprinter();
  for (let r = 0; r < 25; r++) byText.addText(canonicalRow(batch, r));
  assert.equal(byText.digest(), fingerprint(batch));
});
