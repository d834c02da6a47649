import assert from "node:assert/strict";
import { cost } from "../../lib/metrics/cost.ts";
import type { CostModel } from "../../lib/platforms/platform.ts";

const hourly: CostModel = {
  kind: "hourly",
  usdPerHour: 0.36,
  item: "a reference instance",
  assumed: true,
  priceDate: "2026-11-01",
  source: "a price list",
};
const metered: CostModel = {
  kind: "metered",
  usdPerUnit: { rru: 0.125e-6, wru: 0.625e-6 },
  item: "on-demand",
  assumed: false,
  priceDate: "2026-11-01",
  source: "a price list",
};

Deno.test("cost() spreads an hour's price over the measured throughput", () => {
  const c = cost(hourly, { operations: 500, throughput: 1000, consumed: {} });
  // 0.36 / 3.6M requests an hour = $0.1 a million.
  assert.ok(Math.abs(c.usdPerMillionRequests - 0.1) < 1e-12);
  assert.equal(c.usdPerIdleHour, 0.36);
  assert.ok(Math.abs(c.usdPerIdleMonth - 262.8) < 1e-9);
  assert.equal(c.assumed, true);
  assert.equal(c.item, "a reference instance");
  assert.match(c.basis, /1,000 requests a second/);
});

Deno.test("cost() prices the units that the service reported", () => {
  const c = cost(metered, {
    operations: 1000,
    throughput: 50,
    consumed: { rru: 15_000 },
  });
  // 15 RRU · $0.125 a million.
  assert.ok(Math.abs(c.usdPerMillionRequests - 1.875) < 1e-12);
  assert.equal(c.usdPerIdleHour, 0);
  assert.equal(c.assumed, false);
  assert.match(c.basis, /15 RRU a request/);
});

Deno.test("cost() is unknown where nothing was reported, or has no price", () => {
  const none = cost(metered, { operations: 10, throughput: 5, consumed: {} });
  assert.ok(Number.isNaN(none.usdPerMillionRequests));
  assert.match(none.basis, /reported no consumed units/);
  const other = cost(metered, {
    operations: 10,
    throughput: 5,
    consumed: { credits: 1 },
  });
  assert.ok(Number.isNaN(other.usdPerMillionRequests));
  assert.match(other.basis, /No price for credits/);
  const still = cost(hourly, { operations: 0, throughput: 0, consumed: {} });
  assert.ok(Number.isNaN(still.usdPerMillionRequests));
});

Deno.test("cost() of what nobody bills is 0", () => {
  const c = cost({ kind: "none", item: "in-process" }, {
    operations: 1,
    throughput: 1,
    consumed: {},
  });
  assert.equal(c.usdPerMillionRequests, 0);
});
