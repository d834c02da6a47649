/**
 * What every platform offers. A platform never times itself: load goes through
 * the drivers that it names.
 *
 * @module
 */
import type { ProgressSink, Watch } from "../core/progress.ts";
import type { Batch } from "../datasets/batch.ts";
import type { Fingerprint } from "../datasets/fingerprint.ts";
import type { TableSchema } from "../datasets/schema.ts";
import type { TableSource } from "../formats/source.ts";
import type { DriverSpec, Strategy } from "./driver.ts";

/** What stands behind a platform's name. Only `service` figures say anything about a service. */
export type Nature =
  | "service"
  | "self-hosted"
  | "embedded"
  | "emulated"
  | "in-process";

/** What a platform is, for reports. Holds no secrets. */
export interface PlatformFacts {
  /** `PostgreSQL 18.4`, `dynoxide 1.2.1 (DynamoDB emulator)`. */
  readonly engine: string;
  readonly nature: Nature;
  /** Where, without credentials: `127.0.0.1:5432`. */
  readonly place: string;
  /** Settings that matter to speed or durability: `fsync`, `shared_buffers` … */
  readonly settings: Readonly<Record<string, string>>;
  /** Known limits of what was measured, each a sentence. */
  readonly caveats: readonly string[];
}

/** Priced use of a platform. See `price_book.ts`. */
export type CostModel =
  /** Billed for the hour, whatever the load. */
  | {
    readonly kind: "hourly";
    readonly usdPerHour: number;
    /** What is priced: `Aurora db.r6g.large, assumed as reference`. */
    readonly item: string;
    readonly assumed: boolean;
    readonly priceDate: string;
    readonly source: string;
  }
  /** Billed for the request units that the driver reports in `consumed`. */
  | {
    readonly kind: "metered";
    /** USD for one of each unit: `{ rru: 0.125e-6 }`. */
    readonly usdPerUnit: Readonly<Record<string, number>>;
    readonly item: string;
    readonly assumed: boolean;
    readonly priceDate: string;
    readonly source: string;
  }
  /** Nothing is billed: the in-process platform. */
  | { readonly kind: "none"; readonly item: string };

/** One open platform. */
export interface Platform {
  /** Its name in this run: `postgres`, or the configuration's own. */
  readonly name: string;
  /** Its type: a key of the platform map. */
  readonly kind: string;
  /** For people: `PostgreSQL`, `DynamoDB`. */
  readonly title: string;
  readonly strategies: readonly Strategy[];
  /** Its drivers' short names, the default first: `http` for `dynamodb/http`. */
  readonly drivers: readonly string[];
  readonly cost: CostModel;

  facts(): Promise<PlatformFacts>;
  /** Creates empty tables, replacing what an earlier or interrupted import left of them. */
  create(tables: readonly TableSchema[], watch?: Watch): Promise<void>;
  /** Loads rows into a created table. */
  load(
    table: TableSchema,
    batches: AsyncIterable<Batch>,
    options?: LoadOptions,
  ): Promise<LoadStats>;
  /** Builds keys and indexes, gathers statistics, settles. */
  finish(tables: readonly TableSchema[], watch?: Watch): Promise<void>;
  /** The fingerprint of the table as it stands in the platform. */
  fingerprint(table: TableSchema, watch?: Watch): Promise<Fingerprint>;
  /** Which of these tables exist. */
  existing(tables: readonly TableSchema[]): Promise<readonly string[]>;
  drop(tables: readonly TableSchema[]): Promise<void>;
  /**
   * The platform's tables, to be read in bulk, as they are now. Without their
   * schemas it reads what it declares, where it declares any. The source is
   * closed before the platform is.
   */
  source?(tables?: readonly TableSchema[], watch?: Watch): Promise<TableSource>;
  /**
   * What a worker opens the same platform with, to load it in parallel; secrets
   * included. Absent where only this object can load it.
   */
  workerSettings?(): PlatformSettings;
  /** How workers reach it. Unknown driver names are an error that lists the known ones. */
  driver(name?: string): DriverSpec;
  /** Closes what this object opened, its embedded server too. Twice is fine. */
  close(): Promise<void>;
}

export interface LoadOptions {
  signal?: AbortSignal;
  /** Told how many rows more are loaded (not how many so far). */
  onRows?: (rows: number) => void;
  progress?: ProgressSink;
}

export interface LoadStats {
  readonly rows: number;
  /** Bytes sent, as the platform's own load protocol counts them. */
  readonly bytes: number;
  /** Items sent again after being refused or left unprocessed. */
  readonly retried: number;
}

/** How to open a platform: from the configuration, a URI, or nothing (embedded). */
export interface PlatformSettings {
  readonly name?: string;
  /** `postgres://user@host/db`; embedded where absent. */
  readonly uri?: string;
  /** Further settings, by platform. */
  readonly [setting: string]: string | number | boolean | undefined;
}
