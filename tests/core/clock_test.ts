import assert from "node:assert/strict";
import { openClock, threadCpu } from "../../lib/core/clock.ts";

Deno.test("openClock() never goes back, and counts microseconds", async () => {
  const clock = openClock();
  let last = clock();
  for (let k = 0; k < 10_000; k++) {
    const now = clock();
    assert.ok(now >= last);
    last = now;
  }
  const before = clock();
  const reference = performance.now();
  await new Promise((wake) => setTimeout(wake, 50));
  const wanted = (performance.now() - reference) * 1e3;
  const slept = clock() - before;
  assert.ok(Math.abs(slept - wanted) < 5_000, `${slept} µs, not ${wanted}`);
});

Deno.test("openClock() is the same clock in every thread", async () => {
  const source = `
    import { openClock } from "${
    import.meta.resolve("../../lib/core/clock.ts")
  }";
    self.onmessage = () => self.postMessage(openClock()());
    self.postMessage(0);
  `;
  const url = URL.createObjectURL(
    new Blob([source], { type: "text/typescript" }),
  );
  const worker = new Worker(url, { type: "module" });
  try {
    const answer = () =>
      new Promise<number>((resolve, reject) => {
        worker.onmessage = (event) => resolve(event.data);
        worker.onerror = (event) => reject(new Error(event.message));
      });
    await answer();
    const clock = openClock();
    const before = clock();
    worker.postMessage(null);
    const there = await answer();
    const after = clock();
    assert.ok(before <= there && there <= after, `${before} ${there} ${after}`);
  } finally {
    worker.terminate();
    URL.revokeObjectURL(url);
  }
});

Deno.test({
  name: "threadCpu() counts this thread's work, not its sleep",
  ignore: Deno.build.os !== "linux",
  async fn() {
    const before = threadCpu();
    await new Promise((wake) => setTimeout(wake, 60));
    const asleep = threadCpu() - before;
    const clock = openClock();
    const end = clock() + 60_000;
    while (clock() < end);
    const awake = threadCpu() - before - asleep;
    assert.ok(asleep < 30_000, `${asleep} µs asleep`);
    assert.ok(awake > asleep, `${awake} µs awake, ${asleep} µs asleep`);
  },
});
