import { gzipSync } from "node:zlib";
import { threadCpu } from "../core/clock.ts";
import { Fingerprinter } from "../datasets/fingerprint.ts";
import { tableGenerator } from "../datasets/generator.ts";
import type { DatasetSpec, TableSpec } from "../datasets/spec.ts";
import { writeParquet } from "../formats/parquet/write.ts";
import { CopyText } from "../formats/pg_dump/copy_text.ts";

/** Rows of each table that an estimate rests on. */
const SAMPLE = 2000;

/** pg_dump's default level of gzip. */
const LEVEL = 6;

/** What materialising a dataset would come to, from a sample of each of its tables. */
export interface Estimate {
  /** Bytes of all parts, as Parquet. */
  readonly parquet: number;
  /** Bytes of a `.dump`, without compression and with gzip at level 6. */
  readonly dump: number;
  readonly gzip: number;
  /** Seconds of one core to generate, fingerprint and encode all rows, on this machine as it is now. */
  readonly seconds: number;
}

/**
 * Samples a dataset; `undefined` where its rows are stored, and not generated.
 * Takes about a second for thirty tables.
 */
export function estimate(spec: DatasetSpec): Estimate | undefined {
  const tables = spec.tables.filter((table) => table.rows > 0);
  if (tables.some(isStored)) return undefined;
  const sum = { parquet: 0, dump: 0, gzip: 0, seconds: 0 };
  // Untimed: what is not compiled yet would count as slow.
  for (const table of tables.slice(0, 3)) sample(spec, table);
  for (const table of tables) {
    const found = sample(spec, table);
    sum.parquet += found.parquet * table.rows;
    sum.dump += found.dump * table.rows;
    sum.gzip += found.gzip * table.rows;
    sum.seconds += found.seconds * table.rows;
  }
  return sum;
}

/** The same, for one row of a table. */
function sample(spec: DatasetSpec, table: TableSpec): Estimate {
  const generator = tableGenerator(spec, table.name);
  const rows = Math.min(SAMPLE, table.rows);
  const began = cpuSeconds();
  const batch = generator.batch(Math.floor((table.rows - rows) / 2), rows);
  new Fingerprinter().add(batch);
  const parquet = writeParquet(table, [batch]).length;
  const seconds = cpuSeconds() - began;
  const text = new CopyText(table);
  text.add(batch);
  const copied = text.take();
  const gzip = gzipSync(copied, { level: LEVEL }).length;
  return {
    parquet: parquet / rows,
    dump: copied.length / rows,
    gzip: gzip / rows,
    seconds: seconds / rows,
  };
}

function isStored({ columns }: TableSpec): boolean {
  return columns.some((column) => column.distribution.kind === "stored");
}

/** This thread's CPU time where the system tells it, so that what else runs counts little. */
function cpuSeconds(): number {
  const micros = threadCpu();
  return Number.isNaN(micros) ? performance.now() / 1e3 : micros / 1e6;
}
