import assert from "node:assert/strict";
import { environment } from "../../lib/runs/environment.ts";
import { readSteal, stealBetween } from "../../lib/runs/steal.ts";

Deno.test("environment() names the machine and the versions that ran", () => {
  const found = environment(["postgres/epoll", "postgres/pg"]);
  assert.ok(found.cores >= 1);
  assert.ok(found.memoryBytes > 1e8);
  assert.equal(found.versions.deno, Deno.version.deno);
  assert.match(found.versions.servemark, /^\d+\.\d+\.\d+/);
  assert.match(found.versions.pg, /^\d+\.\d+\.\d+$/);
  assert.equal("@aws-sdk/client-dynamodb" in found.versions, false);
});

Deno.test("readSteal() counts all cores' time, where the system tells", async () => {
  const before = readSteal();
  await new Promise((wake) => setTimeout(wake, 60));
  const { stolen, total } = stealBetween(before, readSteal());
  if (Deno.build.os === "linux") assert.ok(total > 0);
  assert.ok(stolen >= 0 && stolen <= total);
  assert.deepEqual(stealBetween(undefined, before), { stolen: 0, total: 0 });
});
