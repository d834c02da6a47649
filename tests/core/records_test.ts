import assert from "node:assert/strict";
import { own } from "../../lib/core/records.ts";

Deno.test("own() finds what a record holds, and nothing of its prototype", () => {
  const rows = Object.fromEntries([["orders", 1], ["__proto__", 2]]);
  assert.equal(own(rows, "orders"), 1);
  assert.equal(own(rows, "__proto__"), 2);
  for (const name of ["constructor", "toString", "hasOwnProperty"]) {
    assert.equal(own(rows, name), undefined);
  }
  assert.equal(own(undefined, "orders"), undefined);
});
