import assert from "node:assert/strict";
import { inOrder } from "../../lib/transfers/ordered_workers.ts";

/** A worker that does jobs of different lengths one after the other, and fails at 13. */
const CODE = `
let setup, before = Promise.resolve();
self.onmessage = ({ data }) => {
  if (setup === undefined) { setup = data.times; return; }
  before = before.then(async () => {
    await new Promise((done) => setTimeout(done, data * 7 % 11));
    self.postMessage(data === 13 ? { kind: "error", message: "unlucky" }
      : { kind: "done", result: data * setup });
  });
};`;
const open = () =>
  new Worker(`data:text/javascript,${encodeURIComponent(CODE)}`, {
    type: "module",
  });

Deno.test("inOrder() gives results in the jobs' order, and never runs further ahead than told", async () => {
  let taken = 0;
  let asked = 0;
  function* jobs() {
    for (let job = 20; job < 60; job++) {
      asked++;
      assert.ok(asked - taken <= 6);
      yield job;
    }
  }
  const results: number[] = [];
  const options = { workers: 2, ahead: 5 };
  for await (
    const result of inOrder<unknown, number, number>(
      open,
      { times: 3 },
      jobs(),
      options,
    )
  ) {
    results.push(result);
    taken++;
  }
  assert.deepEqual(results, Array.from({ length: 40 }, (_, k) => 3 * (20 + k)));
});

Deno.test("inOrder() ends with the first error, and when it is aborted", async () => {
  const run = async (jobs: number[], signal?: AbortSignal) => {
    for await (
      const _ of inOrder(open, { times: 1 }, jobs, {
        workers: 2,
        ahead: 5,
        signal,
      })
    ) continue;
  };
  await assert.rejects(run([1, 2, 13, 4]), /unlucky/);
  const stop = new AbortController();
  setTimeout(() => stop.abort(new Error("enough")), 30);
  await assert.rejects(
    run(Array.from({ length: 500 }, (_, k) => 100 + k), stop.signal),
    /enough/,
  );
});
