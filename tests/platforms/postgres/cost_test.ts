import assert from "node:assert/strict";
import { hourlyCost } from "../../../lib/platforms/postgres/cost.ts";

Deno.test("hourlyCost() assumes a named reference where none is stated", () => {
  const cost = hourlyCost({});
  assert.ok(cost.kind === "hourly");
  assert.equal(cost.usdPerHour, 0.48);
  assert.equal(cost.assumed, true);
  assert.match(cost.item, /Aurora.*4 ACU.*assumed/);
  assert.match(cost.priceDate, /^\d{4}-\d\d-\d\d$/);
});

Deno.test("hourlyCost() takes the price that the settings state", () => {
  const cost = hourlyCost({
    usdPerHour: 1.25,
    priceItem: "our own server",
    priceDate: "2026-01-31",
  });
  assert.deepEqual(cost, {
    kind: "hourly",
    usdPerHour: 1.25,
    item: "our own server",
    assumed: false,
    priceDate: "2026-01-31",
    source: "settings",
  });
  assert.throws(() => hourlyCost({ usdPerHour: "much" }), /usdPerHour "much"/);
});
