import { join } from "node:path";
import { tableGenerator } from "../../lib/datasets/generator.ts";
import { ParquetEncoder } from "../../lib/formats/parquet/encoder.ts";
import { readParquet } from "../../lib/formats/parquet/read.ts";
import { openDuckdb } from "../emulators/duckdb.ts";
import type { Engine } from "../emulators/python_queries.ts";
import { lineitem, type Rows } from "../fixtures/lineitem.ts";
import { someFraud } from "../fixtures/some_fraud.ts";
import { type Bench, type Measurement, median } from "./measurement.ts";

const ROUNDS = 7;
const ROWS = 1_000_000;
const BATCH = 65_536;

/** Both sides compress with zstd at this level: DuckDB's own. */
const LEVEL = 3;

const TABLES: Readonly<Record<string, () => Promise<readonly Rows[]>>> = {
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
      const batch = generator.batch(from, count);
      // In memory, as texts are after they were read; then they count for no one.
      for (const vector of batch.columns) void vector.values;
      batches.push(batch);
    }
    return { table, batches };
  });
}

const writing = (what: string) => `writing Parquet, ${what}`;
const size = (what: string) => `size of Parquet, ${what}`;
const reading = (what: string) => `reading Parquet, ${what}`;

/** The same rows in memory on both sides, to files in the same folder, on one thread each, in turns. */
function parquet(what: string): Bench {
  return {
    names: [writing(what), size(what), reading(what)],
    async run() {
      const folder = await Deno.makeTempDir({ prefix: "servemark-parquet-" });
      const duckdb = await openDuckdb();
      try {
        const tables = await TABLES[what]();
        if ("missing" in duckdb) {
          console.error(`no DuckDB to compare with: install ${duckdb.missing}`);
        }
        const peer = "missing" in duckdb ? undefined : duckdb;
        return await compare(what, tables, folder, peer);
      } finally {
        if (!("missing" in duckdb)) await duckdb.close();
        await Deno.remove(folder, { recursive: true });
      }
    },
  };
}

async function compare(
  what: string,
  tables: readonly Rows[],
  folder: string,
  peer: Engine | undefined,
): Promise<Measurement[]> {
  const ours = (name: string) => join(folder, `${name}.ours.parquet`);
  const theirs = (name: string) => join(folder, `${name}.duckdb.parquet`);
  // Its progress bar would go among the answers.
  await peer?.query("set threads = 1; set enable_progress_bar = false");
  for (const rows of tables) {
    const { name } = rows.table;
    write(rows, ours(name));
    await peer?.query(
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
      for (const rows of tables) write(rows, ours(rows.table.name));
    });
    const copied = await seconds(() => peer?.query(copies));
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
  const sum = (path: (name: string) => string) =>
    tables.reduce(
      (all, { table }) => all + Deno.statSync(path(table.name)).size,
      0,
    ) / 1e6;
  const bytes = sum(ours);
  const measured: Measurement[] = [{
    name: reading(what),
    unit: "M values/s",
    ours: median(reads),
    must: 8,
    better: "more",
  }];
  if (!peer) return measured;
  const against = "DuckDB";
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
    peer: sum(theirs),
    against,
    ratio: bytes / sum(theirs),
    // A file is not to be fast by being large.
    must: 1.1,
    better: "less",
  }, ...measured];
}

function write({ table, batches }: Rows, path: string): void {
  using file = Deno.openSync(path, {
    write: true,
    create: true,
    truncate: true,
  });
  const put = (bytes: Uint8Array) => {
    for (let at = 0; at < bytes.length;) {
      at += file.writeSync(bytes.subarray(at));
    }
  };
  const encoder = new ParquetEncoder(table, { level: LEVEL });
  for (const batch of batches) {
    for (const bytes of encoder.add(batch)) put(bytes);
  }
  for (const bytes of encoder.finish()) put(bytes);
}

async function seconds(work: () => unknown): Promise<number> {
  const began = performance.now();
  await work();
  return (performance.now() - began) / 1000;
}

export const benches: readonly Bench[] = Object.keys(TABLES).map(parquet);
