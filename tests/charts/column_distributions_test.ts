import assert from "node:assert/strict";
import { columnDistributions } from "../../lib/charts/column_distributions.ts";
import type { TableProfile } from "../../lib/datasets/profile.ts";
import { assertSnapshot } from "./snapshot.ts";

const PROFILE: TableProfile = {
  table: "card_velocity_1h",
  sampled: 32_768,
  columns: [
    {
      column: {
        name: "amount_sum",
        type: { kind: "decimal", precision: 12, scale: 2 },
        nullable: false,
      },
      law: "power law, exponent 2.4",
      scale: "log",
      bins: [
        { from: 0, to: 10, share: 0.5, expected: 0.52 },
        { from: 10, to: 100, share: 0.4, expected: 0.38 },
        { from: 100, to: 1000, share: 0.1, expected: 0.1 },
      ],
      nulls: 0,
      idle: 0.46,
    },
    {
      column: { name: "channel", type: { kind: "text" }, nullable: true },
      law: "3 words by weight",
      scale: "words",
      bins: ["chip", "online", "contactless"].map((word, k) => ({
        from: k,
        to: k + 1,
        word,
        share: (3 - k) / 6,
        expected: (3 - k) / 6,
      })),
      nulls: 0.03,
      idle: 0,
    },
    {
      column: { name: "seen_at", type: { kind: "timestamp" }, nullable: true },
      law: "uniform over a window",
      scale: "time",
      bins: [0, 1, 2, 3].map((k) => ({
        from: (1.7e9 + 900 * k) * 1e6,
        to: (1.7e9 + 900 * (k + 1)) * 1e6,
        share: 0.25,
      })),
      nulls: 0,
      idle: 0,
    },
  ],
};

Deno.test("columnDistributions() draws what its snapshots show", async () => {
  const light = await assertSnapshot(
    "column_distributions_light",
    "t1",
    () => columnDistributions(PROFILE, { id: "t1" }),
  );
  const dark = await assertSnapshot(
    "column_distributions_dark_narrow",
    "t2",
    () =>
      columnDistributions(PROFILE, { id: "t2", scheme: "dark", width: 380 }),
  );
  for (const svg of [light, dark]) {
    assert.doesNotMatch(svg, /NaN|undefined|Infinity|var\(/);
    for (const word of ["amount_sum", "46 % idle", "3 % NULL", "online"]) {
      assert(svg.includes(word), word);
    }
  }
  const auto = columnDistributions(PROFILE, { id: "t3", scheme: "auto" });
  assert.doesNotMatch(auto, /#[0-9a-f]{6}/i);
});
