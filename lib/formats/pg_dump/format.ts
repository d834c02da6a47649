import { ServemarkError } from "../../core/errors.ts";
import { Fingerprinter } from "../../datasets/fingerprint.ts";
import type {
  Format,
  FormatWriteOptions,
  Place,
  TableSource,
  WriteStats,
} from "../source.ts";
import { chosenTables } from "../chosen_tables.ts";
import { openArchive } from "./archive.ts";
import {
  archiveHeadLength,
  type ArchiveOptions,
  ArchiveWriter,
} from "./archive_writer.ts";
import { levelOf, SegmentEncoder } from "./segments.ts";

/** Bytes of COPY text in a segment. */
const SEGMENT = 4 * 1024 * 1024;

/** The archives of `pg_dump -Fc`: one object, which `pg_restore` restores. */
export const pgDump: Format = {
  name: "pg_dump",
  title: "PostgreSQL's custom archive (pg_dump -Fc)",
  layout: "object",
  open: openArchive,
  write: writeArchive,
};

async function writeArchive(
  source: TableSource,
  place: Place,
  options: FormatWriteOptions = {},
): Promise<WriteStats> {
  const { signal, progress } = options;
  const tables = chosenTables(source, options.tables);
  if (tables.length === 0) {
    throw new ServemarkError("Cannot write an archive", {
      cause: `${source.name} has no tables`,
      remedy: "Choose a source that has some",
    });
  }
  const archiveOptions: ArchiveOptions = {
    compression: options.compression,
    level: options.level,
    identity: source.identity,
  };
  levelOf(archiveOptions);
  await using writer = await place.store.create(place.key, {
    head: archiveHeadLength(tables, archiveOptions),
    signal,
  });
  const archive = new ArchiveWriter(writer, tables, archiveOptions);
  const total = tables.reduce((sum, { rows }) => sum + rows, 0) || undefined;
  let done = 0;
  const step = `Write ${place.store.locate(place.key)}`;
  for (const table of tables) {
    await archive.beginTable(table.name);
    const encoder = new SegmentEncoder(table, archiveOptions);
    const fingerprinter = new Fingerprinter();
    for await (const batch of source.read(table.name, { signal })) {
      signal?.throwIfAborted();
      encoder.add(batch);
      fingerprinter.add(batch);
      done += batch.rows;
      if (encoder.textBytes >= SEGMENT) {
        await archive.addSegment(encoder.take());
        progress?.({ step, done, total, unit: "rows", detail: table.name });
      }
    }
    await archive.addSegment(encoder.take());
    await archive.endTable(fingerprinter.digest());
  }
  const stats = await archive.finish();
  progress?.({ step, done, total: done, unit: "rows", finished: true });
  return stats;
}
