import assert from "node:assert/strict";
import { datasetSpec } from "../../lib/datasets/compile.ts";
import { loadDomain } from "../../lib/datasets/domain.ts";
import { tableProfile } from "../../lib/datasets/profile.ts";

const SPEC = datasetSpec(await loadDomain("fraud_detection"), {
  rows: 16_600_000_000,
});

Deno.test("tableProfile() finds every column of a huge dataset spread as its law says", () => {
  let compared = 0;
  for (const { name } of SPEC.tables) {
    const { columns, sampled } = tableProfile(SPEC, name, 16_384);
    assert.equal(sampled, 16_384);
    for (const { column, bins, nulls, idle } of columns) {
      const sum = bins.reduce((s, b) => s + b.share, 0);
      assert(Math.abs(sum - 1) < 1e-9, `${name}.${column.name}: ${sum}`);
      const values = sampled * (1 - nulls - idle);
      for (const { share, expected, from } of bins) {
        if (expected === undefined) continue;
        compared++;
        // Five standard deviations of a binomial share, and one value.
        const spread = 5 * Math.sqrt(expected * (1 - expected) / values) +
          1 / values;
        assert(
          Math.abs(share - expected) < spread,
          `${name}.${column.name} from ${from}: ${share}, law ${expected}`,
        );
      }
    }
  }
  assert(compared > 1000, `${compared} bins were compared`);
});
