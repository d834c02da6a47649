import assert from "node:assert/strict";
import { DistinctKeys } from "../../../lib/transfers/load/distinct_keys.ts";

Deno.test("DistinctKeys tells a million different keys apart, and finds each again", () => {
  const keys = new DistinctKeys();
  for (let k = 0; k < 1_000_000; k++) assert(keys.add(`user-${k}`), `${k}`);
  assert.equal(keys.size, 1_000_000);
  for (let k = 0; k < 1_000_000; k += 997) assert(!keys.add(`user-${k}`));
  assert.equal(keys.size, 1_000_000);
});

Deno.test("DistinctKeys tells a million consecutive numbers apart", () => {
  const keys = new DistinctKeys();
  for (let k = 0; k < 1_000_000; k++) assert(keys.add(4_000_000_000 + k));
  assert(!keys.add(4_000_000_000));
});

Deno.test("DistinctKeys keeps the bounds of a key's values", () => {
  const keys = new DistinctKeys();
  assert(keys.add("a", "bc"));
  assert(keys.add("ab", "c"));
  assert(keys.add("abc"));
  assert(keys.add("", "abc"));
  assert(!keys.add("ab", "c"));
});
