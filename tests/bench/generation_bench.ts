import { threadCpu } from "../../lib/core/clock.ts";
import { datasetSpec } from "../../lib/datasets/compile.ts";
import { loadDomain } from "../../lib/datasets/domain.ts";
import { tableGenerator } from "../../lib/datasets/generator.ts";
import type { DatasetSpec } from "../../lib/datasets/spec.ts";
import { CsvWriter } from "../../lib/formats/csv/write_rows.ts";
import { startEmbeddedPostgres } from "../../lib/platforms/postgres/embedded.ts";
import type { Connection } from "../../lib/platforms/postgres/connection.ts";
import { uriOf } from "../../lib/platforms/postgres/connection.ts";
import { openPlatform } from "../../lib/platforms/open.ts";
import { dataset } from "../../lib/transfers/dataset.ts";
import { generateInto } from "../../lib/transfers/generate_into.ts";
import { postgresTools } from "../emulators/postgres_tools.ts";
import { tpchgen } from "../emulators/tpchgen.ts";
import { type Bench, median, nanosecondsEach, seconds } from "./measurement.ts";

const PAIRS = 5;
const BATCH_ROWS = 8192;

/** A dataset of a domain beside this file. */
async function specOf(file: string, rows: number): Promise<DatasetSpec> {
  const path = new URL(file, import.meta.url).pathname;
  return datasetSpec(await loadDomain(path), { rows });
}

/** Generates a table as CSV in this thread; gives its bytes. */
function generateCsv(spec: DatasetSpec, path: string): number {
  const generator = tableGenerator(spec, spec.tables[0].name);
  const writer = new CsvWriter(generator.table);
  using file = Deno.openSync(path, { write: true });
  let bytes = 0;
  const write = (chunk: Uint8Array) => {
    for (let at = 0; at < chunk.length;) {
      at += file.writeSync(chunk.subarray(at));
    }
    bytes += chunk.length;
  };
  write(writer.header());
  const { rows } = generator.table;
  for (let from = 0; from < rows; from += BATCH_ROWS) {
    const batch = generator.batch(from, Math.min(BATCH_ROWS, rows - from));
    for (const chunk of writer.add(batch)) write(chunk);
  }
  return bytes;
}

/** TPC-H's lineitem at scale 1 as tpchgen-cli 4.0.0 writes it in CSV. */
const LINEITEM_BYTES = 765_864_690;

/** TPC-H's lineitem at scale 1, and as many rows of ours, to /dev/null by one thread each. */
const csv: Bench = {
  names: ["generation, lineitem as CSV, one core"],
  async run() {
    const tool = await tpchgen();
    if ("missing" in tool) throw new Error(`Install ${tool.missing}`);
    const args = ["csv", "-s", "1", "-T", "lineitem", "-n", "1", "--stdout"];
    const spec = await specOf("lineitem.yaml", 6_000_000);
    generateCsv(spec, "/dev/null");
    const [ours, peer]: [number[], number[]] = [[], []];
    for (let pair = 0; pair < PAIRS; pair++) {
      let bytes = 0;
      const took = await seconds(() => bytes = generateCsv(spec, "/dev/null"));
      ours.push(bytes / took / 1e6);
      const theirs = await seconds(() =>
        new Deno.Command(tool.program, {
          args,
          stdout: "null",
          stderr: "null",
        }).output()
      );
      peer.push(LINEITEM_BYTES / theirs / 1e6);
    }
    return [{
      name: this.names[0],
      unit: "MB/s",
      ours: median(ours),
      peer: median(peer),
      against: "tpchgen-cli 4.0.0",
      ratio: median(ours) / median(peer),
      must: 0.7,
      aim: 1,
      better: "more",
    }];
  },
};

const ACCOUNTS = 4_000_000;

