import assert from "node:assert/strict";
import { conclusion } from "../../lib/reports/conclusion.ts";
import { readRun } from "../../lib/reports/readings.ts";
import { pairVerdicts } from "../../lib/reports/verdicts.ts";
import type { Claim } from "../../lib/metrics/comparison.ts";
import { RUN } from "./variants.ts";

/** The conclusion when the fixture's four loads had these verdicts. */
function concluded(
  claims: readonly Claim[],
  milliseconds = 10,
  medians = claims,
): string {
  const run = { ...RUN, objective: { percentile: 99, milliseconds } };
  const systems = readRun(run);
  const pairs = pairVerdicts(run, systems).map((pair) => ({
    ...pair,
    loads: pair.loads.map((load, k) => ({
      ...load,
      verdicts: load.verdicts.map((v) => ({
        ...v,
        claim: (v.percentile === 50 ? medians : claims)[k],
      })),
    })),
  }));
  return conclusion(run, systems, pairs);
}

Deno.test("conclusion() tells apart the loads at which the verdicts differ", () => {
  assert.match(
    concluded(["faster", "faster", "not distinguishable", "slower"]),
    /faster than one request a table \(.*?\) at 1 and 10 clients \(.*\), and at 100 clients the latter is faster and at 50 clients they are not distinguishable; /,
  );
  assert.match(
    concluded(["slower", "slower", "slower", "slower"]),
    /^On PostgreSQL 18\.4, one request a table \(.*?\) is faster than one request for all tables at 1, 10, 50 and 100 clients \(p99 3\.\d\d? times/,
  );
});

Deno.test("conclusion() quotes the highest load at which both sides met the objective", () => {
  const all: Claim[] = ["faster", "faster", "faster", "faster"];
  assert.match(concluded(all, 10), /times as long at 1 client,/);
  assert.match(concluded(all, 5000), /times as long at 100 clients,/);
  // Where none did, the highest load of all.
  assert.match(concluded(all, 0.01), /times as long at 100 clients,/);
});

Deno.test("conclusion() adds what the median tells where the tail tells nothing", () => {
  assert.match(
    concluded(
      ["faster", "not distinguishable", "not distinguishable", "faster"],
      10,
      ["faster", "faster", "not distinguishable", "faster"],
    ),
    / at 1 and 100 clients \(.*\), and at 10 and 50 clients they are not distinguishable, though at the median the former is faster at 10 clients; /,
  );
});

Deno.test("conclusion() leaves out loads without a verdict", () => {
  assert.match(
    concluded(["unknown", "faster", "unknown", "faster"]),
    /at 10 and 100 clients \(/,
  );
  assert.match(
    concluded(["unknown", "unknown", "unknown", "unknown"]),
    /cannot be compared at p99/,
  );
});
