import assert from "node:assert/strict";
import { datasetSpec } from "../../lib/datasets/compile.ts";
import { DAY, HOUR } from "../../lib/datasets/cycle.ts";
import { readDomain } from "../../lib/datasets/domain_file.ts";
import { tableGenerator } from "../../lib/datasets/generator.ts";
import { keyValue } from "../../lib/datasets/schema.ts";
import { ALL_LAWS } from "./all_laws.ts";
import { assertFollows, binned } from "./chi_square.ts";
import { assertKolmogorov, normalShare, spearman } from "./statistics.ts";

/** 400,000 rows of each of the two tables. */
const SPEC = datasetSpec(readDomain(ALL_LAWS, "laws.yaml"), {
  rows: 800_000,
  events: true,
});
const N = 400_000;

/** All values of a column, NULLs left out. */
function column(table: string, name: string): Float64Array {
  const { numbers, nulls } = read(table, name);
  return nulls ? numbers.filter((_, k) => nulls[k] === 0) : numbers;
}

function read(table: string, name: string) {
  const generator = tableGenerator(SPEC, table);
  const c = generator.table.columns.findIndex((col) => col.name === name);
  const vector = generator.batch(0, N).columns[c];
  return {
    numbers: vector.texts?.numbers ?? vector.values as Float64Array,
    nulls: vector.nulls,
  };
}

Deno.test("uniform: χ² over every value, Kolmogorov and Smirnov over a wide range", () => {
  const counts = new Array(100).fill(0);
  for (const v of column("card_laws", "narrow")) counts[v + 7]++;
  assertFollows(counts, counts.map(() => 1));
  const span = 4_503_599_627_370_495;
  assertKolmogorov(column("card_laws", "wide"), (v) => (v + 1) / span);
});

Deno.test("normal: Kolmogorov and Smirnov against the bell", () => {
  assertKolmogorov(
    column("card_laws", "bell"),
    (v) => normalShare((v + 0.5 - 50_000) / 8000),
  );
});

Deno.test("power law: the fitted exponent is the one asked for", () => {
  const values = column("card_laws", "power");
  // Maximum likelihood for the discrete law over [1, max], by bisection: at the
  // maximum, the law's mean logarithm is the sample's.
  let mean = 0;
  for (const v of values) mean += Math.log(v) / values.length;
  const theory = (exponent: number) => {
    let [weight, logs] = [0, 0];
    for (let v = 1; v <= 1_000_000; v++) {
      const w = v ** -exponent;
      weight += w;
      logs += w * Math.log(v);
    }
    return logs / weight;
  };
  let [low, high] = [1.5, 2.1];
  for (let k = 0; k < 12; k++) {
    const middle = (low + high) / 2;
    if (theory(middle) > mean) low = middle;
    else high = middle;
  }
  // Four standard errors: 1 / √(n · the variance of ln v), which is about 1.3.
  assert(Math.abs((low + high) / 2 - 1.8) < 4 / Math.sqrt(N * 1.3));
});

Deno.test("hot set: 2% of the values take 75% of the rows, evenly on both sides", () => {
  const values = column("card_laws", "hot");
  const edges = Array.from({ length: 40 }, (_, k) => 1 + 500 * k);
  edges.push(...Array.from({ length: 40 }, (_, k) => 20_001 + 24_500 * k));
  assertFollows(binned(values, edges), [
    ...new Array(40).fill(0.75 / 40),
    ...new Array(40).fill(0.25 / 40),
  ]);
});

