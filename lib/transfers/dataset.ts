import { type Catalog, openCatalog } from "../catalog/catalog.ts";
import { type Manifest, totalBytes, totalRows } from "../catalog/manifest.ts";
import {
  bundle,
  DISPLAY,
  escapeHtml,
  type MimeBundle,
  show,
} from "../core/display.ts";
import { type Problem, ServemarkError, throwProblems } from "../core/errors.ts";
import { freeze } from "../core/frozen.ts";
import { interruptible } from "../core/interrupt.ts";
import { unknownName } from "../core/names.ts";
import { closeProgress, defaultProgress } from "../core/progress_view.ts";
import { formatBytes, formatCount } from "../core/sizes.ts";
import type { DistributionName } from "../datasets/compile.ts";
import { specDigest } from "../datasets/digest.ts";
import { type TableGenerator, tableGenerator } from "../datasets/generator.ts";
import type { DatasetSpec } from "../datasets/spec.ts";
import { datasetSql, type SqlOptions } from "../datasets/sql/dataset_sql.ts";
import {
  CALLS,
  type DatasetCall,
  type DatasetRequest,
  readCall,
  readName,
} from "./dataset_calls.ts";
import { planText } from "./dataset_plan.ts";
import { logicalRow, type LogicalValue } from "./logical_row.ts";
import { materialize, type MaterializeOptions } from "./materialize.ts";
import { resolveDataset } from "./resolve.ts";

/** Where datasets are kept. */
export interface CatalogChoice {
  /** A folder, a store's URI, or an open catalog. @default the user's own */
  catalog?: string | Catalog;
}

/** How a builder materialises. */
export interface DatasetMaterializeOptions
  extends MaterializeOptions, CatalogChoice {}

/**
 * A dataset to be: immutable, every call returns a new one, and each replaces
 * what an earlier call of its name said. Nothing is read or generated before
 * `spec`, `row`, `explain` or `materialize`, which also report everything that
 * is wrong, all at once.
 */
class Dataset {
  readonly #request: DatasetRequest;
  readonly #problems: readonly Problem[];
  /** Generators of the tables that rows were asked of: made once, so that a row takes microseconds. */
  readonly #generators = new Map<string, TableGenerator>();

  constructor(request: DatasetRequest, problems: readonly Problem[]) {
    this.#request = freeze(request);
    this.#problems = problems;
    Object.freeze(this);
  }

  /** The dataset's version: a text, so that `"1.10"` is not `"1.1"`. */
  version(text: string): Dataset {
    return this.#with("version", [text]);
  }

  /** The first n feature tables, or some by name. */
  tables(...choice: [number] | string[] | [readonly string[]]): Dataset {
    return this.#with("tables", choice);
  }

  /** Rows of all the domain's feature tables together: `"300k"`, `"16.6B"`, 300_000. */
  rows(count: number | string): Dataset {
    return this.#with("rows", [count]);
  }

  /** `power_law` sizes and popularity, or `uniform` ones. */
  distribution(name: DistributionName): Dataset {
    return this.#with("distribution", [name]);
  }

  /** The number that all rows follow from. */
  seed(seed: number): Dataset {
    return this.#with("seed", [seed]);
  }

  /** Event tables too: all of them, or some by name. */
  events(...choice: [] | [boolean] | string[]): Dataset {
    return this.#with("events", choice);
  }

  /** What was asked for; {@link dataset.from} makes an equal builder of it. */
  toJSON(): DatasetRequest {
    this.#check();
    return this.#request;
  }

