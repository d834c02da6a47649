import { bucketIndex, HIGHEST_TRACKABLE } from "./buckets.ts";
import { Histogram, type SparseHistogram } from "./histogram.ts";
import type { SecondRecord } from "./plan.ts";

/**
 * Histograms of response and service time by second of the planned instant, in
 * constant memory: the newest second is kept in full, those before as their
 * non-empty buckets, and an operation planned in an earlier second that ends
 * late adds to that second's late ones.
 */
export class SecondHistograms {
  readonly #response = new Histogram();
  readonly #service = new Histogram();
  /** End of the newest second, µs since the epoch; operations below it are not newer. */
  #end = -Infinity;
  #second = NaN;
  readonly #past: SecondRecord[] = [];
  readonly #late = new Map<number, [LateCounts, LateCounts]>();

  /** Counts one operation; instants in µs since the epoch. */
  record(planned: number, response: number, service: number): void {
    if (planned >= this.#end) this.#turn(planned);
    else if (planned < this.#end - 1e6) {
      this.#recordLate(planned, response, service);
      return;
    }
    this.#response.record(response);
    this.#service.record(service);
  }

  /** All seconds in their order, late ones merged into theirs; then it is empty. */
  take(): SecondRecord[] {
    this.#turn(Infinity);
    const bySecond = new Map<number, SecondRecord>();
    for (const record of this.#past) bySecond.set(record.second, record);
    for (const [second, [response, service]] of this.#late) {
      const known = bySecond.get(second);
      bySecond.set(second, {
        second,
        response: response.mergedWith(known?.response),
        service: service.mergedWith(known?.service),
      });
    }
    this.#past.length = 0;
    this.#late.clear();
    this.#end = -Infinity;
    return [...bySecond.values()].sort((a, b) => a.second - b.second);
  }

  #turn(planned: number): void {
    if (this.#end !== -Infinity) {
      this.#past.push({
        second: this.#second,
        response: this.#response.toSparse(),
        service: this.#service.toSparse(),
      });
      this.#response.clear();
      this.#service.clear();
    }
    this.#second = Math.floor(planned / 1e6);
    this.#end = (this.#second + 1) * 1e6;
  }

  #recordLate(planned: number, response: number, service: number): void {
    const second = Math.floor(planned / 1e6);
    let pair = this.#late.get(second);
    if (!pair) {
      pair = [new LateCounts(), new LateCounts()];
      this.#late.set(second, pair);
    }
    pair[0].record(response);
    pair[1].record(service);
  }
}

/** A histogram of few values, as a map from bucket to count. */
class LateCounts {
  readonly #buckets = new Map<number, number>();
  #above = 0;
  #min = Infinity;
  #max = -Infinity;
  #sum = 0;

  record(micros: number): void {
    const value = micros > 0 ? micros : 0;
    this.#min = Math.min(this.#min, value);
    this.#max = Math.max(this.#max, value);
    this.#sum += value;
    if (value > HIGHEST_TRACKABLE) {
      this.#above++;
      return;
    }
    const index = bucketIndex((value + 0.5) >>> 0);
    this.#buckets.set(index, (this.#buckets.get(index) ?? 0) + 1);
  }

  mergedWith(other: SparseHistogram | undefined): SparseHistogram {
    const index = [...this.#buckets.keys()].sort((a, b) => a - b);
    const own: SparseHistogram = {
      index: Uint32Array.from(index),
      count: Float64Array.from(index, (b) => this.#buckets.get(b)!),
      above: this.#above,
      min: this.#min,
      max: this.#max,
      sum: this.#sum,
    };
    if (!other) return own;
    const all = Histogram.fromSparse(own);
    all.merge(other);
    return all.toSparse();
  }
}