Deno.test("hot set: entities' keys are asked for by it too", () => {
  const keys = SPEC.entities[0].keys;
  const counts = new Map<number, number>();
  for (const key of column("visits", "card")) {
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  // A hot key is expected 80 times, a cold one 0.2 times.
  const hot = [...counts.values()].filter((n) => n >= 20);
  assert.equal(hot.length, keys * 0.01);
  const rows = hot.reduce((a, b) => a + b, 0);
  assertFollows([rows, N - rows], [0.8, 0.2]);
});

Deno.test("categorical and flag: χ² of the weights", () => {
  const counts = [0, 0, 0, 0];
  for (const v of column("card_laws", "kind")) counts[v]++;
  assertFollows(counts, [5, 3, 0, 2]);
  const sure = column("card_laws", "sure").reduce((a, b) => a + b, 0);
  assertFollows([sure, N - sure], [0.3, 0.7]);
});

Deno.test("sequential: start + step · row, exactly", () => {
  column("card_laws", "serial").forEach((v, i) =>
    assert.equal(v, 1000 + 3 * i)
  );
  column("card_laws", "down").forEach((v, i) => assert.equal(v, 0 - 25 * i));
});

Deno.test("nulls: their share, by the binomial's bounds", () => {
  for (const [name, share] of [["bell", 0.1], ["friend", 0.2]] as const) {
    const { nulls } = read("card_laws", name);
    const count = nulls!.reduce((a, b) => a + b, 0);
    // Four standard deviations of a binomial.
    const bound = 4 * Math.sqrt(N * share * (1 - share));
    assert(Math.abs(count - N * share) < bound, `${name}: ${count}`);
  }
});

Deno.test("date: every day of the window alike", () => {
  const from = Date.UTC(1960, 0, 1) / 86_400_000;
  const to = Date.UTC(2008, 0, 1) / 86_400_000;
  const counts = new Array(to - from).fill(0);
  for (const v of column("card_laws", "born")) counts[v - from]++;
  assertFollows(counts, counts.map(() => 1));
});

const CYCLE = SPEC.tables[2].columns[1].distribution;

for (
  const [table, name] of [["card_laws", "paid_at"], ["visits", "event_time"]]
) {
  Deno.test(`time: ${table}.${name} has the day's cycle, χ² by hour, even days and even hours`, () => {
    const values = column(table, name);
    assert(CYCLE.kind === "event_time");
    const hours = new Array(24).fill(0);
    const minutes = new Array(60).fill(0);
    for (const v of values) {
      hours[Math.floor(v % DAY / HOUR)]++;
      minutes[Math.floor(v % HOUR / 60e6)]++;
    }
    assertFollows(hours, CYCLE.cycle!);
    assertFollows(minutes, minutes.map(() => 1));
    const { from, to } = SPEC.tables.flatMap((t) => t.columns)
      .find((c) => c.name === name)!.distribution as {
        from: number;
        to: number;
      };
    const days = new Array((to - from) / DAY).fill(0);
    for (const v of values) days[Math.floor((v - from) / DAY)]++;
    if (table !== "visits") assertFollows(days, days.map(() => 1));
    assert(values.every((v) => v >= from && v < to));
  });
}

Deno.test("time: Kolmogorov and Smirnov over the window", () => {
  const end = Date.UTC(2026, 5, 1) * 1000;
  const span = 30 * DAY;
  assertKolmogorov(
    column("card_laws", "seen_at"),
    (v) => (v + 1 - (end - span)) / span,
  );
});

Deno.test("event_time: increases strictly, even when rows fill the window", () => {
  const times = column("visits", "event_time");
  assert(times.every((t, k) => k === 0 || t > times[k - 1]));
  const tight = structuredClone(SPEC);
  const visits = tight.tables[2] as { rows: number };
  // The busiest hour has 13 of 149 parts, so takes times 3 µs apart.
  visits.rows = Math.floor(600 * DAY / 3);
  const generator = tableGenerator(tight, "visits");
  for (const from of [0, 19 * HOUR / 3, 20 * HOUR / 3 - 5000]) {
    const at = generator.batch(Math.floor(from), 10_000).columns[1].values;
    for (let k = 1; k < at.length; k++) assert(at[k] > at[k - 1]);
  }
});

Deno.test("foreign_key: every key is one of its entity's tables", () => {
  for (
    const [table, name, of] of [
      ["card_laws", "device", "device_rows"],
      ["card_laws", "friend", "card_laws"],
      ["visits", "card", "card_laws"],
    ]
  ) {
    const target = SPEC.tables.find((t) => t.name === of)!;
    const keys = new Set<number | string>(
      Array.from(
        { length: target.rows },
        (_, i) => keyValue(target.keyForm, i),
      ),
    );
    const generator = tableGenerator(SPEC, table);
    const c = generator.table.columns.findIndex((col) => col.name === name);
    const { values, nulls } = generator.batch(0, 50_000).columns[c];
    for (let r = 0; r < 50_000; r++) {
      if (!nulls?.[r]) assert(keys.has(values[r] as string), `${values[r]}`);
    }
  }
});

Deno.test("fraction: even between its bounds, at least `least`, never over the value", () => {
  const [count, distinct] = ["count", "distinct"].map((c) =>
    column("device_rows", c)
  );
  const huge = column("device_rows", "huge");
  const most = column("device_rows", "most");
  distinct.forEach((v, k) => {
    assert(v >= Math.min(1, count[k]) && v <= count[k]);
    assert(count[k] < 10 || v >= Math.round(count[k] * 0.2));
    assert(v <= Math.max(1, Math.round(count[k] * 0.9)));
  });
  const parts = most.map((v, k) => v / huge[k]);
  assertKolmogorov(parts, (p) => (p - 0.999) / 0.001);
});

Deno.test("product and fraction: no row of counts and sums contradicts itself", () => {
  const generator = tableGenerator(SPEC, "device_rows");
  const { columns, rows } = generator.batch(0, 100_000);
  const at = (name: string, r: number) => {
    const { values, nulls } =
      columns[generator.table.columns.findIndex((c) => c.name === name)];
    return nulls?.[r] ? null : values[r] as number;
  };
  for (let r = 0; r < rows; r++) {
    const [count, average, total, largest] = [
      "count",
      "average",
      "total",
      "largest",
    ].map((name) => at(name, r));
    if (average === null) {
      assert.deepEqual([count, total, largest], [0, 0, null]);
      continue;
    }
    assert.equal(total, count! * average);
    assert(largest! >= average && largest! <= total!);
    if (count === 1) assert.equal(largest, average);
    const returned = at("returned", r)!;
    assert.equal(
      returned,
      Math.floor((count! * at("ratio", r)! + 5000) / 10_000),
    );
    assert(returned <= count!);
  }
});

Deno.test("correlated: Spearman's rank correlation is the share, and both laws hold", () => {
  const [score, like, unlike, hot] = ["score", "like", "unlike", "hot_like"]
    .map(
      (name) => column("device_rows", name),
    );
  // The standard error at 400,000 rows is below 0.0016.
  const close = (found: number, wanted: number) =>
    assert(Math.abs(found - wanted) < 0.006, `${found}, not ${wanted}`);
  close(spearman(score, like), 0.7);
  close(spearman(like, unlike), -0.5);
  close(spearman(score, unlike), -0.35);
  close(spearman(score, hot), 0.9);
  assertKolmogorov(like, (v) => (v + 1) / 1e10);
  assertKolmogorov(unlike, (v) => (v + 1) / 9e11);
  assertKolmogorov(
    score,
    (v) => normalShare((v + 0.5 - 500_000) / 90_000),
  );
});