  /**
   * The whole definition: of the version that the catalog has recorded under
   * this name, of data that was loaded into it, or compiled from the domain's
   * YAML.
   */
  async spec(options: CatalogChoice = {}): Promise<DatasetSpec> {
    const { domain } = this.#request;
    const problems = [...this.#problems];
    const catalog = await opened(options.catalog);
    const resolved = await resolveDataset(
      problems.length > 0 ? { domain } : this.#request,
      catalog,
    ).catch((error: unknown) => {
      if (problems.length === 0 || !(error instanceof ServemarkError)) {
        throw error;
      }
      problems.push({ message: error.message, place: `dataset("${domain}")` });
      return undefined;
    });
    throwProblems(`Cannot make dataset "${domain}"`, problems);
    return resolved!.spec;
  }

  /** One generated row by column name, without generating any other. */
  async row(table: string, i: number): Promise<Record<string, LogicalValue>> {
    let generator = this.#generators.get(table);
    if (!generator) {
      generator = tableGenerator(await this.spec(), table);
      this.#generators.set(table, generator);
    }
    return logicalRow(generator.table, generator.row(i));
  }

  /**
   * The whole dataset as SQL of `postgres`, `duckdb` or `spark`: run by that
   * engine's own command line it makes the very same rows there, and says their
   * fingerprints.
   */
  async toSQL(dialect: string, options: SqlOptions = {}): Promise<string> {
    return datasetSql(await this.spec(), dialect, options).text;
  }

  /** Shows the plan: tables, rows, entities, the digest and an estimate of its size. */
  async explain(options: CatalogChoice = {}): Promise<void> {
    await show(planText(await this.spec(options)));
  }

  /**
   * Generates the dataset into a catalog, in parallel; what is there already is
   * not made again. Shows progress unless told where to send it.
   */
  async materialize(
    options: DatasetMaterializeOptions = {},
  ): Promise<Manifest> {
    const { catalog: where, ...rest } = options;
    const catalog = await opened(where);
    const spec = await this.spec({ catalog });
    // Whoever passes a signal listens for Ctrl-C itself.
    using interrupt = rest.signal ? undefined : interruptible(stopped);
    const signal = rest.signal ?? interrupt?.signal;
    const progress = rest.progress ?? defaultProgress();
    try {
      const made = await materialize(spec, catalog, {
        ...rest,
        signal,
        progress,
      });
      return displayed(made);
    } finally {
      if (!rest.progress) await closeProgress();
    }
  }

  [DISPLAY](): MimeBundle {
    const { domain, ...rest } = this.#request;
    const settings: [string, string][] = [["dataset", domain]];
    for (const call of CALLS) {
      const value = rest[call];
      if (value === undefined) continue;
      const text = call === "rows" ? formatCount(value as number) : value;
      settings.push([call, String(text)]);
    }
    for (const { place, message } of this.#problems) {
      settings.push(["problem", place ? `${place}: ${message}` : message]);
    }
    return settingsBundle(settings);
  }

  #with(call: DatasetCall, args: readonly unknown[]): Dataset {
    const { request, problem } = readCall(this.#request, call, args);
    const problems = problem ? [...this.#problems, problem] : this.#problems;
    return new Dataset(request, problems);
  }

  #check(): void {
    throwProblems(
      `Cannot make dataset "${this.#request.domain}"`,
      this.#problems,
    );
  }
}

export type { Dataset };

/**
 * Begins a dataset of a domain: `fraud_detection`, `retail`, or the path of a
 * YAML file. The name may carry a version: `fraud_detection_v1.0` or
 * `fraud_detection@1.0`.
 *
 * @example A dataset's rows follow from its spec alone
 * ```ts
 * import assert from "node:assert/strict";
 * import { dataset } from "servemark";
 *
 * const fraud = dataset("fraud_detection").version("1.0").tables(3).rows("10k");
 * const { tables } = await fraud.spec();
 * assert.equal(tables.length, 3);
 * assert.deepEqual(
 *   await fraud.row(tables[0].name, 7),
 *   await dataset.from(fraud.toJSON()).row(tables[0].name, 7),
 * );
 * ```
 */
export function dataset(name: string): Dataset {
  return new Dataset(readName(String(name)), []);
}

/** Rebuilds a dataset from what its `toJSON()` gave. A setting of another name is a problem, told with the others. */
dataset.from = (json: DatasetRequest): Dataset => {
  const known: readonly string[] = ["domain", ...CALLS];
  const problems = Object.keys(json).filter((key) => !known.includes(key))
    .map((key) => ({ message: unknownName("setting", key, known).message }));
  let built: Dataset = new Dataset({ domain: String(json.domain) }, problems);
  for (const call of CALLS) {
    const value = json[call];
    if (value === undefined) continue;
    const args = Array.isArray(value) ? value : [value];
    built = (built[call] as (...args: unknown[]) => Dataset)(...args);
  }
  return built;
};

async function opened(catalog?: string | Catalog): Promise<Catalog> {
  return catalog === undefined || typeof catalog === "string"
    ? await openCatalog(catalog)
    : catalog;
}

function stopped(): ServemarkError {
  return new ServemarkError("Stopped before the dataset was complete", {
    remedy: "Materialise it again: finished parts are kept",
  });
}

/** A manifest that a notebook shows as a summary, not as its thousands of lines. */
function displayed(manifest: Manifest): Manifest {
  const spec = manifest.spec;
  const forms = settingsBundle([
    ["dataset", `${manifest.name}_v${manifest.version}`],
    ["rows", formatCount(totalRows(spec))],
    ["tables", String(spec.tables.length)],
    ["Parquet", formatBytes(totalBytes(manifest))],
    ["digest", specDigest(spec)],
  ]);
  return Object.defineProperty({ ...manifest }, DISPLAY, {
    value: bundle(forms)[DISPLAY],
    enumerable: false,
  });
}

function settingsBundle(
  settings: readonly (readonly [string, string])[],
): MimeBundle {
  const width = Math.max(...settings.map(([name]) => name.length));
  const cell = "padding:2px 12px 2px 0;text-align:left;vertical-align:top";
  const rows = settings.map(([name, value]) =>
    `<tr><th style="${cell};font-weight:600">${escapeHtml(name)}</th>` +
    `<td style="${cell}">${escapeHtml(value)}</td></tr>`
  );
  return {
    "text/plain": settings.map(([name, value]) =>
      `${name.padEnd(width)}  ${value}`
    ).join("\n"),
    "text/html": `<table style="border-collapse:collapse">${
      rows.join("")
    }</table>`,
  };
}
