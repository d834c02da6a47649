import type { SampleColumns } from "../frames/sample_columns.ts";
import { CODES } from "../platforms/driver.ts";
import { mergeHistograms, type SparseHistogram } from "./histogram.ts";
import type { SecondRecord } from "./plan.ts";
import { SampleKeeper } from "./sample_keeper.ts";
import { SecondHistograms } from "./seconds.ts";

/** What a recorder needs to know beforehand. */
export interface RecorderOptions {
  /** Index into the run's points. */
  readonly point: number;
  /** Operations planned, and requests that each makes apart (0 when it is one). */
  readonly operations: number;
  readonly parts: number;
  /** Sample rows to keep at most. */
  readonly sampleBudget: number;
  /** Decides which samples stay, once there are too many. */
  readonly seed: number;
}

/** What a recorder has when the point is over. */
export interface Recording {
  readonly samples: SampleColumns;
  readonly response: SparseHistogram;
  readonly service: SparseHistogram;
  readonly seconds: readonly SecondRecord[];
  readonly operations: number;
  readonly codes: readonly number[];
  readonly rows: number;
  readonly bytes: number;
  readonly first: number;
  readonly last: number;
}

/**
 * Records every operation of one worker at one point. Response time is done −
 * planned, service time done − sent; errors and timeouts are in both
 * distributions, since leaving them out would flatter a system that fails.
 * Instants are µs since the run's epoch.
 */
export class Recorder {
  readonly #seconds = new SecondHistograms();
  readonly #keeper: SampleKeeper;
  readonly #codes = new Float64Array(CODES.length);
  #operations = 0;
  #rows = 0;
  #bytes = 0;
  #first = Infinity;
  #last = -Infinity;

  constructor(options: RecorderOptions) {
    this.#keeper = new SampleKeeper(options);
  }

  /** Operations recorded so far. */
  get operations(): number {
    return this.#operations;
  }

  /** Records one whole operation. */
  operation(
    client: number,
    operation: number,
    table: number,
    planned: number,
    sent: number,
    firstByte: number,
    done: number,
    rows: number,
    bytes: number,
    code: number,
  ): void {
    this.#seconds.record(planned, done - planned, done - sent);
    this.#codes[code]++;
    this.#operations++;
    this.#rows += rows;
    this.#bytes += bytes;
    if (planned < this.#first) this.#first = planned;
    if (done > this.#last) this.#last = done;
    const at = this.#keeper.operationRow();
    if (at >= 0) {
      this.#keeper.rows.write(
        at,
        client,
        operation,
        -1,
        table,
        planned,
        sent,
        firstByte,
        done,
        rows,
        bytes,
        code,
      );
    }
  }

  /** Records one part of an operation that makes several requests; `request` is the whole's number. */
  part(
    request: number,
    client: number,
    operation: number,
    part: number,
    table: number,
    planned: number,
    sent: number,
    firstByte: number,
    done: number,
    rows: number,
    bytes: number,
    code: number,
  ): void {
    const at = this.#keeper.partRow(request);
    if (at >= 0) {
      this.#keeper.rows.write(
        at,
        client,
        operation,
        part,
        table,
        planned,
        sent,
        firstByte,
        done,
        rows,
        bytes,
        code,
      );
    }
  }

  /** Everything recorded; the recorder is not to be used any more. */
  finish(): Recording {
    const seconds = this.#seconds.take();
    const empty = this.#operations === 0;
    return {
      samples: this.#keeper.finish(),
      response: mergeHistograms(seconds.map((s) => s.response)),
      service: mergeHistograms(seconds.map((s) => s.service)),
      seconds,
      operations: this.#operations,
      codes: Array.from(this.#codes),
      rows: this.#rows,
      bytes: this.#bytes,
      first: empty ? NaN : this.#first,
      last: empty ? NaN : this.#last,
    };
  }
}
