import { join } from "node:path";
import { threadCpu } from "../../lib/core/clock.ts";
import { tableGenerator } from "../../lib/datasets/generator.ts";
import type { ColumnType, TableSchema } from "../../lib/datasets/schema.ts";
import { OWN_DIALECT } from "../../lib/formats/csv/dialect.ts";
import { readCsv } from "../../lib/formats/csv/read_rows.ts";
import { CsvWriter } from "../../lib/formats/csv/write_rows.ts";
import { openDuckdb } from "../emulators/duckdb.ts";
import type { Engine } from "../emulators/python_queries.ts";
import { lineitem, type Rows } from "../fixtures/lineitem.ts";
import { someFraud } from "../fixtures/some_fraud.ts";
import { type Bench, type Measurement, median } from "./measurement.ts";

const ROUNDS = 7;
const BATCH = 65_536;

const TABLES: Readonly<Record<string, () => Promise<readonly Rows[]>>> = {
  lineitem: () => Promise.resolve([lineitem(1_000_000, BATCH)]),
  "30 fraud tables": fraudTables,
};

async function fraudTables(): Promise<Rows[]> {
  const spec = await someFraud(1_000_000);
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

const writing = (what: string) => `writing CSV, ${what}`;
const reading = (what: string) => `reading CSV, ${what}`;

/** The same rows in memory on both sides, to files in the same folder, on one thread each, in turns. */
function csv(what: string): Bench {
  return {
    names: [writing(what), reading(what)],
    async run() {
      const folder = await Deno.makeTempDir({ prefix: "servemark-csv-" });
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
  const ours = (name: string) => join(folder, `${name}.ours.csv`);
  const theirs = (name: string) => join(folder, `${name}.duckdb.csv`);
  // Its progress bar would go among the answers.
  await peer?.query("set threads = 1; set enable_progress_bar = false");
  for (const rows of tables) {
    const { table } = rows;
    write(rows, ours(table.name));
    await peer?.query(
      `create table "${table.name}" as select * from read_csv(` +
        `'${ours(table.name)}', header = true, columns = ${columnsOf(table)})`,
    );
  }
  const copies = tables.map(({ table: { name } }) =>
    `copy "${name}" to '${theirs(name)}' (format csv)`
  ).join("; ");
  const writes: number[] = [];
  const peers: number[] = [];
  const reads: number[] = [];
  // The first round lets the compiler settle.
  for (let round = -1; round < ROUNDS; round++) {
    const wrote = await seconds(() => {
      for (const rows of tables) write(rows, ours(rows.table.name));
    });
    const copied = await seconds(() => peer?.query(copies));
    const [largest] = tables.toSorted((a, b) => b.table.rows - a.table.rows);
    const { name } = largest.table;
    const bytes = await Deno.readFile(ours(name));
    let rows = 0;
    const began = threadCpu();
    const elapsed = await seconds(async () => {
      const options = { name, dialect: OWN_DIALECT };
      for await (
        const batch of readCsv(pieces(bytes), largest.table, options)
      ) rows += batch.rows;
    });
    // This thread's time, so that what else runs counts little.
    const cpu = (threadCpu() - began) / 1e6;
    const read = Number.isNaN(cpu) ? elapsed : cpu;
    if (rows !== largest.table.rows) throw new Error(`${rows} rows were read`);
    if (round < 0) continue;
    writes.push(wrote);
    peers.push(copied);
    reads.push(bytes.length / 1e6 / read);
  }
  const size = (path: (name: string) => string) =>
    tables.reduce(
      (sum, { table }) => sum + Deno.statSync(path(table.name)).size,
      0,
    ) / 1e6;
  const measured: Measurement[] = [{
    name: reading(what),
    unit: "MB per CPU second",
    ours: median(reads),
    must: 30,
    better: "more",
  }];
  if (!peer) return measured;
  return [{
    name: writing(what),
    unit: "MB/s",
    ours: size(ours) / median(writes),
    peer: size(theirs) / median(peers),
    against: "DuckDB",
    // Of the same rows: one side may write fewer bytes for them.
    ratio: median(writes.map((s, k) => peers[k] / s)),
    must: 1,
    aim: 1.5,
    better: "more",
  }, ...measured];
}

/** The columns as `read_csv` declares them. */
function columnsOf(table: TableSchema): string {
  const columns = table.columns.map(({ name, type }) =>
    `'${name}': '${duckdbType(type)}'`
  );
  return `{${columns.join(", ")}}`;
}

function duckdbType(type: ColumnType): string {
  switch (type.kind) {
    case "decimal":
      return `decimal(${type.precision},${type.scale})`;
    case "text":
      return "varchar";
    case "bytes":
      return "blob";
    default:
      return type.kind;
  }
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
  const writer = new CsvWriter(table);
  put(writer.header());
  for (const batch of batches) {
    for (const bytes of writer.add(batch)) put(bytes);
  }
}

async function* pieces(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 1 << 20) {
    await Promise.resolve();
    yield bytes.subarray(at, at + (1 << 20));
  }
}

async function seconds(work: () => unknown): Promise<number> {
  const began = performance.now();
  await work();
  return (performance.now() - began) / 1000;
}

export const benches: readonly Bench[] = Object.keys(TABLES).map(csv);
