import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { datasetSpec } from "../../lib/datasets/compile.ts";
import { loadDomain } from "../../lib/datasets/domain.ts";
import { tableGenerator } from "../../lib/datasets/generator.ts";
import { writeParquet } from "../../lib/formats/parquet/write.ts";
import { CopyText } from "../../lib/formats/pg_dump/copy_text.ts";
import { planText } from "../../lib/transfers/dataset_plan.ts";
import { estimate } from "../../lib/transfers/estimate.ts";

const DOMAIN = await loadDomain("fraud_detection");

Deno.test("estimate() comes close to what the rows take", () => {
  const spec = datasetSpec(DOMAIN, { rows: 300_000, tables: 8 });
  const sizes = { parquet: 0, dump: 0, gzip: 0 };
  for (const { name, rows } of spec.tables) {
    const generator = tableGenerator(spec, name);
    const batch = generator.batch(0, rows);
    sizes.parquet += writeParquet(generator.table, [batch]).length;
    const text = new CopyText(generator.table);
    text.add(batch);
    const copied = text.take();
    sizes.dump += copied.length;
    sizes.gzip += gzipSync(copied).length;
  }
  const found = estimate(spec)!;
  for (const what of ["parquet", "dump", "gzip"] as const) {
    const ratio = found[what] / sizes[what];
    assert(ratio > 0.8 && ratio < 1.3, `${what}: ${ratio}`);
  }
  assert(found.seconds > 0);
});

Deno.test("estimate() scales to 16.6 billion rows, and planText() tells it", () => {
  const spec = datasetSpec(DOMAIN, { rows: 16.6e9 });
  const found = estimate(spec)!;
  assert(found.dump > 2e11 && found.dump < 5e12, `${found.dump}`);
  assert(found.seconds > 1000);
  assert.match(
    planText(spec),
    /size +about [\d.]+ GB of Parquet; as \.dump [\d.]+ TB, or [\d.]+ GB with gzip\ntime +about .*h.* to materialise with \d+ worker/,
  );
});

Deno.test("estimate() does not guess at rows that are stored", () => {
  const spec = structuredClone(datasetSpec(DOMAIN, { rows: 3000, tables: 1 }));
  Object.assign(spec.tables[0].columns[1], {
    distribution: { kind: "stored" },
  });
  assert.equal(estimate(spec), undefined);
  assert.match(planText(spec), /size +that of its parts/);
});
