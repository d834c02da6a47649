import { openCatalog } from "../catalog/catalog.ts";
import { diffVersions, type VersionDiff } from "../catalog/diff.ts";
import { listCatalog, type Listed } from "../catalog/list_catalog.ts";
import { type LogEntry, versionLog } from "../catalog/log.ts";
import { modifyVersion, scaleVersion } from "../catalog/modify.ts";
import { catalogPlace } from "../catalog/named.ts";
import { versionText } from "../catalog/version_name.ts";
import { diffTables, logTable } from "../catalog/version_tables.ts";
import type { RecordOptions, VersionRecord } from "../catalog/versions.ts";
import type { Validation } from "../catalog/validate.ts";
import { DISPLAY, type Displayable } from "../core/display.ts";
import { interruptible } from "../core/interrupt.ts";
import { ServemarkError } from "../core/errors.ts";
import type { ProgressSink, Watch } from "../core/progress.ts";
import { closeProgress, defaultProgress } from "../core/progress_view.ts";
import { formatBytes, formatCount } from "../core/sizes.ts";
import { tablesDisplay, type TextTable } from "../core/text_table.ts";
import type { Dataset } from "./dataset.ts";
import { readName } from "./dataset_calls.ts";
import { type Published, publishVersion } from "./publish_version.ts";
import { ensureRecorded, recordRequest } from "./record_request.ts";
import { replicate, type Replicated } from "./replicate.ts";
import { validateVersion } from "./validate_version.ts";

/** The versions of datasets in one catalog. */
class Versions {
  readonly #place: string | undefined;

  constructor(place: string | undefined) {
    this.#place = place;
    Object.freeze(this);
  }