/** pgbench's accounts, from nothing to committed rows, into one embedded server. */
const load: Bench = {
  names: ["generation, into PostgreSQL, 2 workers"],
  async run() {
    const tools = await postgresTools(18);
    if ("missing" in tools) throw new Error(`Install ${tools.missing}`);
    const { connection, server } = await startEmbeddedPostgres();
    const uri = uriOf(connection);
    const platform = await openPlatform("postgres", { uri });
    try {
      const spec = accounts(await specOf("pgbench_accounts.yaml", ACCOUNTS));
      const ours = () =>
        generateInto(spec, platform, { workers: 2, verify: false });
      const theirs = () => pgbench(`${tools.bin}/pgbench`, connection);
      await ours();
      await theirs();
      const rates: [number[], number[]] = [[], []];
      for (let pair = 0; pair < PAIRS; pair++) {
        rates[0].push(ACCOUNTS / await seconds(ours));
        await platform.drop(spec.tables);
        rates[1].push(ACCOUNTS / await seconds(theirs));
      }
      return [{
        name: this.names[0],
        unit: "rows/s",
        ours: median(rates[0]),
        peer: median(rates[1]),
        against: "pgbench -i",
        ratio: median(rates[0]) / median(rates[1]),
        must: 2,
        better: "more",
      }];
    } finally {
      await platform.close();
      await server.close();
    }
  },
};

/**
 * pgbench's own types: its filler is sent empty, and the server pads it to 84
 * characters.
 */
function accounts(spec: DatasetSpec): DatasetSpec {
  const [table] = spec.tables;
  const columns = table.columns.map((column) =>
    column.name === "filler"
      ? {
        ...column,
        type: { kind: "text", native: "character(84)" } as const,
      }
      : column
  );
  return { ...spec, tables: [{ ...table, columns }] };
}

async function pgbench(program: string, c: Connection): Promise<void> {
  const { code, stderr } = await new Deno.Command(program, {
    args: ["-i", "-I", "dtg", "-q", "-s", String(ACCOUNTS / 100_000)],
    env: {
      PGHOST: c.host,
      PGPORT: String(c.port),
      PGUSER: c.user,
      PGPASSWORD: c.password,
      PGDATABASE: c.database,
    },
  }).output();
  if (code !== 0) throw new Error(new TextDecoder().decode(stderr));
}

/** What a value costs, over all feature tables of the fraud domain, and a row anywhere in 16.6 billion. */
const values: Bench = {
  names: [
    "generation, a value",
    "generation, any row of 16.6 billion",
    "generation, any row by dataset.row()",
  ],
  async run() {
    const spec = datasetSpec(await loadDomain("fraud_detection"), {
      rows: 16.6e9,
    });
    const generators = spec.tables.map((t) => tableGenerator(spec, t.name));
    const columns = spec.tables.reduce((sum, t) => sum + t.columns.length, 0);
    const value = nanosecondsEach(
      () => undefined,
      () => generators.forEach((g) => g.batch(1_000_000, BATCH_ROWS)),
      columns * BATCH_ROWS,
    );
    const fraud = dataset("fraud_detection").rows("16.6B");
    const [compiled, built]: [number[], number[]] = [[], []];
    for (let k = 0; k < 300; k++) {
      const t = k % generators.length;
      const { name, rows } = spec.tables[t];
      const i = (k * 104_729 + 15_485_863) % rows;
      const began = threadCpu();
      generators[t].row(i);
      const between = threadCpu();
      await fraud.row(name, i);
      if (k < 100) continue;
      compiled.push((between - began) / 1e3);
      built.push((threadCpu() - between) / 1e3);
    }
    const single = { unit: "ms", must: 1, better: "less" } as const;
    return [
      { name: this.names[0], unit: "ns", ours: value, better: "less" },
      { name: this.names[1], ours: median(compiled), ...single },
      { name: this.names[2], ours: median(built), ...single },
    ];
  },
};

export const benches: readonly Bench[] = [csv, load, values];
