import type { Fingerprint } from "../datasets/fingerprint.ts";

/** A platform's load: how it got its data. */
export interface LoadRecord {
  readonly platform: string;
  readonly rows: number;
  readonly bytes: number;
  readonly retried: number;
  /** Seconds of loading, of building keys and indexes, and of fingerprinting. */
  readonly loadSeconds: number;
  readonly finishSeconds: number;
  readonly fingerprintSeconds: number;
  /** Table name → fingerprint, as computed in the platform. */
  readonly fingerprints: Readonly<Record<string, Fingerprint>>;
}
