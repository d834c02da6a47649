import assert from "node:assert/strict";
import { pause } from "../../lib/core/pause.ts";

Deno.test("pause() waits as long as it is told to", async () => {
  const began = performance.now();
  await pause(20, new AbortController().signal);
  assert.ok(performance.now() - began >= 19);
});

Deno.test("pause() ends with the signal's reason, also one given before", async () => {
  const stop = new AbortController();
  const waiting = pause(60_000, stop.signal);
  const reason = new Error("enough");
  stop.abort(reason);
  await assert.rejects(waiting, reason);
  await assert.rejects(pause(60_000, stop.signal), reason);
});
