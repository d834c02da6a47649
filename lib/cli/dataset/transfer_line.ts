import { formatDuration } from "../../core/durations.ts";
import { formatBytes } from "../../core/sizes.ts";

/** What a transfer came to. */
export interface TransferSummary {
  readonly name: string;
  readonly rows: number;
  readonly tables: number;
  /** 0 where nobody counted. */
  readonly bytes: number;
  readonly seconds: number;
  /** Whether fingerprints were compared, and found equal. */
  readonly equal: boolean;
}

/** `fraud_detection_v1.0: 300,000 rows in 30 tables, 42 MB, 3.1 s, fingerprints equal` */
export function transferLine(summary: TransferSummary): string {
  const { name, rows, tables, bytes, seconds, equal } = summary;
  return `${name}: ` + [
    `${rows.toLocaleString("en-US")} rows in ${tables} table${
      tables === 1 ? "" : "s"
    }`,
    ...(bytes > 0 ? [formatBytes(bytes)] : []),
    formatDuration(Math.max(0.1, Math.round(seconds * 10) / 10)),
    ...(equal ? ["fingerprints equal"] : []),
  ].join(", ");
}
