import { ParquetEncoder } from "../../lib/formats/parquet/encoder.ts";
import { readParquet } from "../../lib/formats/parquet/read.ts";
import type { Rows } from "../fixtures/lineitem.ts";
import {
  besideDuckdb,
  type BothSides,
  megabytes,
  TABLES,
  writeFile,
} from "./beside_duckdb.ts";
import {
  type Bench,
  type Measurement,
  median,
  seconds,
} from "./measurement.ts";

const ROUNDS = 7;

/** Both sides compress with zstd at this level: DuckDB's own. */
const LEVEL = 3;

const writing = (what: string) => `writing Parquet, ${what}`;
const size = (what: string) => `size of Parquet, ${what}`;
const reading = (what: string) => `reading Parquet, ${what}`;

/** In turns, each side all of its tables. */
function parquet(what: string): Bench {
  return {
    names: [writing(what), size(what), reading(what)],
    run: () => besideDuckdb(what, "parquet", (both) => compare(what, both)),
  };
}

async function compare(
  what: string,
  { tables, duckdb, ours, theirs }: BothSides,
): Promise<Measurement[]> {
  for (const rows of tables) {
    const { name } = rows.table;
    // In memory, as texts are after they were read; then they count for no one.
    for (const { columns } of rows.batches) {
      for (const vector of columns) void vector.values;
    }
    writeFile(ours(name), written(rows));
    await duckdb?.query(
      `create table "${name}" as select * from '${ours(name)}'`,
    );
  }
  const copies = tables.map(({ table: { name } }) =>
    `copy "${name}" to '${theirs(name)}' ` +
    `(format parquet, compression zstd, compression_level ${LEVEL})`
  ).join("; ");
  const writes: number[] = [];
  const peers: number[] = [];
  const reads: number[] = [];
  let values = 0;
  // The first round lets the compiler settle.
  for (let round = -1; round < ROUNDS; round++) {
    const wrote = await seconds(() => {
      for (const rows of tables) {
        writeFile(ours(rows.table.name), written(rows));
      }
    });
    const copied = await seconds(() => duckdb?.query(copies));
    values = 0;
    let read = 0;
    for (const { table } of tables) {
      const bytes = await Deno.readFile(ours(table.name));
      read += await seconds(async () => {
        for await (const batch of readParquet(bytes, table)) {
          values += batch.rows * batch.columns.length;
        }
      });
    }
    if (round < 0) continue;
    writes.push(wrote);
    peers.push(copied);
    reads.push(values / 1e6 / read);
  }
  const bytes = megabytes(tables, ours);
  const measured: Measurement[] = [{
    name: reading(what),
    unit: "M values/s",
    ours: median(reads),
    must: 8,
    better: "more",
  }];
  if (!duckdb) return measured;
  const against = "DuckDB";
  const others = megabytes(tables, theirs);
  return [{
    name: writing(what),
    unit: "s",
    ours: median(writes),
    peer: median(peers),
    against,
    ratio: median(writes.map((s, k) => s / peers[k])),
    must: 1,
    better: "less",
  }, {
    name: size(what),
    unit: "MB",
    ours: bytes,
    peer: others,
    against,
    ratio: bytes / others,
    // A file is not to be fast by being large.
    must: 1.1,
    better: "less",
  }, ...measured];
}

function* written({ table, batches }: Rows): Generator<Uint8Array> {
  const encoder = new ParquetEncoder(table, { level: LEVEL });
  for (const batch of batches) yield* encoder.add(batch);
  yield* encoder.finish();
}

export const benches: readonly Bench[] = Object.keys(TABLES).map(parquet);
