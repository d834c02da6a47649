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

scope.onmessage = async (
  { data }: MessageEvent<ArchivePartSetup | PartRange>,
) => {
  if ("spec" in data) {
    encoder = new ArchivePartEncoder(data);
    return;
  }
  try {
    const result = await encoder!.encode(data);
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
};
