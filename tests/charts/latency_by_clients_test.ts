import { latencyByClients } from "../../lib/charts/latency_by_clients.ts";
import { assertChart } from "./chart_contract.ts";
import { LATENCY } from "./sample.ts";

Deno.test("latencyByClients() draws what its snapshots show", async () => {
  await assertChart(
    "latency_by_clients",
    (options) => latencyByClients(LATENCY, options),
  );
});
