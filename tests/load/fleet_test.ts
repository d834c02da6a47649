import assert from "node:assert/strict";
import { ServemarkError } from "../../lib/core/errors.ts";
import {
  divide,
  type Fleet,
  type FleetOptions,
  type FleetPoint,
  openFleet,
} from "../../lib/load/fleet.ts";
import { totalCount } from "../../lib/load/histogram.ts";
import type { WorkerRecord } from "../../lib/load/plan.ts";
import type { Strategy } from "../../lib/platforms/driver.ts";
import type { PlatformSettings } from "../../lib/platforms/platform.ts";
import { loadedMemory, tinyDataset } from "./tiny.ts";

const dataset = tinyDataset(4, 60);
const DRIVERS = ["polled", "direct"] as const;

const POINT: FleetPoint = {
  point: 2,
  clients: 5,
  iterations: 40,
  warmup: 3,
  firstRequest: 1000,
  think: 0,
  verify: 4,
  timeout: 5,
  sampleBudget: 10_000,
};

/** Opens a fleet on a memory platform, gives it to the test, and closes both. */
async function withFleet(
  how: {
    driver?: string;
    workers?: number;
    strategy?: Strategy;
    faults?: PlatformSettings;
    signal?: AbortSignal;
  },
  test: (fleet: Fleet) => Promise<void>,
): Promise<void> {
  const platform = await loadedMemory(dataset, how.faults);
  const options: FleetOptions = {
    workers: how.workers ?? 2,
    signal: how.signal,
    setup: {
      dataset,
      driver: platform.driver(how.driver),
      workload: { name: "fanout", strategy: how.strategy ?? "batched" },
    },
  };
  const fleet = await openFleet(options);
  try {
    await test(fleet);
  } finally {
    await fleet.close();
    await platform.close();
  }
}

const sum = (records: WorkerRecord[], of: (r: WorkerRecord) => number) =>
  records.reduce((n, record) => n + of(record), 0);

/** What each operation was: client, operation, rows, bytes. */
function operations(records: WorkerRecord[]): string[] {
  return records.flatMap(({ samples: s }) =>
    Array.from(
      s.client,
      (client, k) => [client, s.operation[k], s.rows[k], s.bytes[k]].join("/"),
    )
  ).sort();
}

