import { distribution } from "../../lib/charts/distribution.ts";
import { assertChart } from "./chart_contract.ts";
import { DISTRIBUTION } from "./sample.ts";

Deno.test("distribution() draws what its snapshots show", async () => {
  await assertChart(
    "distribution",
    (options) => distribution(DISTRIBUTION, options),
  );
});
