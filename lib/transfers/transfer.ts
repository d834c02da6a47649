import type { Catalog } from "../catalog/catalog.ts";
import { DISPLAY, type Displayable } from "../core/display.ts";
import { interruptible } from "../core/interrupt.ts";
import { ServemarkError } from "../core/errors.ts";
import type { Watch } from "../core/progress.ts";
import { closeProgress, defaultProgress } from "../core/progress_view.ts";
import { formatBytes } from "../core/sizes.ts";
import { tableDisplay } from "../core/text_table.ts";
import type { Fingerprint } from "../datasets/fingerprint.ts";
import { PLATFORMS } from "../platforms/open.ts";
import { schemeOf } from "../stores/split_uri.ts";
import { exportDataset } from "./export_dataset.ts";
import { readCompression } from "./export_output.ts";
import { namesPlace } from "./find_format.ts";
import { importTables } from "./import_tables.ts";
import { openSource } from "./open_source.ts";
import { openTarget } from "./open_target.ts";
import type { TableChoice } from "./table_choice.ts";

/** How something is moved. */
export interface TransferOptions extends Watch {
  /** The first n tables, or some by name. @default all */
  readonly tables?: TableChoice;
  /** `9`, `"none"`, `"zstd:3"`: how a file is compressed. */
  readonly compression?: string | number;
  /** The format's name, where a file's ending does not say it. */
  readonly format?: string;
  /** The schema of PostgreSQL's tables. */
  readonly schema?: string;
  /** Where datasets are kept. @default the user's own catalog */
  readonly catalog?: string | Catalog;
}

/** What was moved, for `show`. */
export interface Transfer extends Displayable {
  readonly from: string;
  readonly to: string;
  readonly rows: number;
  /** Bytes written, or sent to the platform. */
  readonly bytes: number;
  readonly seconds: number;
  /** Table name → fingerprint, as it arrived. */
  readonly fingerprints: Readonly<Record<string, Fingerprint>>;
  readonly notes: readonly string[];
}

/**
 * Moves tables from anywhere to anywhere, in constant memory, and proves by
 * fingerprints that they arrived: a dataset by its name, a file or folder in a
 * known format, `s3://…`, `postgres://…`, `dynamodb://…`; as a target also the
 * name of a platform, which is then an embedded one, started for this alone.
 *
 * @param from such as `fraud_detection_v1.0`, `fraud.dump`, `dynamodb://us-east-1`
 * @param to such as `fraud.dump`, `out/parquet/`, `postgres://me@host/db`
 *
 * @throws {ServemarkError} for what cannot be read or written, and where what
 * arrived has another fingerprint than what was sent
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { dataset, transfer } from "servemark";
 *
 * const folder = await Deno.makeTempDir();
 * const catalog = `${folder}/catalog`;
 * await dataset("retail_v1.0").rows("1k").tables(3).materialize({ catalog });
 * const dumped = await transfer("retail_v1.0", `${folder}/retail.dump`, { catalog });
 * const loaded = await transfer(`${folder}/retail.dump`, "memory");
 * assert.deepEqual(loaded.fingerprints, dumped.fingerprints);
 * await Deno.remove(folder, { recursive: true });
 * ```
 */
export async function transfer(
  from: string,
  to: string,
  options: TransferOptions = {},
): Promise<Transfer> {
  // Whoever passes a signal listens for Ctrl-C itself.
  using interrupt = options.signal ? undefined : interruptible(stopped);
  const watch = {
    signal: options.signal ?? interrupt?.signal,
    progress: options.progress ?? defaultProgress(),
  };
  const { tables, catalog, schema, format } = options;
  try {
    const source = await openSource(from, { ...watch, tables, catalog });
    try {
      return isPlatform(to)
        ? await load(source, to, { ...options, ...watch })
        : shown(
          from,
          to,
          await exportDataset(source, to, {
            ...watch,
            ...compressionOf(options.compression),
            format,
            schema,
          }),
        );
    } finally {
      await source.close();
    }
  } finally {
    if (!options.progress) await closeProgress();
  }
}

type Source = Awaited<ReturnType<typeof openSource>>;

/** Whether a target is a platform, by name or URI, and not a place for files. */
function isPlatform(to: string): boolean {
  const scheme = schemeOf(to);
  return scheme === undefined
    ? Object.hasOwn(PLATFORMS, to) || !namesPlace(to)
    : scheme === "postgresql" || Object.hasOwn(PLATFORMS, scheme);
}

async function load(
  source: Source,
  to: string,
  { schema, ...watch }: TransferOptions,
): Promise<Transfer> {
  const began = performance.now();
  const target = schemeOf(to) === undefined ? { platform: to } : { target: to };
  const platform = await openTarget({ ...watch, ...target, schema });
  try {
    const record = await importTables(source, platform, {
      ...watch,
      reuse: true,
    });
    const { engine } = await platform.facts();
    return shown(source.name, engine, {
      ...record,
      seconds: (performance.now() - began) / 1e3,
      notes: source.notes,
      equal: true,
    });
  } finally {
    await platform.close();
  }
}

function compressionOf(text: string | number | undefined) {
  return text === undefined ? {} : readCompression(String(text));
}

interface Moved {
  readonly rows: number;
  readonly bytes: number;
  readonly seconds: number;
  readonly fingerprints: Readonly<Record<string, Fingerprint>>;
  readonly notes: readonly string[];
  /** Whether they were known before, and compared. */
  readonly equal: boolean;
}

function shown(from: string, to: string, moved: Moved): Transfer {
  const { rows, bytes, seconds, fingerprints, notes, equal } = moved;
  const tables = Object.keys(fingerprints).length;
  const table = tableDisplay({
    head: ["from", "to", "tables", "rows", "bytes", "seconds", "fingerprints"],
    rows: [[
      from,
      to,
      String(tables),
      rows.toLocaleString("en-US"),
      bytes > 0 ? formatBytes(bytes) : "-",
      seconds.toFixed(1),
      equal ? "equal" : "computed while writing",
    ]],
    notes,
  });
  return {
    from,
    to,
    rows,
    bytes,
    seconds,
    fingerprints,
    notes,
    [DISPLAY]: () => table[DISPLAY](),
  };
}

function stopped(): ServemarkError {
  return new ServemarkError("Stopped before everything had arrived", {
    remedy: "Do it again: what is whole is kept",
  });
}
