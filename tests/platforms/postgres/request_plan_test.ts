import assert from "node:assert/strict";
import type { Strategy } from "../../../lib/platforms/driver.ts";
import { RequestPlan } from "../../../lib/platforms/postgres/request_plan.ts";
import { idTable, integerTable } from "../../fixtures/tables.ts";

const reads = [idTable("a", 10).table, integerTable("b", 10).table];
const STATEMENTS = ["s0", "s1"];
const BATCHED = { strategy: "batched", reads } as const;

Deno.test("RequestPlan patches keys to the bytes of a plan made for them", () => {
  const plan = new RequestPlan(BATCHED, STATEMENTS);
  const bytes = plan.bytes.slice();
  for (
    const rows of [[0, 0], [7, 7], [999_999, 5_000_000_000], [123_456, 2 ** 45]]
  ) {
    assert.equal(plan.patch(bytes, rows), true);
    assert.deepEqual(
      bytes,
      new RequestPlan(BATCHED, STATEMENTS, rows).bytes,
    );
  }
});

Deno.test("RequestPlan tells when a key is longer than its place", () => {
  const plan = new RequestPlan(BATCHED, STATEMENTS);
  assert.equal(plan.patch(plan.bytes.slice(), [1_000_000, 0]), false);
  const wide = new RequestPlan(BATCHED, STATEMENTS, [1_000_000, 0]);
  assert.equal(wide.bytes.length, plan.bytes.length + 1);
});

Deno.test("RequestPlan ends a request for all tables, or for each", () => {
  const ends = (strategy: Strategy) =>
    new RequestPlan({ strategy, reads }, STATEMENTS);
  assert.equal(ends("batched").ends.length, 1);
  for (const strategy of ["sequential", "parallel"] as const) {
    const plan = ends(strategy);
    assert.equal(plan.ends.length, 2);
    assert.equal(plan.ends[1], plan.bytes.length);
    // Each request ends with a Sync message.
    for (const end of plan.ends) assert.equal(plan.bytes[end - 5], 0x53);
  }
});
