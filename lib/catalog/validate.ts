import { messageOf } from "../core/errors.ts";
import { silent, type Watch } from "../core/progress.ts";
import { Fingerprinter } from "../datasets/fingerprint.ts";
import type { TableSpec } from "../datasets/spec.ts";
import type { Catalog } from "./catalog.ts";
import { type Manifest, totalRows } from "./manifest.ts";
import { readParts } from "./read_table.ts";

/** What was found of one table. */
export interface TableValidation {
  readonly table: string;
  readonly rows: number;
  readonly parts: number;
  readonly bytes: number;
  readonly fingerprint: string;
  /** What is wrong, each a sentence without its full stop. */
  readonly problems: readonly string[];
}

/** What was found of a dataset. */
export interface Validation {
  readonly name: string;
  readonly version: string;
  readonly digest: string;
  readonly tables: readonly TableValidation[];
  readonly rows: number;
  readonly isValid: boolean;
}

/**
 * Reads every part of a finished dataset, and recomputes what its manifest
 * says: digests, schemas, numbers of rows, fingerprints. Finds all that is
 * wrong, and throws for none of it.
 */
export async function validateManifest(
  catalog: Catalog,
  manifest: Manifest,
  watch: Watch = {},
): Promise<Validation> {
  const { progress = silent, signal } = watch;
  const { name, version, digest, spec } = manifest;
  const step = `Validate ${name}_v${version}`;
  const total = totalRows(spec);
  let done = 0;
  const tables: TableValidation[] = [];
  for (const table of spec.tables) {
    const onRows = (rows: number) => {
      signal?.throwIfAborted();
      done += rows;
      progress({ step, done, total, unit: "rows", detail: table.name });
    };
    tables.push(await validateTable(catalog, manifest, table, onRows, signal));
  }
  progress({ step, done: total, total, unit: "rows", finished: true });
  return {
    name,
    version,
    digest,
    tables,
    rows: tables.reduce((sum, table) => sum + table.rows, 0),
    isValid: tables.every(({ problems }) => problems.length === 0),
  };
}

async function validateTable(
  catalog: Catalog,
  manifest: Manifest,
  table: TableSpec,
  onRows: (rows: number) => void,
  signal: AbortSignal | undefined,
): Promise<TableValidation> {
  const problems: string[] = [];
  const whole = new Fingerprinter();
  const parts = manifest.parts[table.name];
  let rows = 0;
  for (const part of parts) {
    const sum = new Fingerprinter();
    let own = 0;
    try {
      for await (const batch of readParts(catalog, table, [part])) {
        sum.add(batch);
        own += batch.rows;
        onRows(batch.rows);
      }
    } catch (error) {
      if (signal?.aborted) throw error;
      problems.push(messageOf(error));
      continue;
    }
    rows += own;
    if (own !== part.rows) {
      problems.push(
        `the part of row ${part.from} has ${own} of ${part.rows} rows`,
      );
    } else if (sum.digest() !== part.fingerprint) {
      problems.push(
        `the part of row ${part.from} has fingerprint ${sum.digest()}, not ${part.fingerprint}`,
      );
    }
    whole.merge(sum.digest());
  }
  if (problems.length === 0 && rows !== table.rows) {
    problems.push(`it has ${rows} of ${table.rows} rows`);
  }
  return {
    table: table.name,
    rows,
    parts: parts.length,
    bytes: parts.reduce((sum, part) => sum + part.bytes, 0),
    fingerprint: whole.digest(),
    problems,
  };
}
