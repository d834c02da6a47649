/**
 * A worker that encodes parts as segments of an archive, one a message, until
 * it is terminated.
 *
 * @module
 */
/// <reference lib="deno.worker" />
import { messageOf } from "../core/errors.ts";
import {
  ArchivePartEncoder,
  type ArchivePartSetup,
  type EncodedPart,
} from "./archive_part.ts";
import type { PartRange } from "./catalog_source.ts";
import type { WorkerReport } from "./ordered_workers.ts";

const scope = self as unknown as DedicatedWorkerGlobalScope;

let encoder: ArchivePartEncoder | undefined;
let before: Promise<void> = Promise.resolve();

scope.onmessage = ({ data }: MessageEvent<ArchivePartSetup | PartRange>) => {
  if ("spec" in data) encoder = new ArchivePartEncoder(data);
  // A part's buffers are used again for the next.
  else before = before.then(() => encode(data));
};

async function encode(range: PartRange): Promise<void> {
  try {
    const result = await encoder!.encode(range);
    const report: WorkerReport<EncodedPart> = { kind: "done", result };
    // Moved, not copied: a segment is some MB.
    scope.postMessage(report, [result.segment.bytes.buffer]);
  } catch (error) {
    const report: WorkerReport<EncodedPart> = {
      kind: "error",
      message: messageOf(error),
    };
    scope.postMessage(report);
  }
}
