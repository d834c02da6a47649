/**
 * A worker that generates parts, one range a message, until it is terminated.
 *
 * @module
 */
/// <reference lib="deno.worker" />
import { openCatalog } from "../catalog/catalog.ts";
import type { Part, RowRange } from "../catalog/manifest.ts";
import { messageOf } from "../core/errors.ts";
import type { DatasetSpec } from "../datasets/spec.ts";
import { PartMaker } from "./make_part.ts";

/** The first message. */
export interface MakerSetup {
  readonly spec: DatasetSpec;
  readonly catalog: string;
}

/** What a worker posts. */
export type MakerReport =
  /** Rows generated since the last report. */
  | { readonly kind: "rows"; readonly rows: number }
  | { readonly kind: "part"; readonly part: Part }
  | { readonly kind: "error"; readonly message: string };

const scope = self as unknown as DedicatedWorkerGlobalScope;
const post = (report: MakerReport) => scope.postMessage(report);

let maker: Promise<PartMaker> | undefined;

async function setUp(setup: MakerSetup): Promise<PartMaker> {
  const catalog = await openCatalog(setup.catalog);
  return new PartMaker(setup.spec, catalog);
}

scope.onmessage = async ({ data }: MessageEvent<MakerSetup | RowRange>) => {
  try {
    if ("spec" in data) {
      maker = setUp(data);
      await maker;
      return;
    }
    const onRows = (rows: number) => post({ kind: "rows", rows });
    const part = await (await maker!).make(data, onRows);
    post({ kind: "part", part });
  } catch (error) {
    post({ kind: "error", message: messageOf(error) });
  }
};