for (const driver of DRIVERS) {
  Deno.test(`openFleet() measures every operation once through memory/${driver}`, async () => {
    await withFleet({ driver }, async (fleet) => {
      let told = 0;
      const records = await fleet.run(POINT, (done) => told = done);
      assert.equal(records.length, 2);
      assert.equal(told, 200);
      assert.equal(sum(records, (r) => r.operations), 200);
      assert.equal(sum(records, (r) => r.codes[0]), 200);
      assert.equal(sum(records, (r) => totalCount(r.response)), 200);
      assert.equal(sum(records, (r) => r.rows), 800);
      assert.ok(sum(records, (r) => r.bytes) > 0);
      // Four operations of four rows, before and after.
      assert.equal(sum(records, (r) => r.verified), 32);
      assert.equal(sum(records, (r) => r.mismatched), 0);
      for (const record of records) {
        assert.equal(record.point, 2);
        assert.equal(record.cutShort, false);
        assert.equal(record.lastError, undefined);
        assert.ok(record.first > 0 && record.last > record.first);
        const { samples } = record;
        for (let k = 0; k < samples.length; k++) {
          assert.ok(samples.planned[k] <= samples.sent[k]);
          assert.ok(samples.sent[k] <= samples.done[k]);
        }
      }
      assert.deepEqual(
        [...new Set(records.flatMap((r) => [...r.samples.client]))].sort(),
        [0, 1, 2, 3, 4],
      );
    });
  });

  Deno.test(`openFleet() counts an injected failure by its code through memory/${driver}`, async () => {
    const faults = { failEvery: 10 };
    await withFleet({ driver, workers: 1, faults }, async (fleet) => {
      const [record] = await fleet.run({ ...POINT, warmup: 0, verify: 0 });
      assert.deepEqual(record.codes, [180, 0, 20, 0, 0]);
      assert.equal(totalCount(record.response), 200);
      assert.match(record.lastError!, /injected failure/);
    });
  });

  Deno.test(`openFleet() ends with a message when memory/${driver} throws`, async () => {
    await withFleet({ driver, faults: { throwAt: 50 } }, async (fleet) => {
      await assert.rejects(
        fleet.run(POINT),
        (error) =>
          error instanceof ServemarkError &&
          /load cannot go on: an injected exception/.test(error.message),
      );
      await assert.rejects(fleet.run(POINT), /an injected exception/);
    });
  });

  Deno.test(`openFleet() ends with a message when answers of memory/${driver} crash it`, async () => {
    await withFleet({ driver, faults: { crashAt: 50 } }, async (fleet) => {
      await assert.rejects(fleet.run(POINT), /cannot go on: an injected crash/);
      await assert.rejects(fleet.prepare(3), /an injected crash/);
    });
  });

  Deno.test(`openFleet() plans by the think time through memory/${driver}`, async () => {
    await withFleet({ driver, workers: 1 }, async (fleet) => {
      const [{ samples: s }] = await fleet.run({
        ...POINT,
        clients: 2,
        iterations: 4,
        think: 0.02,
      });
      for (const client of [0, 1]) {
        const own = [...s.client.keys()].filter((k) => s.client[k] === client);
        own.sort((a, b) => s.operation[a] - s.operation[b]);
        assert.equal(own.length, 4);
        for (let k = 1; k < own.length; k++) {
          const pause = s.planned[own[k]] - s.done[own[k - 1]];
          assert.ok(Math.abs(pause - 20_000) < 1, `${pause} µs`);
        }
      }
    });
  });

  Deno.test(`openFleet() says so when memory/${driver} does not answer the warm-up`, async () => {
    const faults = { stallAt: 3, stall: Infinity };
    await withFleet({ driver, workers: 1, faults }, async (fleet) => {
      await assert.rejects(
        fleet.run({ ...POINT, timeout: 0.05 }),
        /Cannot warm up: 1 client got no answer within 0.1 s/,
      );
    });
  });

  Deno.test(`Fleet.stop() keeps what was measured through memory/${driver}`, async () => {
    const faults = { delay: 5_000 };
    await withFleet({ driver, faults }, async (fleet) => {
      const began = performance.now();
      const records = await fleet.run(
        { ...POINT, iterations: 100_000 },
        (done) => done > 20 && fleet.stop(),
      );
      assert.ok(performance.now() - began < 5_000);
      for (const record of records) {
        assert.equal(record.cutShort, true);
        assert.ok(record.operations > 5);
        assert.equal(record.samples.length, record.operations);
        assert.equal(totalCount(record.service), record.operations);
      }
      assert.deepEqual(await fleet.run(POINT), []);
    });
  });

  Deno.test(`Fleet.stop() does not wait for an answer that never comes through memory/${driver}`, async () => {
    const faults = { stallAt: 8, stall: Infinity };
    await withFleet({ driver, workers: 1, faults }, async (fleet) => {
      const running = fleet.run({
        ...POINT,
        clients: 2,
        warmup: 0,
        verify: 0,
        timeout: 60,
      });
      await new Promise((wake) => setTimeout(wake, 300));
      fleet.stop();
      const began = performance.now();
      const [record] = await running;
      assert.ok(performance.now() - began < 5_000);
      assert.equal(record.cutShort, true);
      assert.equal(record.codes[3], 1);
      assert.ok(record.service.max > 1e6);
    });
  });

  Deno.test(`openFleet() counts a timeout once, and drops its late answer, through memory/${driver}`, async () => {
    const faults = { delay: 1_000, stallAt: 8, stall: 300_000 };
    await withFleet({ driver, workers: 1, faults }, async (fleet) => {
      const [record] = await fleet.run({
        ...POINT,
        clients: 2,
        iterations: 20,
        warmup: 0,
        verify: 0,
        timeout: 0.2,
      });
      assert.deepEqual(record.codes, [39, 0, 0, 1, 0]);
      assert.equal(record.cutShort, false);
      assert.ok(Math.abs(record.service.max - 200_000) < 1);
      // The client's next operation waited for the connection: its response
      // time holds the wait, its service time does not.
      const { samples: s } = record;
      const at = s.code.indexOf(3);
      const next = s.operation.findIndex((n, k) =>
        s.client[k] === s.client[at] && n === s.operation[at] + 1
      );
      assert.ok(s.done[next] - s.planned[next] > 90_000);
      assert.ok(s.done[next] - s.sent[next] < 90_000);
    });
  });

  Deno.test(`openFleet() gives up a client that never gets its answer through memory/${driver}`, async () => {
    const faults = { delay: 1_000, stallAt: 8, stall: Infinity };
    await withFleet({ driver, workers: 1, faults }, async (fleet) => {
      const point = {
        ...POINT,
        clients: 2,
        iterations: 20,
        warmup: 0,
        verify: 0,
        timeout: 0.1,
      };
      const [record] = await fleet.run(point);
      assert.equal(record.codes[3], 1);
      assert.ok(record.operations > 20 && record.operations < 40);
      assert.equal(record.cutShort, true);
      assert.match(record.lastError!, /1 client got no answer within 0.2 s/);
      // The next point has connections of its own.
      const [next] = await fleet.run({ ...point, iterations: 3 });
      assert.equal(next.operations, 6);
    });
  });
}

