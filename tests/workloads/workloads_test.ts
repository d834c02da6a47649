import assert from "node:assert/strict";
import type { DatasetSpec } from "../../lib/datasets/spec.ts";
import { requestTable } from "../../lib/datasets/requests.ts";
import { openWorkload } from "../../lib/workloads/open.ts";
import type { WorkloadSpec } from "../../lib/workloads/spec.ts";
import { tinyDataset } from "../load/tiny.ts";

const dataset = tinyDataset(5, 40);

function requests(spec: WorkloadSpec, order: readonly number[]) {
  const workload = openWorkload(dataset, spec);
  const rows = new Float64Array(workload.width);
  const cursor = workload.cursor();
  const seen = new Map<number, number[]>();
  for (const i of order) {
    assert.equal(cursor.fill(i, rows), 0);
    seen.set(i, [...rows]);
  }
  return [...seen].sort(([a], [b]) => a - b);
}

Deno.test("fanout() reads the first tables, by their entities' keys of the request", () => {
  const spec = { name: "fanout", strategy: "batched", tables: 4 } as const;
  const workload = openWorkload(dataset, spec);
  assert.equal(workload.width, 4);
  assert.deepEqual(
    workload.templates.map((t) => [t.strategy, t.reads.map((r) => r.name)]),
    [["batched", dataset.tables.slice(0, 4).map((t) => t.name)]],
  );
  const keys = new Float64Array(2);
  requestTable(dataset).keys(17, keys);
  const [card, device] = keys;
  assert.deepEqual(requests(spec, [17]), [[17, [card, device, card, device]]]);
});

Deno.test("fanout() reads all feature tables where no number is given, never event tables", () => {
  const events = { ...dataset.tables[0], name: "payments", events: true };
  const more: DatasetSpec = { ...dataset, tables: [...dataset.tables, events] };
  const workload = openWorkload(more, { name: "fanout", strategy: "parallel" });
  assert.equal(workload.width, 5);
});

Deno.test("fanout() refuses more tables than there are", () => {
  for (const tables of [0, 6, 1.5, NaN]) {
    assert.throws(
      () =>
        openWorkload(dataset, { name: "fanout", strategy: "batched", tables }),
      /has 5 feature tables[\s\S]*from 1 to 5/,
    );
  }
});

Deno.test("lookup() reads one row of the table asked for", () => {
  const table = dataset.tables[1].name;
  const workload = openWorkload(dataset, {
    name: "lookup",
    strategy: "batched",
    table,
  });
  assert.deepEqual(workload.templates.map((t) => t.reads.map((r) => r.name)), [
    [table],
  ]);
  const keys = new Float64Array(2);
  requestTable(dataset).keys(3, keys);
  const rows = new Float64Array(1);
  workload.cursor().fill(3, rows);
  assert.equal(rows[0], keys[1]);
});

Deno.test("lookup() lists the feature tables when it does not know one", () => {
  assert.throws(
    () =>
      openWorkload(dataset, {
        name: "lookup",
        strategy: "batched",
        table: "card_features_9",
      }),
    /Unknown feature table "card_features_9"[\s\S]*Known: card_features_0, device_features_1/,
  );
});

Deno.test("openWorkload() lists the workloads when it does not know one", () => {
  assert.throws(
    () => openWorkload(dataset, { name: "fanuot", strategy: "batched" }),
    /Unknown workload "fanuot"[\s\S]*Did you mean "fanout"\? Known: fanout, lookup/,
  );
});

Deno.test("workloads are pure: a request does not depend on those before it", () => {
  const numbers = [0, 1, 5, 15, 16, 99, 2 ** 39, 2 ** 39 + 1];
  for (const name of ["fanout", "lookup"]) {
    const spec: WorkloadSpec = { name, strategy: "batched" };
    const forward = requests(spec, numbers);
    assert.deepEqual(requests(spec, numbers.toReversed()), forward);
    for (const [, rows] of forward) {
      for (const row of rows) {
        assert.ok(Number.isInteger(row) && row >= 0 && row < 40);
      }
    }
  }
});
