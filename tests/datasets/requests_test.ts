import assert from "node:assert/strict";
import { datasetSpec } from "../../lib/datasets/compile.ts";
import { loadDomain } from "../../lib/datasets/domain.ts";
import { tableGenerator } from "../../lib/datasets/generator.ts";
import { scatter, scatterOf } from "../../lib/datasets/popularity.ts";
import { requestTable } from "../../lib/datasets/requests.ts";
import type { EntitySpec } from "../../lib/datasets/spec.ts";
import { assertFollows, binned } from "./chi_square.ts";

const DOMAIN = await loadDomain("fraud_detection");
const SPEC = datasetSpec(DOMAIN, { rows: 300_000 });
const N = 100_000;

/** The keys that N requests ask for, by entity. */
function asked(spec = SPEC): Float64Array[] {
  const requests = requestTable(spec);
  const keys = spec.entities.map(() => new Float64Array(N));
  const out = new Float64Array(spec.entities.length);
  for (let i = 0; i < N; i++) {
    requests.keys(i, out);
    out.forEach((key, e) => keys[e][i] = key);
  }
  return keys;
}

/** The exponent under which the ranks are likeliest: mean log rank meets its expectation. */
function fittedExponent(ranks: Float64Array, keys: number): number {
  const mean = ranks.reduce((sum, r) => sum + Math.log(r + 1), 0) /
    ranks.length;
  let [low, high] = [0, 5];
  for (let k = 0; k < 40; k++) {
    const s = (low + high) / 2;
    let [weights, logs] = [0, 0];
    for (let r = 1; r <= keys; r++) {
      const w = r ** -s;
      weights += w;
      logs += w * Math.log(r);
    }
    if (logs / weights > mean) low = s;
    else high = s;
  }
  return low;
}

function entityOf(keys: number, popularity = 1): EntitySpec {
  const keyForm = { as: "integer", first: 0 } as const;
  return { name: "card", keys, keyForm, popularity };
}

Deno.test("scatter() is a permutation of any number of keys", () => {
  for (const keys of [1, 2, 3, 4, 6, 10, 97, 1000, 30_030, 65_536]) {
    const s = scatterOf(7, entityOf(keys));
    const seen = new Set<number>();
    for (let rank = 0; rank < keys; rank++) seen.add(scatter(s, rank));
    assert.equal(seen.size, keys);
    assert([...seen].every((k) => k >= 0 && k < keys));
  }
});

Deno.test("scatter() keeps hot keys apart", () => {
  for (const keys of [1000, 27_228, 1_000_000, 16_600_000_000, 2 ** 40]) {
    const s = scatterOf(7, entityOf(keys));
    const hot = Array.from({ length: 20 }, (_, rank) => scatter(s, rank));
    hot.sort((a, b) => a - b);
    hot.forEach((key, k) => {
      assert(Number.isSafeInteger(key) && key >= 0 && key < keys);
      assert(k === 0 || key - hot[k - 1] >= 10, `${keys}: ${hot}`);
    });
  }
});

Deno.test("requestTable() asks for keys that exist, and follows each entity's law", () => {
  asked().forEach((keys, e) => {
    const entity = SPEC.entities[e];
    const places = scatterOf(SPEC.seed, entity);
    const rankOf = new Map<number, number>();
    for (let rank = 0; rank < entity.keys; rank++) {
      rankOf.set(scatter(places, rank), rank);
    }
    const ranks = keys.map((key) => rankOf.get(key)!);
    assert(ranks.every((rank) => rank !== undefined));

    const edges = [0];
    while (edges.at(-1)! * 1.4 + 1 < entity.keys) {
      edges.push(Math.floor(edges.at(-1)! * 1.4 + 1));
    }
    const shares = edges.map((from, k) => {
      let sum = 0;
      for (let r = from; r < (edges[k + 1] ?? entity.keys); r++) {
        sum += (r + 1) ** -(entity.popularity as number);
      }
      return sum;
    });
    assertFollows(binned(ranks, edges), shares);
    const fitted = fittedExponent(ranks, entity.keys);
    assert(
      Math.abs(fitted - (entity.popularity as number)) < 0.02,
      `${entity.name}: ${fitted} for ${entity.popularity}`,
    );
  });
});

Deno.test("requestTable() is uniform when the dataset is", () => {
  const spec = datasetSpec(DOMAIN, { rows: 30_000, distribution: "uniform" });
  asked(spec).forEach((keys, e) => {
    const counts = new Array(spec.entities[e].keys).fill(0);
    for (const key of keys) counts[key]++;
    assertFollows(counts, counts.map(() => 1));
  });
});

Deno.test("requestTable() is pure: any order, any instance, any selection of tables", () => {
  const few = datasetSpec(DOMAIN, { rows: 300_000, tables: 5 });
  const [a, b] = [requestTable(SPEC), requestTable(few)];
  const [x, y] = [new Float64Array(8), new Float64Array(8)];
  for (const i of [0, 5, 3, 2 ** 40, 5, 0, 123_456_789]) {
    a.keys(i, x);
    b.keys(i, y);
    assert.deepEqual(x, y);
  }
});

Deno.test("requestTable() reaches all of 16.6 billion rows' keys", () => {
  const spec = datasetSpec(DOMAIN, { rows: 16_600_000_000 });
  const requests = requestTable(spec);
  const out = new Float64Array(8);
  const highest = new Float64Array(8);
  for (let i = 0; i < N; i++) {
    requests.keys(i, out);
    out.forEach((key, e) => {
      assert(key >= 0 && key < spec.entities[e].keys);
      highest[e] = Math.max(highest[e], key);
    });
  }
  highest.forEach((key, e) => assert(key > 0.99 * spec.entities[e].keys));
});

Deno.test("requests and events agree on which keys are hot", () => {
  const spec = datasetSpec(DOMAIN, { rows: 30_000, events: ["transactions"] });
  const card = spec.entities.findIndex((e) => e.name === "card");
  const hottest = scatter(scatterOf(spec.seed, spec.entities[card]), 0);
  const generator = tableGenerator(spec, "transactions");
  const counts = new Map<number, number>();
  for (const key of generator.batch(0, 20_000).columns[0].values) {
    const k = key as number - 4_000_000_001;
    counts.set(k, (counts.get(k) ?? 0) + 1);
  }
  const [top] = [...counts].sort((a, b) => b[1] - a[1])[0];
  assert.equal(top, hottest);
  const asks = requestTable(spec);
  const out = new Float64Array(8);
  let hits = 0;
  for (let i = 0; i < 20_000; i++) {
    asks.keys(i, out);
    if (out[card] === hottest) hits++;
  }
  assert(hits > 1000);
});

Deno.test("requestTable().block() gives the keys that keys() gives", () => {
  const requests = requestTable(SPEC);
  const row = new Float64Array(8);
  const block = new Float64Array(3000);
  for (const from of [0, 1000, 2 ** 40]) {
    SPEC.entities.forEach((_, e) => {
      requests.block(e, from, 2990, block, 10);
      for (let k = 0; k < 2990; k += 13) {
        requests.keys(from + k, row);
        assert.equal(block[10 + k], row[e]);
      }
    });
  }
});
