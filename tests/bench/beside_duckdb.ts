/**
 * Writing files beside DuckDB: the same rows in memory on both sides, to files
 * in the same folder, on one thread each.
 *
 * @module
 */
import { join } from "node:path";
import { tableGenerator } from "../../lib/datasets/generator.ts";
import { openDuckdb } from "../emulators/duckdb.ts";
import type { Engine } from "../emulators/python_queries.ts";
import { lineitem, type Rows } from "../fixtures/lineitem.ts";
import { someFraud } from "../fixtures/some_fraud.ts";
import type { Measurement } from "./measurement.ts";

const ROWS = 1_000_000;
const BATCH = 65_536;

/** Tables in memory, by what measurements call them. */
export const TABLES: Readonly<Record<string, () => Promise<readonly Rows[]>>> =
  {
    lineitem: () => Promise.resolve([lineitem(ROWS, BATCH)]),
    "30 fraud tables": fraudTables,
  };

async function fraudTables(): Promise<Rows[]> {
  const spec = await someFraud(ROWS);
  return spec.tables.map((table) => {
    const generator = tableGenerator(spec, table.name);
    const batches = [];
    for (let from = 0; from < table.rows; from += BATCH) {
      const count = Math.min(BATCH, table.rows - from);
      batches.push(generator.batch(from, count));
    }
    return { table, batches };
  });
}

/** What both sides work with. */
export interface BothSides {
  readonly tables: readonly Rows[];
  /** None where it cannot be installed here. */
  readonly duckdb: Engine | undefined;
  /** The file of a table that we write. */
  ours(table: string): string;
  /** The file of a table that DuckDB writes. */
  theirs(table: string): string;
}

/** Compares in a folder of its own, with a DuckDB of one thread. */
export async function besideDuckdb(
  what: string,
  extension: string,
  compare: (both: BothSides) => Promise<Measurement[]>,
): Promise<Measurement[]> {
  const folder = await Deno.makeTempDir({ prefix: "servemark-duckdb-" });
  const found = await openDuckdb();
  const duckdb = "missing" in found ? undefined : found;
  try {
    if ("missing" in found) {
      console.error(`no DuckDB to compare with: install ${found.missing}`);
    }
    // Its progress bar would go among the answers.
    await duckdb?.query("set threads = 1; set enable_progress_bar = false");
    return await compare({
      tables: await TABLES[what](),
      duckdb,
      ours: (table) => join(folder, `${table}.ours.${extension}`),
      theirs: (table) => join(folder, `${table}.duckdb.${extension}`),
    });
  } finally {
    await duckdb?.close();
    await Deno.remove(folder, { recursive: true });
  }
}

/** Writes a file, in place of one that was there. */
export function writeFile(path: string, pieces: Iterable<Uint8Array>): void {
  using file = Deno.openSync(path, {
    write: true,
    create: true,
    truncate: true,
  });
  for (const bytes of pieces) {
    for (let at = 0; at < bytes.length;) {
      at += file.writeSync(bytes.subarray(at));
    }
  }
}

/** MB that the tables' files have. */
export function megabytes(
  tables: readonly Rows[],
  path: (table: string) => string,
): number {
  return tables.reduce(
    (sum, { table }) => sum + Deno.statSync(path(table.name)).size,
    0,
  ) / 1e6;
}
