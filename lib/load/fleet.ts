import { openClock } from "../core/clock.ts";
import {
  progressWord,
  STOP,
  type WorkerPoint,
  type WorkerRecord,
  type WorkerSetup,
} from "./plan.ts";
import { WorkerHandle } from "./worker_handle.ts";

/** How to open a fleet. */
export interface FleetOptions {
  /**
   * Workers to start; a point with fewer clients leaves some idle.
   * @default the number of cores
   */
  readonly workers?: number;
  /** What all workers are told; `worker` is added, and `epoch` where absent. */
  readonly setup: Omit<WorkerSetup, "worker" | "epoch"> & {
    /** µs of the shared clock. @default now */
    readonly epoch?: number;
  };
  /** Aborting it stops the point that is running: see {@link Fleet.stop}. */
  readonly signal?: AbortSignal;
}

/** One point of a sweep, over all workers. */
export type FleetPoint =
  & Omit<WorkerPoint, "firstClient">
  & {
    /** Clients of all workers together. */
    readonly clients: number;
    /** Operations to compare, over all workers, before and after. */
    readonly verify: number;
    /** Sample rows to keep at most, over all workers. */
    readonly sampleBudget: number;
  };

/** Load workers, and the connections that they keep open between points. */
export interface Fleet {
  readonly workers: number;
  /** The epoch that instants of the records count from, µs of the shared clock. */
  readonly epoch: number;
  /** Opens connections for this many clients: what a point needs anyway, done ahead. For 0, closes all. */
  prepare(clients: number): Promise<void>;
  /**
   * Runs a point: all workers warm up, then start at one instant. Gives one
   * record for each worker that had clients; none when it was stopped before.
   *
   * @param onProgress is told of the measured operations done, ten times a second
   */
  run(
    point: FleetPoint,
    onProgress?: (operations: number) => void,
  ): Promise<WorkerRecord[]>;
  /**
   * Stops for good: operations in flight have a second to be answered, and the
   * records say `cutShort`. Points asked for afterwards give no records.
   */
  stop(): void;
  /** Stops what is running, and ends the workers. Twice is fine. */
  close(): Promise<void>;
}

/** Lead of the common start over the message that announces it, µs. */
const START_LEAD = 4_000;
const PROGRESS_MS = 100;

/**
 * Starts load workers. A worker that fails makes what is running, and all that
 * is asked for later, reject with its message; `close()` is due all the same.
 */
export async function openFleet(options: FleetOptions): Promise<Fleet> {
  const clock = openClock();
  const cores = navigator.hardwareConcurrency ?? 1;
  const workers = Math.max(1, Math.floor(options.workers ?? cores));
  const epoch = options.setup.epoch ?? clock();
  const shared = new SharedArrayBuffer(4 * (1 + workers));
  const control = new Int32Array(shared);
  const handles = Array.from({ length: workers }, () => new WorkerHandle());
  const stop = () => void Atomics.store(control, STOP, 1);
  const stopped = () => Atomics.load(control, STOP) !== 0;
  let closed: Promise<void> | undefined;
  const close = () => {
    options.signal?.removeEventListener("abort", stop);
    stop();
    return closed ??= Promise.all(handles.map((h) => h.close())).then(() => {});
  };
  options.signal?.addEventListener("abort", stop);
  if (options.signal?.aborted) stop();
  try {
    await Promise.all(handles.map((handle, worker) =>
      handle.ask({
        type: "setup",
        setup: { ...options.setup, worker, epoch },
        control: shared,
      }, "ready")
    ));
  } catch (error) {
    await close();
    throw error;
  }

  let failure: unknown;
  /** Asks several workers at once; when one fails, the others are to stop too. */
  const askAll = async <T>(asked: readonly Promise<T>[]): Promise<T[]> => {
    try {
      return await Promise.all(asked);
    } catch (error) {
      failure ??= error;
      stop();
      throw error;
    }
  };
  let prepared = 0;
  const prepare = async (clients: number) => {
    if (failure) throw failure;
    const shares = divide(clients, workers);
    // Workers without a share are asked too: they close what they had.
    await askAll(
      handles.map((handle, k) => {
        const clients = shares[k]?.count ?? 0;
        return handle.ask({ type: "prepare", clients }, "prepared");
      }),
    );
    prepared = clients;
  };

  return {
    workers,
    epoch,
    stop,
    close,
    prepare,
    async run(point, onProgress) {
      if (failure) throw failure;
      if (stopped()) return [];
      if (prepared !== point.clients) await prepare(point.clients);
      for (let k = 0; k < workers; k++) {
        Atomics.store(control, progressWord(k), 0);
      }
      const shares = divide(point.clients, workers);
      const parts = shares.map((share) => ({
        ...point,
        clients: share.count,
        firstClient: share.first,
        verify: Math.ceil(point.verify / shares.length),
        sampleBudget: Math.floor(point.sampleBudget / shares.length),
      }));
      await askAll(
        parts.map((part, k) =>
          handles[k].ask({ type: "point", point: part }, "warmed")
        ),
      );
      const start = clock() + START_LEAD;
      const done = () =>
        shares.reduce(
          (n, _, k) => n + Atomics.load(control, progressWord(k)),
          0,
        );
      const ticker = onProgress &&
        setInterval(() => onProgress(done()), PROGRESS_MS);
      try {
        const answers = await askAll(
          shares.map((_, k) =>
            handles[k].ask({ type: "go", start }, "measured")
          ),
        );
        onProgress?.(done());
        return answers.map((answer) => answer.record);
      } finally {
        clearInterval(ticker);
      }
    },
  };
}

/** Shares clients out among workers, as evenly as they go; workers without any are left out. */
export function divide(
  clients: number,
  workers: number,
): { first: number; count: number }[] {
  const used = Math.min(clients, workers);
  const each = Math.floor(clients / used);
  const more = clients % used;
  return Array.from({ length: used }, (_, k) => ({
    first: k * each + Math.min(k, more),
    count: each + (k < more ? 1 : 0),
  }));
}
