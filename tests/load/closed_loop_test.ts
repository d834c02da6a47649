import assert from "node:assert/strict";
import { ClosedLoop } from "../../lib/load/closed_loop.ts";

function loop(over: Partial<ConstructorParameters<typeof ClosedLoop>[0]> = {}) {
  return new ClosedLoop({
    clients: 3,
    firstClient: 0,
    iterations: 4,
    firstRequest: 100,
    think: 0,
    start: 1000,
    ...over,
  });
}

Deno.test("ClosedLoop runs each client's iterations once, and then nothing", () => {
  const schedule = loop();
  const seen: number[] = [];
  let now = 1000;
  for (let slot; (slot = schedule.due(now)) >= 0; now += 5) {
    seen.push(schedule.request[slot]);
    schedule.free(slot, now + 5);
  }
  assert.deepEqual(
    seen.sort((a, b) => a - b),
    Array.from({ length: 12 }, (_, k) => 100 + k),
  );
  assert.equal(schedule.left, 0);
  assert.equal(schedule.next(), Infinity);
});

Deno.test("ClosedLoop has at most one operation of a client in flight", () => {
  const schedule = loop();
  const running = [schedule.due(1000), schedule.due(1000), schedule.due(1000)];
  assert.deepEqual(running, [0, 1, 2]);
  assert.equal(schedule.due(1e9), -1);
  schedule.free(1, 1500);
  assert.equal(schedule.due(1499), -1);
  assert.equal(schedule.due(1500), 1);
  assert.equal(schedule.planned[1], 1500);
  assert.equal(schedule.operation[1], 1);
});

Deno.test("ClosedLoop plans the next operation after the think time", () => {
  const schedule = loop({ clients: 1, think: 250 });
  schedule.free(schedule.due(1000), 1100);
  assert.equal(schedule.next(), 1350);
  assert.equal(schedule.due(1349), -1);
  assert.equal(schedule.due(1400), 0);
  assert.equal(schedule.planned[0], 1350);
});

Deno.test("ClosedLoop asks the same requests, however the clients are shared out", () => {
  const requests = (clients: number, firstClient: number) => {
    const schedule = loop({ clients, firstClient });
    const seen: number[] = [];
    for (let slot; (slot = schedule.due(2000)) >= 0;) {
      seen.push(schedule.request[slot]);
      schedule.free(slot, 1500);
    }
    return seen;
  };
  const one = requests(5, 0);
  const two = [...requests(3, 0), ...requests(2, 3)];
  assert.deepEqual(two.sort(), one.sort());
});

Deno.test("ClosedLoop.stop() plans nothing more", () => {
  const schedule = loop();
  const slot = schedule.due(1000);
  schedule.stop();
  assert.equal(schedule.due(1e9), -1);
  schedule.free(slot, 1200);
  assert.equal(schedule.next(), Infinity);
});

Deno.test("ClosedLoop without iterations has nothing to do", () => {
  const schedule = loop({ iterations: 0 });
  assert.equal(schedule.due(1e9), -1);
  assert.equal(schedule.next(), Infinity);
});
