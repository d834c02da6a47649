import { costByLatency } from "../../lib/charts/cost_by_latency.ts";
import { assertChart } from "./chart_contract.ts";
import { COST } from "./sample.ts";

Deno.test("costByLatency() draws what its snapshots show", async () => {
  await assertChart(
    "cost_by_latency",
    (options) => costByLatency(COST, options),
  );
});
