import assert from "node:assert/strict";
import { inParallel } from "../../lib/transfers/parallel.ts";

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

Deno.test("inParallel() keeps the items' order, and never passes its limit", async () => {
  let running = 0;
  let most = 0;
  const results = await inParallel([5, 1, 4, 2, 3], 2, async (n) => {
    most = Math.max(most, ++running);
    await pause(n);
    running--;
    return n * 10;
  });
  assert.deepEqual(results, [50, 10, 40, 20, 30]);
  assert.equal(most, 2);
  assert.deepEqual(await inParallel([], 2, () => Promise.resolve(1)), []);
});

Deno.test("inParallel() throws the first error after all under way have ended", async () => {
  const ended: number[] = [];
  const work = async (n: number, signal: AbortSignal) => {
    if (n === 2) throw new Error("two");
    await pause(10);
    ended.push(n);
    assert.ok(signal.aborted);
  };
  await assert.rejects(inParallel([1, 2, 3, 4], 2, work), /^Error: two$/);
  assert.deepEqual(ended, [1]);
});

Deno.test("inParallel() rejects with the signal's reason", async () => {
  const stop = new AbortController();
  const begun: number[] = [];
  const work = async (n: number) => {
    begun.push(n);
    stop.abort(new Error("enough"));
    await pause(1);
  };
  const run = inParallel([1, 2, 3], 1, work, stop.signal);
  await assert.rejects(run, /^Error: enough$/);
  assert.deepEqual(begun, [1]);
});

Deno.test("inParallel() refuses a limit below 1", async () => {
  const work = () => Promise.resolve(1);
  await assert.rejects(inParallel([1], 0, work), /Cannot work 0 at a time/);
  await assert.rejects(inParallel([1], NaN, work), RangeError);
});
