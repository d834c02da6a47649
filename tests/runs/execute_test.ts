import assert from "node:assert/strict";
import { totalCount } from "../../lib/load/histogram.ts";
import { run } from "../../lib/runs/run.ts";
import type { RunResult } from "../../lib/runs/result.ts";
import { dataset } from "../../lib/transfers/dataset.ts";

const SMALL = dataset("fraud_detection").version("1.0").tables(4).rows("4k");

/** Runs with a catalog of its own, and removes that. */
async function withCatalog<T>(work: (catalog: string) => Promise<T>) {
  const catalog = await Deno.makeTempDir();
  try {
    return await work(catalog);
  } finally {
    await Deno.remove(catalog, { recursive: true });
  }
}

/** A quick run on memory. */
function plan(settings: Record<string, number> = {}) {
  return run("test").dataset(SMALL)
    .workload("fanout", { tables: 4, strategy: ["batched", "sequential"] })
    .clients(1, 4).iterations(30).minimum(60).rounds(2).workers(2)
    .on({ kind: "memory", settings });
}

const quiet = () => {};

Deno.test("execute() measures every point by identical requests, and checks them", async () => {
  const steps = new Map<string, number>();
  const { result } = await withCatalog((catalog) =>
    plan().execute({
      catalog,
      progress: ({ step, done }) => steps.set(step, done),
    })
  );
  assert.equal(steps.get("Run test"), 2 * (60 + 120));
  assert.deepEqual(
    result.points.map((p) => [p.index, p.system, p.clients, p.operations]),
    [
      [0, "memory batched", 1, 60],
      [1, "memory sequential", 1, 60],
      [2, "memory batched", 4, 120],
      [3, "memory sequential", 4, 120],
    ],
  );
  for (const point of result.points) {
    assert.deepEqual(point.codes, [point.operations, 0, 0, 0, 0]);
    assert.equal(point.rowsReturned, 4 * point.operations);
    assert.equal(totalCount(point.response), point.operations);
    assert.equal(totalCount(point.service), point.operations);
    assert.equal(point.rounds.length, 2);
    assert.ok(point.verified >= 40);
    assert.equal(point.mismatched, 0);
    assert.ok(point.throughput > 0);
    const whole = wholeOperations(result, point.index);
    assert.equal(whole, point.operations);
  }
  const positions = result.points.flatMap((p) => p.rounds)
    .map((r) => r.position).sort((a, b) => a - b);
  assert.deepEqual(positions, [0, 1, 2, 3, 4, 5, 6, 7]);
  assert.equal(result.cutShort, false);
  assert.ok(result.ceiling.operationsPerSecond > 1000);
  assert.deepEqual(
    result.loads[0].fingerprints,
    result.dataset.fingerprints,
  );
});

function wholeOperations(result: RunResult, point: number): number {
  let n = 0;
  for (let k = 0; k < result.samples.length; k++) {
    if (result.samples.point[k] === point && result.samples.part[k] < 0) n++;
  }
  return n;
}

Deno.test("execute() marks what errors spoil", async () => {
  const { result } = await withCatalog((catalog) =>
    plan({ failEvery: 10 }).execute({ catalog, progress: quiet })
  );
  for (const point of result.points) {
    assert.ok(point.codes[2] > 0);
    const found = point.reasons.find((r) => r.code === "errors");
    assert.equal(found?.spoils, "all");
  }
});

Deno.test("execute() keeps what was measured when it is stopped, and says so", async () => {
  const stop = new AbortController();
  const { result } = await withCatalog((catalog) =>
    plan({ delay: 10_000 }).execute({
      catalog,
      signal: stop.signal,
      progress: ({ step, detail, done }) => {
        // In the middle of the second point's first round.
        if (
          step === "Run test" && detail?.includes("sequential") && done > 35
        ) {
          stop.abort(new Error("enough"));
        }
      },
    })
  );
  assert.equal(result.cutShort, true);
  assert.ok(result.points.length < 4);
  const cut = result.points.filter((p) => p.cutShort);
  assert.ok(cut.length > 0);
  for (const point of cut) {
    assert.match(point.invalid.join(), /Cut short after \d+ of \d+ operations/);
  }
  assert.match(result.warnings.join(), /The run was cut short/);
});

Deno.test("execute() rejects when it is stopped before anything was measured", async () => {
  await withCatalog(async (catalog) => {
    const stop = new AbortController();
    const work = plan().execute({
      catalog,
      signal: stop.signal,
      progress: ({ step }) => {
        if (step.startsWith("Load")) stop.abort();
      },
    });
    await assert.rejects(
      work,
      /Stopped before anything was measured[\s\S]*Run it again/,
    );
    await assert.rejects(
      plan().execute({ catalog, signal: AbortSignal.abort(), progress: quiet }),
      /Stopped before anything was measured/,
    );
  });
});

Deno.test("execute() goes on with the others when a system is lost", async () => {
  const { result } = await withCatalog((catalog) =>
    plan().workload("fanout", { tables: 4, strategy: "batched" })
      .on(
        { kind: "memory", name: "sound" },
        // Its first point has 60 operations and 5 times 2 comparisons a round.
        { kind: "memory", name: "doomed", settings: { throwAt: 45 } },
      )
      .execute({ catalog, progress: quiet })
  );
  const of = (system: string) =>
    result.points.filter((p) => p.system === system);
  assert.equal(of("sound batched").length, 2);
  for (const point of of("sound batched")) {
    assert.equal(point.reasons.some((r) => r.code === "vanished"), false);
  }
  const lost = of("doomed batched").at(-1)!;
  assert.equal(lost.reasons[0].code, "vanished");
  assert.match(
    result.warnings.join("\n"),
    /doomed.*could not be measured from/,
  );
});

Deno.test("execute() rejects when every system is lost at once", async () => {
  await withCatalog(async (catalog) => {
    await assert.rejects(
      plan({ throwAt: 1 }).execute({ catalog, progress: quiet }),
      /Nothing could be measured by "test"/,
    );
  });
});

Deno.test("execute() refuses what the platform or the dataset does not have, before it loads", async () => {
  await withCatalog(async (catalog) => {
    const steps = new Set<string>();
    const progress = ({ step }: { step: string }) => void steps.add(step);
    await assert.rejects(
      plan().on({ kind: "memory", driver: "pg" }).execute({
        catalog,
        progress,
      }),
      /Memory has no driver "pg"[\s\S]*polled, direct/,
    );
    await assert.rejects(
      plan().workload("fanout", { tables: 99 }).execute({ catalog, progress }),
      /Cannot fan out over 99 tables/,
    );
    assert.equal([...steps].some((step) => step.startsWith("Load")), false);
  });
});

Deno.test("execute() makes a system of each strategy and driver", async () => {
  const { result } = await withCatalog((catalog) =>
    plan().on({
      kind: "memory",
      name: "m",
      driver: ["polled", "memory/direct"],
    })
      .clients(2).iterations(5).minimum(10).rounds(1)
      .execute({ catalog, progress: quiet })
  );
  assert.deepEqual(result.systems.map((s) => [s.id, s.driver]), [
    ["m batched polled", "memory/polled"],
    ["m batched direct", "memory/direct"],
    ["m sequential polled", "memory/polled"],
    ["m sequential direct", "memory/direct"],
  ]);
});