  /** Records a dataset as a version, once and for all. */
  async record(
    dataset: Dataset | string,
    options: RecordOptions = {},
  ): Promise<VersionRecord & Displayable> {
    const request = typeof dataset === "string"
      ? readName(dataset)
      : dataset.toJSON();
    return recorded(await recordRequest(await this.#open(), request, options));
  }

  /**
   * Records a version that is another one with a named change:
   * `increase_hot_keys`, `increase_nulls`, `rename_column` …
   *
   * @param parameters the change's own: `{ table: "card_profile", share: 0.2 }`
   */
  async modify(
    from: string,
    to: string,
    change: string,
    parameters: Readonly<Record<string, unknown>> = {},
  ): Promise<VersionRecord & Displayable> {
    const catalog = await this.#open();
    const parent = versionText(await ensureRecorded(catalog, from));
    const changes = [{ ...parameters, change }];
    return recorded(await modifyVersion(catalog, parent, to, changes));
  }

  /** Records a version with `factor` times the keys and rows of another one. */
  async scale(
    from: string,
    to: string,
    factor: number,
  ): Promise<VersionRecord & Displayable> {
    const catalog = await this.#open();
    const parent = versionText(await ensureRecorded(catalog, from));
    return recorded(await scaleVersion(catalog, parent, to, factor));
  }

  /** A dataset's recorded versions, the newest first. */
  async log(name: string): Promise<readonly LogEntry[] & Displayable> {
    const entries = await versionLog(await this.#open(), name);
    return shown(entries, [logTable(name, entries)]);
  }

  /** How two versions differ: tables, columns, rows by key, parts and bytes. */
  async diff(
    before: string,
    after: string,
    options: Watch & { generate?: boolean } = {},
  ): Promise<VersionDiff & Displayable> {
    return await watched(options, async (watch) => {
      const catalog = await this.#open();
      const diff = await diffVersions(catalog, before, after, {
        ...options,
        ...watch,
      });
      return shown(diff, diffTables(diff));
    });
  }

  /**
   * Publishes a materialised version: uploads the parts that the other catalog
   * lacks, and records the version there with its metadata.
   *
   * @param target `public`, `internal`, a path or URI
   */
  async publish(
    version: string,
    target: string,
    options: Watch & { notes?: Readonly<Record<string, string>> } = {},
  ): Promise<Published & Displayable> {
    return await watched(options, async (watch) => {
      const catalog = await this.#open();
      const own = versionText(await ensureRecorded(catalog, version));
      const made = await publishVersion(catalog, own, target, {
        ...options,
        ...watch,
      });
      return shown(made, [publishedTable(made, target)]);
    });
  }

  /** Copies versions to a catalog elsewhere: only what it lacks. */
  async replicate(
    target: string,
    selection: readonly string[] = [],
    options: Watch = {},
  ): Promise<Replicated & Displayable> {
    return await watched(options, async (watch) => {
      const to = await openCatalog(catalogPlace(target));
      const made = await replicate(await this.#open(), to, selection, watch);
      return shown(made, [{
        caption: `Replicated to ${target}`,
        head: ["versions", "parts copied", "bytes", "parts there already"],
        rows: [[
          made.versions.join(", "),
          formatCount(made.partsCopied),
          formatBytes(made.bytesCopied),
          formatCount(made.partsThere),
        ]],
        notes: made.conflicts,
      }]);
    });
  }

  /** Reads every part of a version, and recomputes its digests, row counts and fingerprints. */
  async validate(
    version: string,
    options: Watch = {},
  ): Promise<Validation & Displayable> {
    return await watched(options, async (watch) => {
      const found = await validateVersion(await this.#open(), version, watch);
      return shown(found, [{
        caption: `${versionText(found)}: ${
          found.isValid ? "valid" : "not valid"
        }`,
        head: ["table", "rows", "parts", "bytes", "problems"],
        rows: found.tables.map((t) => [
          t.table,
          t.rows.toLocaleString("en-US"),
          String(t.parts),
          formatBytes(t.bytes),
          t.problems.join("; "),
        ]),
      }]);
    });
  }

  /** Everything that the catalog holds. */
  async list(): Promise<readonly Listed[] & Displayable> {
    const found = await listCatalog(await this.#open());
    return shown(found, [{
      head: ["dataset", "rows", "tables", "stored", "digest", ""],
      rows: found.map((l) => [
        versionText(l),
        formatCount(l.rows),
        String(l.tables),
        l.bytes === undefined ? "-" : formatBytes(l.bytes),
        l.digest.slice(0, 12),
        l.record ? l.record.message : "draft",
      ]),
    }]);
  }

  #open() {
    return openCatalog(
      this.#place === undefined ? undefined : catalogPlace(this.#place),
    );
  }
}

export type { Versions };

/**
 * The versions of datasets in a catalog: `public`, `internal`, a path or URI;
 * the user's own unless named.
 *
 * @example A version that shares all tables but one with its parent
 * ```ts
 * import assert from "node:assert/strict";
 * import { dataset, versions } from "servemark";
 *
 * const catalog = await Deno.makeTempDir();
 * const kept = versions(catalog);
 * await kept.record(dataset("retail_v1.0").rows("1k"));
 * await kept.modify("retail_v1.0", "retail_v1.1", "increase_nulls", {
 *   table: "customer_profile",
 *   share: 0.5,
 * });
 * const { tablesChanged, tablesSame } = await kept.diff("retail_v1.0", "retail_v1.1");
 * assert.deepEqual(tablesChanged.map((t) => t.table), ["customer_profile"]);
 * assert.equal(tablesSame, 13);
 * await Deno.remove(catalog, { recursive: true });
 * ```
 */
export function versions(catalog?: string): Versions {
  return new Versions(catalog);
}

/** Runs a job with progress shown, and an end at Ctrl-C or the stop button. */
async function watched<T>(
  options: Watch,
  job: (watch: { signal?: AbortSignal; progress: ProgressSink }) => Promise<T>,
): Promise<T> {
  using interrupt = options.signal ? undefined : interruptible(stopped);
  try {
    return await job({
      signal: options.signal ?? interrupt?.signal,
      progress: options.progress ?? defaultProgress(),
    });
  } finally {
    if (!options.progress) await closeProgress();
  }
}

function shown<T extends object>(
  value: T,
  tables: readonly TextTable[],
): T & Displayable {
  const display = tablesDisplay(tables);
  return Object.defineProperty(
    Array.isArray(value) ? [...value] as unknown as T : { ...value },
    DISPLAY,
    { value: () => display[DISPLAY](), enumerable: false },
  ) as T & Displayable;
}

function recorded(record: VersionRecord): VersionRecord & Displayable {
  const { spec, parent } = record;
  return shown(record, [{
    head: ["recorded", "rows", "tables", "made of", "digest", "message"],
    rows: [[
      versionText(record),
      formatCount(spec.tables.reduce((sum, table) => sum + table.rows, 0)),
      String(spec.tables.length),
      parent ?? "-",
      record.digest.slice(0, 12),
      record.message,
    ]],
  }]);
}

function publishedTable(
  { record, ...copied }: Published,
  target: string,
): TextTable {
  const { metadata } = record;
  return {
    caption: `${versionText(record)} in ${target}`,
    head: ["uploaded parts", "bytes", "tables", "parts there already", "bytes"],
    rows: [[
      formatCount(copied.partsCopied),
      formatBytes(copied.bytesCopied),
      copied.tablesCopied.length > 3
        ? String(copied.tablesCopied.length)
        : copied.tablesCopied.join(", ") || "-",
      formatCount(copied.partsThere),
      formatBytes(copied.bytesThere),
    ]],
    notes: metadata
      ? [
        `${formatBytes(metadata.compressedBytes)} stored, about ` +
        `${
          formatBytes(metadata.uncompressedBytes)
        } of text; restores in about ` +
        `${
          metadata.restore.seconds.toFixed(0)
        } s (${metadata.restore.assumption}); ` +
        `for ${metadata.platforms.join(", ")}`,
      ]
      : [],
  };
}

function stopped(): ServemarkError {
  return new ServemarkError("Stopped before it was done", {
    remedy: "Do it again: finished parts are kept",
  });
}
