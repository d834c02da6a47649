import assert from "node:assert/strict";
import { openFleet } from "../../lib/load/fleet.ts";
import { totalCount } from "../../lib/load/histogram.ts";
import { tinyDataset } from "../load/tiny.ts";

Deno.test("a worker records ten million operations in constant memory", async () => {
  const fleet = await openFleet({
    workers: 1,
    setup: {
      dataset: tinyDataset(),
      driver: { driver: "memory/polled", connection: { noop: true } },
      workload: { name: "lookup", strategy: "batched" },
    },
  });
  const point = {
    point: 0,
    clients: 100,
    warmup: 0,
    firstRequest: 0,
    think: 0,
    verify: 0,
    timeout: 30,
    sampleBudget: 50_000,
  };
  try {
    await fleet.run({ ...point, iterations: 10_000 });
    const before = Deno.memoryUsage().rss;
    const [record] = await fleet.run({ ...point, iterations: 100_000 });
    const grown = (Deno.memoryUsage().rss - before) / 2 ** 20;
    assert.equal(record.operations, 1e7);
    assert.equal(record.codes[0], 1e7);
    assert.equal(totalCount(record.response), 1e7);
    assert.equal(record.samples.length, 50_000);
    const weights = record.samples.weight.reduce((sum, w) => sum + w, 0);
    assert.ok(Math.abs(weights / 1e7 - 1) < 1e-6);
    const bySecond = record.seconds.reduce(
      (n, second) => n + totalCount(second.service),
      0,
    );
    assert.equal(bySecond, 1e7);
    assert.ok(grown < 100, `grew by ${grown.toFixed(0)} MiB`);
  } finally {
    await fleet.close();
  }
});
