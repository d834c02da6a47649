/**
 * The load worker: a thread of its own, steered by the messages of `plan.ts`.
 * Its module graph holds no Arrow, no Polars and no DOM (a test walks it).
 *
 * @module
 */
import { messageOf } from "../core/errors.ts";
import { SAMPLE_COLUMNS } from "../frames/sample_columns.ts";
import type { SparseHistogram } from "./histogram.ts";
import type {
  FromWorker,
  ToWorker,
  WorkerPoint,
  WorkerRecord,
} from "./plan.ts";
import { PointRunner } from "./point_runner.ts";

interface WorkerScope {
  onmessage: ((event: MessageEvent<ToWorker>) => void) | null;
  postMessage(message: FromWorker, transfer?: Transferable[]): void;
  addEventListener(type: "error", listener: (event: ErrorEvent) => void): void;
  addEventListener(
    type: "unhandledrejection",
    listener: (event: PromiseRejectionEvent) => void,
  ): void;
  close(): void;
}

const scope = self as unknown as WorkerScope;
let runner: PointRunner | undefined;
let point: WorkerPoint | undefined;

/** Messages are answered one after the other: closing waits for a point to end. */
let turn: Promise<void> = Promise.resolve();

function failed(error: unknown): void {
  scope.postMessage({ type: "failed", message: messageOf(error) });
}

scope.onmessage = (event) => {
  turn = turn.then(() => answer(event.data)).catch(failed);
};

// What a driver throws outside of any call: told like any other failure.
scope.addEventListener("error", (event) => {
  event.preventDefault();
  failed(event.error ?? event.message);
});
scope.addEventListener("unhandledrejection", (event) => {
  event.preventDefault();
  failed(event.reason);
});

async function answer(message: ToWorker): Promise<void> {
  switch (message.type) {
    case "setup":
      runner = new PointRunner(message.setup, new Int32Array(message.control));
      return scope.postMessage({ type: "ready" });
    case "prepare":
      await runner!.prepare(message.clients);
      return scope.postMessage({ type: "prepared" });
    case "point":
      point = message.point;
      await runner!.warm(point);
      return scope.postMessage({ type: "warmed" });
    case "go": {
      const record = await runner!.measure(point!, message.start);
      return scope.postMessage({ type: "measured", record }, buffers(record));
    }
    case "close":
      await runner?.close();
      scope.postMessage({ type: "closed" });
      return scope.close();
  }
}

/** The record's buffers, to be handed over instead of copied. */
function buffers(record: WorkerRecord): Transferable[] {
  const histograms: SparseHistogram[] = [record.response, record.service];
  for (const second of record.seconds) {
    histograms.push(second.response, second.service);
  }
  return [
    ...SAMPLE_COLUMNS.map((name) => record.samples[name].buffer as ArrayBuffer),
    ...histograms.flatMap(({ index, count }) => [
      index.buffer as ArrayBuffer,
      count.buffer as ArrayBuffer,
    ]),
  ];
}
