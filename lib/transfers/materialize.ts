import type { Catalog } from "../catalog/catalog.ts";
import {
  makeManifest,
  type Manifest,
  type Part,
  type RowRange,
  selectManifest,
  totalRows,
} from "../catalog/manifest.ts";
import { checkNotTaken, type VersionRecord } from "../catalog/versions.ts";
import { ServemarkError } from "../core/errors.ts";
import { silent, type Watch } from "../core/progress.ts";
import { specDigest } from "../datasets/digest.ts";
import type { DatasetSpec } from "../datasets/spec.ts";
import { tableDigest } from "../datasets/table_digest.ts";
import { PartMaker } from "./make_part.ts";
import { makeInWorkers } from "./make_in_workers.ts";

/** Rows of a part, at most: 2 to 20 MB of Parquet, about a second's work. */
export const PART_ROWS = 131_072;

/** Below this many rows, starting a worker takes longer than the work. */
const WORTH_A_WORKER = 20_000;

/** Workers unless told otherwise: each takes about 100 MB. */
const MOST_WORKERS = 8;

/** How to materialise. */
export interface MaterializeOptions extends Watch {
  /**
   * Web Workers that generate. 0 generates in the calling thread.
   * @default one for each core, up to 8, and 0 for fewer than 20,000 rows
   */
  workers?: number;
  /** Reads every part that is there already, and makes damaged ones anew. @default false */
  verify?: boolean;
}

/**
 * Generates a dataset into a catalog, in parallel, and returns its manifest.
 * Parts that are there already are not made again, so that an interrupted
 * materialisation is resumed by asking for it again; so are parts of tables that
 * other versions share. Some tables of a recorded version are no dataset of
 * their own: their manifest is returned, and not kept.
 *
 * @throws {ServemarkError} where another dataset was recorded as this version
 */
export async function materialize(
  spec: DatasetSpec,
  catalog: Catalog,
  options: MaterializeOptions = {},
): Promise<Manifest> {
  const { signal, progress = silent, verify = false } = options;
  signal?.throwIfAborted();
  checkWorkers(options.workers);
  const digest = specDigest(spec);
  const record = await checkNotTaken(catalog, spec);
  const whole = record && record.digest !== digest ? record : undefined;
  const finished = await finishedManifest(
    spec,
    digest,
    catalog,
    verify,
    whole,
  );
  if (finished) return finished;

  const step = `Generate ${spec.name}_v${spec.version}`;
  const total = totalRows(spec);
  const parts: Part[] = [];
  const missing: RowRange[] = [];
  let done = 0;
  const digests = new Map(
    spec.tables.map((table) => [table.name, tableDigest(spec, table)]),
  );
  for (const range of rowRanges(spec)) {
    signal?.throwIfAborted();
    const tableDigest = digests.get(range.table)!;
    const part = await catalog.findPart(tableDigest, range, verify);
    if (part) {
      parts.push(part);
      done += part.rows;
    } else missing.push(range);
  }
  // The longest first, so that no worker ends long after the others.
  missing.sort((a, b) => b.rows - a.rows);
  const rowsMissing = missing.reduce((sum, range) => sum + range.rows, 0);
  const onRows = (rows: number) => {
    done += rows;
    progress({ step, done, total, unit: "rows" });
  };
  progress({ step, done, total, unit: "rows" });
  const workers = options.workers ??
    (rowsMissing < WORTH_A_WORKER ? 0 : defaultWorkers());
  if (workers === 0) {
    const maker = new PartMaker(spec, catalog);
    for (const range of missing) {
      signal?.throwIfAborted();
      parts.push(await maker.make(range, onRows));
    }
  } else if (missing.length > 0) {
    const setup = { spec, catalog: catalog.uri };
    parts.push(
      ...await makeInWorkers(setup, missing, { workers, onRows, signal }),
    );
  }
  const manifest = makeManifest(spec, digest, parts);
  if (!whole) await catalog.addManifest(manifest);
  await catalog.tidy();
  progress({ step, done: total, total, unit: "rows", finished: true });
  return whole ? { ...manifest, selectionOf: whole.digest } : manifest;
}

/** Workers that generate, unless told otherwise. */
export function defaultWorkers(): number {
  return Math.min(MOST_WORKERS, navigator.hardwareConcurrency);
}

function checkWorkers(workers: number | undefined): void {
  if (workers === undefined || Number.isSafeInteger(workers) && workers >= 0) {
    return;
  }
  throw new ServemarkError(`Cannot generate with ${workers} workers`, {
    remedy: "Give a whole number from 0, or none for one for each core",
    exitCode: 2,
  });
}

/** The manifest that is there already, when all of its parts are. */
async function finishedManifest(
  spec: DatasetSpec,
  digest: string,
  catalog: Catalog,
  verify: boolean,
  whole: VersionRecord | undefined,
): Promise<Manifest | undefined> {
  const { name, version } = spec;
  const found = await catalog.manifest({
    name,
    version,
    digest: whole?.digest ?? digest,
  });
  if (!found) return undefined;
  const manifest = whole ? selectManifest(found, spec) : found;
  for (const part of Object.values(manifest.parts).flat()) {
    if (!await catalog.holds(part, verify)) return undefined;
  }
  return manifest;
}

/** The parts that a dataset is made of. Cuts stand at fixed rows, so that two sizes of a table can share parts. */
export function* rowRanges(spec: DatasetSpec): Iterable<RowRange> {
  for (const { name, rows } of spec.tables) {
    for (let from = 0; from < rows; from += PART_ROWS) {
      yield { table: name, from, rows: Math.min(PART_ROWS, rows - from) };
    }
  }
}
