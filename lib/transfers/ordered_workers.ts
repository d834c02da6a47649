import { ServemarkError } from "../core/errors.ts";

/** What a worker posts for each job, in the jobs' order. */
export type WorkerReport<Result> =
  | { readonly kind: "done"; readonly result: Result }
  | { readonly kind: "error"; readonly message: string };

/** How jobs are done. */
export interface OrderedOptions {
  readonly workers: number;
  /** Results that are under way or wait to be taken, at most: what bounds the memory. */
  readonly ahead: number;
  readonly signal?: AbortSignal;
}

/** Jobs that a worker is given at a time: the one it does, and the next. */
const DEPTH = 2;

interface Waiting<Job> {
  readonly job: Job;
  readonly done: PromiseWithResolvers<unknown>;
}

/**
 * Has Web Workers do jobs, and gives the results in the jobs' order. A worker
 * gets the setup as its first message, then a job a message; it must do them one
 * after the other, and answers each with a {@link WorkerReport}. An abort, the first
 * error, or a caller that stops early ends them all.
 *
 * @param open makes one worker
 */
export async function* inOrder<Setup, Job, Result>(
  open: () => Worker,
  setup: Setup,
  jobs: Iterable<Job>,
  { workers, ahead, signal }: OrderedOptions,
): AsyncGenerator<Result> {
  signal?.throwIfAborted();
  const pool: Worker[] = [];
  const idle: ((waiting: Waiting<Job>) => void)[] = [];
  const backlog: Waiting<Job>[] = [];
  const failed = Promise.withResolvers<never>();
  failed.promise.catch(() => undefined);
  const onAbort = () => failed.reject(signal!.reason);
  signal?.addEventListener("abort", onAbort);

  const start = () => {
    const worker = open();
    pool.push(worker);
    const under: Waiting<Job>[] = [];
    const take = (waiting: Waiting<Job>) => {
      under.push(waiting);
      worker.postMessage(waiting.job);
    };
    worker.onmessage = ({ data }: MessageEvent<WorkerReport<Result>>) => {
      if (data.kind === "error") {
        failed.reject(new ServemarkError(data.message));
        return;
      }
      const finished = under.shift()!;
      const next = backlog.shift();
      if (next) take(next);
      else idle.push(take);
      finished.done.resolve(data.result);
    };
    worker.onerror = (event) => {
      event.preventDefault();
      failed.reject(
        new ServemarkError("A worker ended in the middle", {
          cause: event.message,
        }),
      );
    };
    worker.postMessage(setup);
    // The next job is there already when one is done.
    for (let n = 1; n < DEPTH; n++) idle.unshift(take);
    return take;
  };

  const submit = (job: Job): Promise<unknown> => {
    const waiting = { job, done: Promise.withResolvers<unknown>() };
    const take = pool.length < workers ? start() : idle.pop();
    if (take) take(waiting);
    else backlog.push(waiting);
    return waiting.done.promise;
  };

  try {
    const source = jobs[Symbol.iterator]();
    const queue: Promise<unknown>[] = [];
    for (;;) {
      while (queue.length < ahead) {
        const { done, value } = source.next();
        if (done) break;
        queue.push(submit(value));
      }
      const first = queue.shift();
      if (!first) return;
      yield await Promise.race([first, failed.promise]) as Result;
    }
  } finally {
    signal?.removeEventListener("abort", onAbort);
    for (const worker of pool) worker.terminate();
  }
}
