import { throughputByClients } from "../../lib/charts/throughput_by_clients.ts";
import { assertChart } from "./chart_contract.ts";
import { THROUGHPUT } from "./sample.ts";

Deno.test("throughputByClients() draws what its snapshots show", async () => {
  await assertChart(
    "throughput_by_clients",
    (options) => throughputByClients(THROUGHPUT, options),
  );
});
