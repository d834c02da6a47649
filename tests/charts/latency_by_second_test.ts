import {
  latencyBySecond,
  type SecondPoint,
} from "../../lib/charts/latency_by_second.ts";
import { assertChart } from "./chart_contract.ts";
import { SYSTEMS } from "./sample.ts";

/** Two turns of eight seconds for each system; the last system's last turn is invalid. */
const SECONDS: SecondPoint[] = SYSTEMS.flatMap(({ id }, s) =>
  [0, 1].flatMap((turn) =>
    Array.from({ length: 8 }, (_, k) => ({
      system: id,
      stretch: `${id}/${turn}`,
      second: 24 * turn + 8 * s + k,
      median: 2 ** s + k / 20,
      maximum: 6 * 2 ** s + (k === 5 ? 80 : k),
      invalid: s === 2 && turn === 1,
    }))
  )
);

Deno.test("latencyBySecond() draws what its snapshots show", async () => {
  await assertChart("latency_by_second", (options) =>
    latencyBySecond(
      { systems: SYSTEMS, seconds: SECONDS, notes: ["Systems run in turns."] },
      options,
    ));
});
