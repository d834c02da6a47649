import { openClock, threadCpu } from "../core/clock.ts";
import { ServemarkError } from "../core/errors.ts";
import { createDriver } from "../platforms/drivers.ts";
import type { Driver } from "../platforms/driver.ts";
import { openWorkload } from "../workloads/open.ts";
import type { Workload } from "../workloads/workload.ts";
import { pumpAsync } from "./async_pump.ts";
import { pumpBlocking } from "./blocking_pump.ts";
import { ClosedLoop } from "./closed_loop.ts";
import { Operations } from "./operations.ts";
import {
  progressWord,
  STOP,
  type WorkerPoint,
  type WorkerRecord,
  type WorkerSetup,
} from "./plan.ts";
import type { Pause } from "./pump.ts";
import { Recorder } from "./recorder.ts";
import { spread, type Verified, Verifier } from "./verifier.ts";

/**
 * Warm-up requests come from far beyond the measured ones, so that measuring
 * never meets rows that the warm-up has just brought into a cache.
 */
const WARMUP_REQUESTS = 2 ** 39;

/** How late timers may be, and a little more. */
const TIMER_LATENESS_MS = 2;

/** What one worker does: opens its driver, and runs points on it. */
export class PointRunner {
  readonly #setup: WorkerSetup;
  readonly #control: Int32Array;
  readonly #workload: Workload;
  readonly #verifier: Verifier;
  readonly #clock = openClock();
  #driver: Driver | undefined;
  #operations: Operations | undefined;
  #slots = 0;
  #recorder: Recorder | undefined;
  #verified: Verified = { rows: 0, mismatched: 0 };

  constructor(setup: WorkerSetup, control: Int32Array) {
    this.#setup = setup;
    this.#control = control;
    this.#workload = openWorkload(setup.dataset, setup.workload);
    this.#verifier = new Verifier(
      setup.dataset,
      this.#workload,
      setup.rows,
    );
  }

  /** Opens the driver for this many clients, closing the one before; for none, only that. */
  async prepare(clients: number): Promise<void> {
    await this.close();
    if (clients === 0) return;
    const driver = await createDriver(this.#setup.driver);
    const operations = new Operations({
      slots: clients,
      driver,
      workload: this.#workload,
      tables: this.#setup.dataset.tables,
      clock: this.#clock,
      epoch: this.#setup.epoch,
    });
    try {
      await driver.open(clients, this.#workload.templates, operations);
    } catch (error) {
      // What opening left behind goes; the reason why it failed is what counts.
      await driver.close().catch(() => {});
      throw error;
    }
    this.#driver = driver;
    this.#operations = operations;
    this.#slots = clients;
  }

  /** Warm-up, then the comparison of rows before the measured part. */
  async warm(point: WorkerPoint): Promise<void> {
    if (point.clients !== this.#slots || this.#operations!.stuck > 0) {
      await this.prepare(point.clients);
    }
    const { clients, firstClient, warmup } = point;
    await this.#pump(
      new ClosedLoop({
        clients,
        firstClient,
        iterations: warmup,
        firstRequest: WARMUP_REQUESTS + point.firstRequest,
        think: 0,
        start: this.#clock(),
      }),
      undefined,
      point,
    );
    const { stuck } = this.#operations!;
    if (stuck > 0 && !this.#stopped()) {
      throw new ServemarkError("Cannot warm up", {
        cause: noAnswer(stuck, point.timeout, this.#driver!.lastError),
      });
    }
    this.#verified = { rows: 0, mismatched: 0 };
    await this.#verify(point, 0);
    // Taken now: its memory is not to delay the common start.
    this.#recorder = new Recorder({
      point: point.point,
      operations: clients * point.iterations,
      parts: this.#workload.templates[0].strategy === "batched"
        ? 0
        : this.#workload.width,
      sampleBudget: point.sampleBudget,
      seed: this.#setup.worker + 1,
    });
  }

  /** The measured part, started at this instant of the shared clock. */
  async measure(point: WorkerPoint, start: number): Promise<WorkerRecord> {
    const driver = this.#driver!;
    const { clients, iterations } = point;
    const recorder = this.#recorder!;
    const schedule = new ClosedLoop({
      ...point,
      think: point.think * 1e6,
      start: await this.#waitFor(start),
    });
    const before = { ...driver.consumed };
    const cpu = threadCpu();
    const pause = await this.#pump(schedule, recorder, point);
    const cpuUsed = threadCpu() - cpu;
    const consumed = difference(driver.consumed ?? {}, before);
    await this.#verify(point, 1);
    const { rows: verified, ...compared } = this.#verified;
    const recording = recorder.finish();
    const failed = recording.codes.some((n, code) => code > 0 && n > 0);
    const { stuck } = this.#operations!;
    const lastError = stuck > 0 && !this.#stopped()
      ? noAnswer(stuck, point.timeout, driver.lastError)
      : failed
      ? driver.lastError
      : undefined;
    return {
      point: point.point,
      ...recording,
      verified,
      ...compared,
      cpu: cpuUsed,
      worstPause: pause.worst,
      ...(lastError === undefined ? {} : { lastError }),
      consumed,
      cutShort: recording.operations < clients * iterations,
    };
  }

  /** Closes the driver's connections. Twice is fine. */
  async close(): Promise<void> {
    const driver = this.#driver;
    this.#driver = this.#operations = undefined;
    this.#slots = 0;
    await driver?.close();
  }

  /**
   * Waits for an instant, the last of it awake, since timers are a millisecond
   * late; returns it, or the present when that is later: no client was free
   * before its thread was.
   */
  async #waitFor(start: number): Promise<number> {
    const asleep = (start - this.#clock()) / 1e3 - TIMER_LATENESS_MS;
    if (asleep > 0) await new Promise((wake) => setTimeout(wake, asleep));
    let now = this.#clock();
    while (now < start) now = this.#clock();
    return now;
  }

  async #pump(
    schedule: ClosedLoop,
    recorder: Recorder | undefined,
    point: WorkerPoint,
  ): Promise<Pause> {
    const driver = this.#driver!;
    const operations = this.#operations!;
    operations.begin({ schedule, recorder, timeout: point.timeout * 1e6 });
    const stopped = () => this.#stopped();
    const word = progressWord(this.#setup.worker);
    const progress = () => {
      if (recorder) Atomics.store(this.#control, word, recorder.operations);
    };
    return driver.pump === "blocking"
      ? pumpBlocking(driver, operations, stopped, progress)
      : await pumpAsync(operations, stopped, progress);
  }

  async #verify(point: WorkerPoint, phase: 0 | 1): Promise<void> {
    if (this.#stopped() || this.#operations!.stuck > 0) return;
    const { clients, firstClient, iterations, firstRequest, verify } = point;
    const requests = spread(
      firstRequest + firstClient * iterations,
      clients * iterations,
      verify,
      phase,
    );
    await this.#verifier.check(
      this.#driver!,
      requests,
      point.timeout * 1e6,
      this.#verified,
    );
  }

  #stopped(): boolean {
    return Atomics.load(this.#control, STOP) !== 0;
  }
}

function noAnswer(
  clients: number,
  timeout: number,
  lastError: string | undefined,
): string {
  const who = clients === 1 ? "1 client" : `${clients} clients`;
  return `${who} got no answer within ${2 * timeout} s` +
    (lastError ? `; ${lastError}` : "");
}

function difference(
  after: Readonly<Record<string, number>>,
  before: Readonly<Record<string, number>>,
): Record<string, number> {
  return Object.fromEntries(
    Object.entries(after).map(([unit, n]) => [unit, n - (before[unit] ?? 0)]),
  );
}
