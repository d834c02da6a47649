import { threadCpu } from "../../lib/core/clock.ts";
import type { ColumnType, TableSchema } from "../../lib/datasets/schema.ts";
import { OWN_DIALECT } from "../../lib/formats/csv/dialect.ts";
import { readCsv } from "../../lib/formats/csv/read_rows.ts";
import { CsvWriter } from "../../lib/formats/csv/write_rows.ts";
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

const writing = (what: string) => `writing CSV, ${what}`;
const reading = (what: string) => `reading CSV, ${what}`;

/** In turns, each side all of its tables. */
function csv(what: string): Bench {
  return {
    names: [writing(what), reading(what)],
    run: () => besideDuckdb(what, "csv", (both) => compare(what, both)),
  };
}

async function compare(
  what: string,
  { tables, duckdb, ours, theirs }: BothSides,
): Promise<Measurement[]> {
  for (const rows of tables) {
    const { table } = rows;
    writeFile(ours(table.name), written(rows));
    await duckdb?.query(
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
      for (const rows of tables) {
        writeFile(ours(rows.table.name), written(rows));
      }
    });
    const copied = await seconds(() => duckdb?.query(copies));
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
  const measured: Measurement[] = [{
    name: reading(what),
    unit: "MB per CPU second",
    ours: median(reads),
    must: 30,
    better: "more",
  }];
  if (!duckdb) return measured;
  return [{
    name: writing(what),
    unit: "MB/s",
    ours: megabytes(tables, ours) / median(writes),
    peer: megabytes(tables, theirs) / median(peers),
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

function* written({ table, batches }: Rows): Generator<Uint8Array> {
  const writer = new CsvWriter(table);
  yield writer.header();
  for (const batch of batches) yield* writer.add(batch);
}

async function* pieces(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 1 << 20) {
    await Promise.resolve();
    yield bytes.subarray(at, at + (1 << 20));
  }
}

export const benches: readonly Bench[] = Object.keys(TABLES).map(csv);