Deno.test("openFleet() asks the same requests whatever the number of workers", async () => {
  const seen: string[][] = [];
  for (const workers of [1, 2, 5]) {
    await withFleet({ workers }, async (fleet) => {
      seen.push(operations(await fleet.run(POINT)));
    });
  }
  assert.equal(seen[0].length, 200);
  assert.deepEqual(seen[1], seen[0]);
  assert.deepEqual(seen[2], seen[0]);
});

Deno.test("openFleet() records the parts of operations that make several requests", async () => {
  await withFleet({ strategy: "parallel" }, async (fleet) => {
    const records = await fleet.run(POINT);
    const parts = sum(
      records,
      ({ samples }) => samples.part.filter((p) => p >= 0).length,
    );
    assert.equal(parts, 800);
    for (const { samples } of records) {
      for (let k = 0; k < samples.length; k++) {
        assert.equal(samples.table[k], samples.part[k]);
      }
    }
  });
});

Deno.test("openFleet() reports rows that differ from the generator's", async () => {
  const other = { ...dataset, seed: dataset.seed + 1 };
  const platform = await loadedMemory(other);
  const fleet = await openFleet({
    workers: 1,
    setup: {
      dataset,
      driver: platform.driver(),
      workload: { name: "fanout", strategy: "batched" },
    },
  });
  try {
    const [record] = await fleet.run(POINT);
    assert.equal(record.verified, 32);
    assert.ok(record.mismatched > 16);
    assert.match(record.mismatch!, /^table card_features_0, key number \d+: /);
  } finally {
    await fleet.close();
  }
});

Deno.test("openFleet() leaves workers without clients idle", async () => {
  await withFleet({ workers: 3 }, async (fleet) => {
    const records = await fleet.run({ ...POINT, clients: 1 });
    assert.equal(records.length, 1);
    assert.equal(records[0].operations, 40);
    assert.equal((await fleet.run({ ...POINT, clients: 7 })).length, 3);
  });
});

Deno.test("openFleet() takes an abort for a stop", async () => {
  const abort = new AbortController();
  const faults = { delay: 5_000 };
  await withFleet({ faults, signal: abort.signal }, async (fleet) => {
    const records = await fleet.run(
      { ...POINT, iterations: 100_000 },
      () => abort.abort(),
    );
    assert.ok(records.length === 2 && records.every((r) => r.cutShort));
  });
});

Deno.test("Fleet.close() stops a point that is running, and twice is fine", async () => {
  for (const driver of DRIVERS) {
    await withFleet({ driver, faults: { delay: 5_000 } }, async (fleet) => {
      const running = fleet.run({ ...POINT, iterations: 100_000 });
      await new Promise((wake) => setTimeout(wake, 150));
      await fleet.close();
      const records = await running;
      assert.ok(records.length === 2 && records.every((r) => r.cutShort));
      await assert.rejects(fleet.prepare(1), /workers have been closed/);
      await fleet.close();
    });
  }
});

Deno.test("openFleet() says which table a platform does not have", async () => {
  const platform = await loadedMemory(tinyDataset(2, 10));
  const fleet = await openFleet({
    workers: 1,
    setup: {
      dataset,
      driver: platform.driver(),
      workload: { name: "fanout", strategy: "batched" },
    },
  });
  try {
    await assert.rejects(
      fleet.prepare(2),
      /card_features_2[\s\S]*not been loaded/,
    );
  } finally {
    await fleet.close();
  }
});

Deno.test("openFleet() refuses unknown workloads and drivers, listing the known ones", async () => {
  const platform = await loadedMemory(dataset);
  const workload = { name: "fanout", strategy: "batched" } as const;
  await assert.rejects(
    openFleet({
      workers: 2,
      setup: {
        dataset,
        driver: platform.driver(),
        workload: { ...workload, name: "scan" },
      },
    }),
    /Unknown workload "scan"[\s\S]*fanout, lookup/,
  );
  const fleet = await openFleet({
    workers: 1,
    setup: {
      dataset,
      driver: { driver: "memory/x", connection: {} },
      workload,
    },
  });
  try {
    await assert.rejects(
      fleet.prepare(1),
      /Unknown driver "memory\/x"[\s\S]*memory\/direct, memory\/polled/,
    );
  } finally {
    await fleet.close();
  }
});

Deno.test("divide() shares clients out evenly, in order", () => {
  assert.deepEqual(divide(7, 3), [
    { first: 0, count: 3 },
    { first: 3, count: 2 },
    { first: 5, count: 2 },
  ]);
  assert.deepEqual(divide(1, 4), [{ first: 0, count: 1 }]);
});
