import type { Part, RowRange } from "../catalog/manifest.ts";
import { ServemarkError } from "../core/errors.ts";
import type { MakerReport, MakerSetup } from "./materialize_worker.ts";

interface Options {
  readonly workers: number;
  readonly onRows: (rows: number) => void;
  readonly signal?: AbortSignal;
}

/**
 * Has Web Workers make ranges, in the order given, each worker one at a time.
 * An abort, or the first error, terminates them all; what was stored stays.
 */
export async function makeInWorkers(
  setup: MakerSetup,
  ranges: readonly RowRange[],
  { workers, onRows, signal }: Options,
): Promise<Part[]> {
  const queue = [...ranges];
  const parts: Part[] = [];
  const pool: Worker[] = [];
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const onAbort = () => reject(signal!.reason);
  signal?.addEventListener("abort", onAbort);

  const next = (worker: Worker) => {
    const range = queue.shift();
    if (range) worker.postMessage(range);
    else if (parts.length === ranges.length) resolve();
  };
  const start = () => {
    const worker = new Worker(
      new URL("./materialize_worker.ts", import.meta.url),
      { type: "module", name: "generate" },
    );
    pool.push(worker);
    worker.onmessage = ({ data }: MessageEvent<MakerReport>) => {
      if (data.kind === "rows") onRows(data.rows);
      else if (data.kind === "error") reject(new ServemarkError(data.message));
      else {
        parts.push(data.part);
        next(worker);
      }
    };
    worker.onerror = (event) => {
      event.preventDefault();
      reject(
        new ServemarkError(`Cannot generate ${setup.spec.name}`, {
          cause: `a worker ended: ${event.message}`,
        }),
      );
    };
    worker.postMessage(setup);
    next(worker);
  };

  try {
    signal?.throwIfAborted();
    for (let k = 0; k < Math.min(workers, ranges.length); k++) start();
    await promise;
    return parts;
  } finally {
    signal?.removeEventListener("abort", onAbort);
    for (const worker of pool) worker.terminate();
  }
}
