import { createHash } from "node:crypto";
import { silent, type Watch } from "../core/progress.ts";
import { canonicalJson } from "../datasets/digest.ts";
import { type Fingerprint, Fingerprinter } from "../datasets/fingerprint.ts";
import {
  archiveHeadLength,
  type ArchiveOptions,
  ArchiveWriter,
} from "../formats/pg_dump/archive_writer.ts";
import type { Place, WriteStats } from "../formats/source.ts";
import {
  ArchivePartEncoder,
  type ArchivePartSetup,
  type EncodedPart,
} from "./archive_part.ts";
import type { PartedSource, PartRange } from "./catalog_source.ts";
import { inOrder } from "./ordered_workers.ts";

/** How an archive of parts is written. */
export interface ArchiveExportOptions extends ArchiveOptions, Watch {
  /** Web Workers that encode; 0 encodes in the calling thread. @default one for each core, up to 8 */
  readonly workers?: number;
}

/** What was written, and what an earlier, interrupted write had left. */
export interface ArchiveExport extends WriteStats {
  /** Parts that were not encoded again. */
  readonly takenUp: number;
}

/** Below this many rows, starting a worker takes longer than the work. */
const WORTH_A_WORKER = 20_000;
const MOST_WORKERS = 8;
/** The form of the write's own state: with another, no write is taken up. */
const STATE_FORM = 1;

/** What a checkpoint keeps of the tables begun: sums of their parts so far. */
type Sums = Record<string, Fingerprint>;

/**
 * Writes parts as an archive of pg_dump, encoded in Web Workers: a part is a
 * segment, and segments keep the parts' order. In memory are, for n workers, at
 * most 3n + 2 encoded parts (of up to 131,072 rows each) and n that are being
 * read: some 60 MB a worker for rows of 100 bytes. A write that was killed is
 * taken up at its last checkpoint by writing the same again.
 */
export async function exportArchive(
  source: PartedSource,
  { store, key }: Place,
  options: ArchiveExportOptions = {},
): Promise<ArchiveExport> {
  const { signal, progress = silent } = options;
  const { tables } = source;
  const archive: ArchiveOptions = {
    compression: options.compression,
    level: options.level,
    schema: options.schema,
    identity: source.identity,
    created: options.created,
  };
  await using writer = await store.create(key, {
    head: archiveHeadLength(tables, archive),
    resume: resumeKey(source, archive),
    signal,
  });
  const writing = new ArchiveWriter(writer, tables, archive);
  const sums = new Map(Object.entries(writing.note as Sums | null ?? {}));
  const ranges = tables.flatMap((table) =>
    source.parts(table.name).slice(writing.progress(table.name).segments)
  );
  const total = tables.reduce((sum, table) => sum + table.rows, 0);
  let done = total - ranges.reduce((sum, range) => sum + range.rows, 0);
  const left = total - done;
  const parts = tables.flatMap((table) => source.parts(table.name)).length;
  const step = `Export ${source.name}`;
  progress({ step, done, total, unit: "rows" });

  const encoded = encodeAll(source, ranges, left, options);
  try {
    for (const table of tables) {
      const before = writing.progress(table.name);
      if (before.finished) continue;
      await writing.beginTable(table.name);
      const sum = new Fingerprinter();
      const soFar = sums.get(table.name);
      if (soFar !== undefined) sum.merge(soFar);
      const own = source.parts(table.name).slice(before.segments);
      for (const range of own) {
        const { value } = await encoded.next();
        const { segment, fingerprint } = value as EncodedPart;
        await writing.addSegment(segment);
        sum.merge(fingerprint);
        sums.set(table.name, sum.digest());
        await writing.checkpoint(Object.fromEntries(sums));
        done += range.rows;
        progress({ step, done, total, unit: "rows", detail: table.name });
      }
      await writing.endTable(sum.digest());
    }
  } finally {
    await encoded.return(undefined);
  }
  signal?.throwIfAborted();
  const stats = await writing.finish();
  progress({ step, done: total, total, unit: "rows", finished: true });
  return { ...stats, takenUp: parts - ranges.length };
}

async function* encodeAll(
  source: PartedSource,
  ranges: readonly PartRange[],
  rows: number,
  options: ArchiveExportOptions,
): AsyncGenerator<EncodedPart, undefined> {
  const setup: ArchivePartSetup = {
    spec: source.spec,
    catalog: source.catalog?.uri,
    compression: options.compression,
    level: options.level,
  };
  const workers = Math.min(
    ranges.length,
    options.workers ??
      (rows < WORTH_A_WORKER
        ? 0
        : Math.min(MOST_WORKERS, navigator.hardwareConcurrency)),
  );
  if (workers > 0) {
    yield* inOrder<ArchivePartSetup, PartRange, EncodedPart>(
      () =>
        new Worker(new URL("./archive_worker.ts", import.meta.url), {
          type: "module",
          name: "export",
        }),
      setup,
      ranges,
      { workers, ahead: 3 * workers + 1, signal: options.signal },
    );
    return;
  }
  const encoder = new ArchivePartEncoder(setup);
  for (const range of ranges) {
    options.signal?.throwIfAborted();
    yield await encoder.encode(range);
  }
}

/** The digest of everything that decides the archive's bytes but its date. */
function resumeKey(source: PartedSource, archive: ArchiveOptions): string {
  const { compression, level, schema, identity } = archive;
  const job = {
    form: STATE_FORM,
    compression,
    level,
    schema,
    identity,
    tables: source.tables.map((table) => [
      table,
      source.parts(table.name).map(({ from, rows, part }) => [
        from,
        rows,
        part?.digest,
      ]),
    ]),
  };
  return createHash("sha256").update(canonicalJson(job)).digest("hex");
}
