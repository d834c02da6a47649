import { createHistogram } from "node:perf_hooks";
import { openClock } from "../../lib/core/clock.ts";
import { Histogram } from "../../lib/load/histogram.ts";
import { Recorder } from "../../lib/load/recorder.ts";
import { type Bench, nanosecondsEach } from "./measurement.ts";

const OPERATIONS = 200_000;

/** Instants of a second and more of operations, 40 µs to 5 ms each. */
function instants(): Float64Array {
  const all = new Float64Array(OPERATIONS * 3);
  for (let k = 0; k < OPERATIONS; k++) {
    const planned = k * 8;
    all[3 * k] = planned;
    all[3 * k + 1] = planned + 1.5 + k % 3;
    all[3 * k + 2] = planned + 40 + (k * 7919) % 5000;
  }
  return all;
}

/** Recording one operation: both histograms, the second's, the sample; no clock reads. */
const recording: Bench = {
  names: ["recording one operation", "recording one operation, sampled"],
  run() {
    const at = instants();
    const measure = (sampleBudget: number) =>
      nanosecondsEach(
        () =>
          new Recorder({
            point: 0,
            operations: OPERATIONS,
            parts: 0,
            sampleBudget,
            seed: 1,
          }),
        (recorder) => {
          for (let k = 0; k < OPERATIONS; k++) {
            recorder.operation(
              k & 31,
              k >> 5,
              -1,
              at[3 * k],
              at[3 * k + 1],
              NaN,
              at[3 * k + 2],
              30,
              2000,
              0,
            );
          }
        },
        OPERATIONS,
      );
    return Promise.resolve(
      this.names.map((name, k) => ({
        name,
        unit: "ns",
        ours: measure(k === 0 ? OPERATIONS : OPERATIONS / 20),
        must: 60,
        aim: 30,
        better: "less" as const,
      })),
    );
  },
};

/** Counting one value, beside the histogram of the runtime's own library. */
const counting: Bench = {
  names: ["counting one value"],
  run() {
    const values = instants();
    const passOver = (histogram: { record(value: number): void }) => {
      for (let k = 2; k < values.length; k += 3) {
        histogram.record(1 + values[k] % 5000 | 0);
      }
    };
    const passes = {
      ours: nanosecondsEach(() => new Histogram(), passOver, OPERATIONS),
      peer: nanosecondsEach(
        () => createHistogram({ lowest: 1, highest: 3.6e9, figures: 3 }),
        passOver,
        OPERATIONS,
      ),
    };
    return Promise.resolve([{
      name: this.names[0],
      unit: "ns",
      ...passes,
      against: "node:perf_hooks",
      ratio: passes.ours / passes.peer,
      must: 1,
      better: "less" as const,
    }]);
  },
};

/** Clock reads of one operation of one client: see {@link READS}. */
const clockReads: Bench = {
  names: ["clock reads of one operation"],
  run() {
    let sum = 0;
    const ours = nanosecondsEach(
      openClock,
      (clock) => {
        for (let k = 0; k < OPERATIONS; k++) {
          for (let r = 0; r < READS; r++) sum += clock();
        }
      },
      OPERATIONS,
    );
    if (!(sum > 0)) throw new Error("The clock does not run");
    const [name] = this.names;
    return Promise.resolve([
      { name, unit: "ns", ours, must: 200, better: "less" },
    ]);
  },
};

/** When it is sent, before its answer is waited for, and when it is done. */
const READS = 3;

export const benches: readonly Bench[] = [
  recording,
  counting,
  clockReads,
];
