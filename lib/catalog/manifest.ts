import { ServemarkError } from "../core/errors.ts";
import { specDigest } from "../datasets/digest.ts";
import { type Fingerprint, Fingerprinter } from "../datasets/fingerprint.ts";
import type { DatasetSpec } from "../datasets/spec.ts";

/** Consecutive rows of a table. */
export interface RowRange {
  readonly table: string;
  /** The first row's number. */
  readonly from: number;
  readonly rows: number;
}

/** A row range of a table, stored once under the digest of its bytes. */
export interface Part extends RowRange {
  /** SHA-256 of the stored bytes, in hex. */
  readonly digest: string;
  readonly bytes: number;
  /** Of the part's rows; parts add up to their table's. */
  readonly fingerprint: Fingerprint;
}

/** One materialised dataset: what it is, and where its rows are. */
export interface Manifest {
  readonly schemaVersion: 1;
  readonly name: string;
  readonly version: string;
  /** The spec's digest. Several of one version live side by side until one is recorded. */
  readonly digest: string;
  /** The digest of the recorded version of which these are some tables; never stored. */
  readonly selectionOf?: string;
  readonly spec: DatasetSpec;
  /** Table name → its parts, in the rows' order. */
  readonly parts: Readonly<Record<string, readonly Part[]>>;
  /** Table name → fingerprint. */
  readonly fingerprints: Readonly<Record<string, Fingerprint>>;
}

/**
 * Makes a manifest of finished parts. Parts that do not cover every row of
 * every table exactly once are an error.
 */
export function makeManifest(
  spec: DatasetSpec,
  digest: string,
  parts: readonly Part[],
): Manifest {
  const byTable: [table: string, parts: readonly Part[]][] = [];
  const fingerprints: [table: string, of: Fingerprint][] = [];
  for (const { name, rows } of spec.tables) {
    const own = parts.filter((part) => part.table === name)
      .sort((a, b) => a.from - b.from);
    const sum = new Fingerprinter();
    let next = 0;
    for (const part of own) {
      if (part.from !== next) break;
      next += part.rows;
      sum.merge(part.fingerprint);
    }
    if (next !== rows) {
      throw new ServemarkError(
        `Cannot complete ${spec.name}_v${spec.version}`,
        {
          cause:
            `table ${name} has ${rows} rows, and its parts reach row ${next}`,
        },
      );
    }
    byTable.push([name, own]);
    fingerprints.push([name, sum.digest()]);
  }
  return {
    schemaVersion: 1,
    name: spec.name,
    version: spec.version,
    digest,
    spec,
    parts: Object.fromEntries(byTable),
    fingerprints: Object.fromEntries(fingerprints),
  };
}

/** The manifest of some tables of a materialised version. */
export function selectManifest(whole: Manifest, spec: DatasetSpec): Manifest {
  const names = spec.tables.map((table) => table.name);
  const only = <T>(of: Readonly<Record<string, T>>) =>
    Object.fromEntries(names.map((name) => [name, of[name]]));
  return {
    ...whole,
    digest: specDigest(spec),
    selectionOf: whole.digest,
    spec,
    parts: only(whole.parts),
    fingerprints: only(whole.fingerprints),
  };
}

/** Rows of all tables. */
export function totalRows(spec: DatasetSpec): number {
  return spec.tables.reduce((sum, table) => sum + table.rows, 0);
}

/** Stored bytes of all parts. */
export function totalBytes(manifest: Manifest): number {
  return Object.values(manifest.parts).flat()
    .reduce((sum, part) => sum + part.bytes, 0);
}
