import type { Fingerprint } from "../datasets/fingerprint.ts";
import type { DatasetIdentity } from "../formats/source.ts";

/** Where some rows of an increment's version are. */
export type Origin = "base" | "increment";

/** One table of the new version. */
export interface IncrementTable {
  readonly from: Origin;
  /** The whole table's, in the new version. */
  readonly fingerprint: Fingerprint;
  /** In a folder: each part, in the rows' order. */
  readonly parts?: readonly {
    readonly from: Origin;
    /** The first row's number. */
    readonly first: number;
    readonly rows: number;
    readonly fingerprint: Fingerprint;
    /** The part's own folder, relative to the increment's. */
    readonly key: string;
  }[];
}

/** What an incremental export says beside its rows: which version it makes, of which. */
export interface IncrementManifest {
  readonly servemark: 1;
  readonly format: string;
  /** The archive's key, where the format is one; none where no table changed. */
  readonly object?: string;
  /** The new version. */
  readonly identity: DatasetIdentity;
  /** The version that it builds on. */
  readonly base: {
    readonly name: string;
    readonly version: string;
    readonly digest: string;
  };
  /** All tables of the new version. */
  readonly tables: Readonly<Record<string, IncrementTable>>;
  /** Tables of the base that the new version has no more. */
  readonly dropped: readonly string[];
}

/** The ending of an increment's manifest. */
export const INCREMENT = "increment.json";

/** The manifest's key: in the folder, or beside the archive. */
export function incrementKey(key: string): string {
  return key === "" || key.endsWith("/")
    ? key + INCREMENT
    : `${key}.${INCREMENT}`;
}
