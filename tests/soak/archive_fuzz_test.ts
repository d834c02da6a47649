import assert from "node:assert/strict";
import { fuzz } from "../formats/pg_dump/mutations.ts";

Deno.test("openArchive() ends 20,000 damaged archives with its own errors, or reads them", async () => {
  const before = Deno.memoryUsage().rss;
  const { refused, read, slowest } = await fuzz(20_000);
  assert.equal(refused + read, 20_000);
  assert.ok(refused > 10_000, `${refused} refused, ${read} read`);
  assert.ok(slowest < 60_000, `the slowest took ${slowest} ms`);
  const grown = Deno.memoryUsage().rss - before;
  assert.ok(grown < 600e6, `memory grew by ${grown} bytes`);
});
