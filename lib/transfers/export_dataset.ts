import { ServemarkError } from "../core/errors.ts";
import type { Watch } from "../core/progress.ts";
import { own } from "../core/records.ts";
import type {
  Compression,
  TableSource,
  WriteStats,
} from "../formats/source.ts";
import type { StoreOptions } from "../stores/store.ts";
import { isParted } from "./catalog_source.ts";
import { checkedSource } from "./checked_source.ts";
import { exportArchive } from "./export_archive.ts";
import { exportIncrement } from "./export_increment.ts";
import { exportOutput } from "./export_output.ts";
import type { PartedSource } from "./catalog_source.ts";

/** How a dataset is exported. */
export interface ExportOptions extends Watch {
  /** The format's name, where the output's ending does not say it. @default pg_dump */
  readonly format?: string;
  readonly compression?: Compression;
  /** The codec's own scale; 0 to 9 for gzip. */
  readonly level?: number;
  /** Web Workers that encode an archive. @default one for each core, up to 8 */
  readonly workers?: number;
  /** The schema that an archive's restore makes the tables in. @default "servemark" */
  readonly schema?: string;
  /** An earlier version: only what changed since is written. */
  readonly since?: PartedSource;
  /** Told of each request to a store. */
  readonly onRequest?: StoreOptions["onRequest"];
}

/** What was exported. */
export interface ExportRecord extends WriteStats {
  /** The dataset: `fraud_detection_v1.0`. */
  readonly name: string;
  /** The file or folder that was written. */
  readonly output: string;
  readonly format: string;
  readonly tables: number;
  readonly seconds: number;
  /** Whether every fingerprint that the source knew is that of what was written. */
  readonly equal: boolean;
  /** Parts that an earlier, interrupted export had written already. */
  readonly takenUp: number;
  /** Tables that are as they were in the version that this builds on. */
  readonly unchanged?: readonly string[];
  readonly notes: readonly string[];
}

/**
 * Writes a source's tables to a file, a folder or an object store, in any
 * format; nothing is visible before it is whole. An archive of a dataset's parts
 * is encoded in Web Workers, and taken up where it was when its export was
 * killed; so are the finished tables of a folder.
 *
 * @param output `x.dump`, `out/`, `s3://bucket/prefix/`
 * @throws {ServemarkError} where what was written is not what the source said
 */
export async function exportDataset(
  source: TableSource,
  output: string,
  options: ExportOptions = {},
): Promise<ExportRecord> {
  const started = performance.now();
  const { compression, level, signal, progress } = options;
  // A file may call itself anything.
  const called =
    (source.identity
      ? `${source.identity.name}_v${source.identity.version}`
      : source.name.replace(/^.*\//, ""))
      .replace(/[^A-Za-z0-9_.-]+/g, "_").replace(/^\.+_*/, "") || "dataset";
  const { format, place, name } = await exportOutput(
    output,
    called,
    options.format,
    { onRequest: options.onRequest },
  );
  const common = {
    name: called,
    output: name,
    format: format.name,
    notes: source.notes,
  };
  const written = options.since
    ? await exportIncrement(
      needParts(source),
      options.since,
      format,
      place,
      options,
    )
    : format.name === "pg_dump" && isParted(source)
    ? await exportArchive(source, place, options)
    : await format.write(checkedSource(source), place, {
      compression,
      level,
      signal,
      progress,
    });
  check(source, written);
  return {
    ...common,
    ...written,
    tables: source.tables.length,
    takenUp: "takenUp" in written ? written.takenUp as number : 0,
    equal: Object.keys(source.fingerprints ?? {}).length > 0,
    seconds: (performance.now() - started) / 1e3,
  };
}

function needParts(source: TableSource): PartedSource {
  if (isParted(source)) return source;
  throw new ServemarkError(`Cannot tell what changed in ${source.name}`, {
    cause: "only a dataset of the catalog is kept in versions",
    remedy: "Load it into the catalog first, or export it without --since",
    exitCode: 2,
  });
}

/** What was written must be what the source is known to be. */
function check(
  { name, fingerprints }: TableSource,
  written: WriteStats,
): void {
  const wrong = Object.entries(written.fingerprints)
    .map(([table, f]) => ({ table, f, known: own(fingerprints, table) }))
    .filter(({ f, known }) => known !== undefined && known !== f);
  if (wrong.length === 0) return;
  throw new ServemarkError(`What was written is not ${name}`, {
    cause: "the rows that were read have other fingerprints than the dataset",
    place: wrong.map(({ table, f, known }) =>
      `table ${table}: ${f} written, ${known} in the dataset`
    ).join("\n         "),
    remedy: "Check the source (servemark dataset validate), and export again",
  });
}
