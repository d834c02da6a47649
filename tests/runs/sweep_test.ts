import assert from "node:assert/strict";
import { layOut } from "../../lib/runs/sweep.ts";

const SPEC = {
  clients: [1, 10],
  iterations: 100,
  minimum: 1000,
  warmup: 10,
  rounds: 2,
  seed: 0,
};

Deno.test("layOut() lets the systems take turns, there and back", () => {
  const passes = layOut(SPEC, 3);
  assert.deepEqual(
    passes.map((p) => [p.clients, p.round, p.system]),
    [
      [1, 0, 0],
      [1, 0, 1],
      [1, 0, 2],
      [1, 1, 2],
      [1, 1, 1],
      [1, 1, 0],
      [10, 0, 0],
      [10, 0, 1],
      [10, 0, 2],
      [10, 1, 2],
      [10, 1, 1],
      [10, 1, 0],
    ],
  );
  assert.deepEqual(passes.map((p) => p.position), [...passes.keys()]);
});

Deno.test("layOut() asks every system the same requests, and none twice", () => {
  const passes = layOut({ ...SPEC, rounds: 3 }, 2);
  const ranges = Map.groupBy(passes, (p) => `${p.clients} ${p.round}`);
  let next = 0;
  for (const same of ranges.values()) {
    assert.equal(same.length, 2);
    for (const { firstRequest } of same) assert.equal(firstRequest, next);
    next += same[0].clients * same[0].iterations;
  }
});

Deno.test("layOut() makes the iterations or the minimum, in rounds that are alike", () => {
  for (const rounds of [1, 2, 3, 6, 7]) {
    for (const [clients, wanted] of [[1, 1000], [10, 100], [50, 100]]) {
      const each = layOut({ ...SPEC, clients: [clients], rounds }, 1)
        .map((pass) => pass.iterations);
      assert.equal(each.reduce((sum, n) => sum + n, 0), wanted);
      assert.ok(Math.max(...each) - Math.min(...each) <= 1);
    }
  }
  const few = layOut({
    ...SPEC,
    clients: [4],
    iterations: 1,
    minimum: 1,
    rounds: 3,
  }, 1);
  assert.deepEqual(few.map((pass) => pass.iterations), [1, 1, 1]);
});

Deno.test("layOut() warms up less where connections are warm already", () => {
  const passes = layOut({ ...SPEC, rounds: 3 }, 1);
  assert.deepEqual(passes.map((p) => p.warmup), [10, 2, 2, 10, 2, 2]);
});

Deno.test("layOut() begins elsewhere with another seed, below the warm-up's requests", () => {
  const first = (seed: number) => layOut({ ...SPEC, seed }, 1)[0].firstRequest;
  assert.notEqual(first(1), first(2));
  assert.ok(first(999) + 1e9 < 2 ** 40);
});
