import assert from "node:assert/strict";
import { join } from "node:path";
import type { Batch } from "../../../lib/datasets/batch.ts";
import type { ColumnType } from "../../../lib/datasets/schema.ts";
import { parquet } from "../../../lib/formats/parquet/parquet.ts";
import { writeParquet } from "../../../lib/formats/parquet/write.ts";
import { openFileStore } from "../../../lib/stores/file_store.ts";
import { parquetPeers } from "../../emulators/parquet_peers.ts";
import { edgeValues } from "../../fixtures/edge_values.ts";
import { lineitem, type Rows } from "../../fixtures/lineitem.ts";
import { rowTexts } from "../collect.ts";

const PROGRAM =
  new URL("../../emulators/parquet_peers/peers.py", import.meta.url).pathname;

const tool = await parquetPeers();
if ("missing" in tool) {
  console.warn(
    `Parquet's other readers are not tested: install ${tool.missing}`,
  );
}
const ignore = "missing" in tool;

async function ask<T>(command: "read" | "write", where: string): Promise<T> {
  if ("missing" in tool) throw new Error(tool.missing);
  const { code, stdout, stderr } = await new Deno.Command(tool.python, {
    args: [PROGRAM, command, where],
    env: { PYTHONNOUSERSITE: "1", TZ: "UTC" },
  }).output();
  const text = new TextDecoder();
  assert.equal(code, 0, text.decode(stderr));
  return JSON.parse(text.decode(stdout));
}

interface Range {
  readonly nulls: number;
  readonly min: string | null;
  readonly max: string | null;
}

interface Answer {
  readonly pyarrow: readonly string[];
  readonly duckdb: readonly string[];
  readonly polars: readonly string[];
  readonly statistics: readonly Record<string, Range>[];
}

async function inFolder(
  test: (folder: string) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "servemark-parquet-" });
  try {
    await test(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

for (const compression of ["zstd", "gzip", "none"] as const) {
  Deno.test({
    name:
      `writeParquet() with ${compression}: pyarrow, DuckDB and Polars read every edge`,
    ignore,
    fn: () =>
      inFolder(async (folder) => {
        const { table, batch, texts } = edgeValues({ nul: true, long: true });
        const path = join(folder, "edges.parquet");
        await Deno.writeFile(
          path,
          writeParquet(table, [batch], { compression }),
        );
        const answer = await ask<Answer>("read", path);
        assert.deepEqual(answer.pyarrow, texts);
        assert.deepEqual(answer.duckdb, texts);
        assert.deepEqual(answer.polars, texts);
      }),
  });
}

Deno.test({
  name:
    "writeParquet() with dictionaries, many pages and row groups: others read the same rows",
  ignore,
  fn: () =>
    inFolder(async (folder) => {
      const { table, batches } = some(lineitem(66_000, 10_000), [
        0,
        2,
        5,
        8,
        15,
      ]);
      const path = join(folder, "lineitem.parquet");
      await Deno.writeFile(path, writeParquet(table, batches));
      const { pyarrow, duckdb, polars, statistics } = await ask<Answer>(
        "read",
        path,
      );
      const texts = await rowTexts(async function* () {
        await Promise.resolve();
        yield* batches;
      }());
      assert.equal(statistics.length, 2);
      assert.deepEqual(pyarrow, texts);
      assert.deepEqual(duckdb, texts);
      assert.deepEqual(polars, texts);
    }),
});

const doubles = (...values: number[]) => ({
  type: { kind: "double" } as ColumnType,
  values: Float64Array.from(values),
});
const texts = (...values: string[]) => ({
  type: { kind: "text" } as ColumnType,
  values,
});
const bits = (value: number) => {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  return view.getBigUint64(0).toString(16).padStart(16, "0");
};

Deno.test({
  name:
    "writeParquet() gives statistics that hold for NaN, zeros and long texts",
  ignore,
  fn: () =>
    inFolder(async (folder) => {
      const columns = {
        nan: doubles(1, NaN, 3, 2),
        only_nan: doubles(NaN, NaN, NaN, NaN),
        low_zero: doubles(0, 1, 2, 3),
        high_zero: doubles(-1, -0, -2, -3),
        long: texts("b".repeat(100), "c".repeat(100), "b", "bb"),
        no_end: texts("é".repeat(100), "a", "b", "c"),
        astral: texts("\u{1F600}", "\uFFFD", "a", "z"),
      };
      const table = {
        ...edgeValues().table,
        rows: 4,
        columns: Object.entries(columns).map(([name, { type }]) => ({
          name,
          type,
          nullable: true,
        })),
      };
      const batch: Batch = {
        table,
        from: 0,
        rows: 4,
        columns: Object.values(columns).map(({ values }) => ({
          values,
          nulls: null,
        })),
      };
      const path = join(folder, "ranges.parquet");
      await Deno.writeFile(path, writeParquet(table, [batch]));
      const { statistics: [found] } = await ask<Answer>("read", path);
      const range = (min: string | null, max: string | null) => ({
        nulls: 0,
        min,
        max,
      });
      assert.deepEqual(found.nan, range(bits(1), bits(3)));
      assert.deepEqual(found.only_nan, range(null, null));
      assert.deepEqual(found.low_zero, range(bits(-0), bits(3)));
      assert.deepEqual(found.high_zero, range(bits(-3), bits(0)));
      const hex = (text: string) => new TextEncoder().encode(text).toHex();
      assert.deepEqual(
        found.long,
        range(hex("b"), hex("c".repeat(63) + "d")),
      );
      // No short text is above all that begin with é: there is no maximum.
      assert.equal(found.no_end.max ?? null, null);
      // U+1F600 is above U+FFFD in UTF-8, though not in UTF-16.
      assert.deepEqual(found.astral, range(hex("a"), hex("\u{1F600}")));
    }),
});

Deno.test({
  name: "parquet.open() reads what pyarrow, DuckDB and Polars wrote",
  ignore,
  fn: () =>
    inFolder(async (folder) => {
      const expected = await ask<Record<string, string[]>>("write", folder);
      const store = openFileStore(folder);
      assert.ok(Object.keys(expected).length > 25);
      for (const [name, rows] of Object.entries(expected)) {
        const source = await parquet.open({ store, key: `${name}.parquet` });
        const [table] = source.tables;
        assert.equal(table.name, name);
        assert.equal(table.rows, rows.length);
        assert.deepEqual(source.notes, [], name);
        const found = await rowTexts(source.read(name));
        // The first row that differs, in place of all.
        const at = rows.findIndex((row, r) => row !== found[r]);
        assert.equal(found[at], rows[at], name);
        assert.equal(found.length, rows.length, name);
        await source.close();
      }

      const nested = await parquet.open({ store, key: "nested.parquet" });
      assert.deepEqual(nested.tables[0].columns.map((c) => c.name), ["id"]);
      assert.equal(nested.notes.length, 4);
      assert.match(nested.notes.join("\n"), /column tags of nested is a list/);
      assert.match(nested.notes.join("\n"), /column bag of nested is a map/);
      assert.match(nested.notes.join("\n"), /column half of nested is FLOAT16/);
      const wanting = await parquet.open({ store, key: "nested.parquet" }, {
        tables: [{
          ...nested.tables[0],
          columns: [{ name: "tags", type: { kind: "text" }, nullable: true }],
        }],
      });
      await assert.rejects(
        rowTexts(wanting.read("nested")),
        /column tags: is a list; nested columns are not read/,
      );

      const precise = await parquet.open({ store, key: "nanoseconds.parquet" });
      await assert.rejects(
        rowTexts(precise.read("nanoseconds")),
        /Cannot read column at: 1000000001 ns is no whole number of microseconds/,
      );
    }),
});

/** Some columns of rows. */
function some({ table, batches }: Rows, columns: readonly number[]): Rows {
  const less = { ...table, columns: columns.map((c) => table.columns[c]) };
  return {
    table: less,
    batches: batches.map((batch) => ({
      ...batch,
      table: less,
      columns: columns.map((c) => batch.columns[c]),
    })),
  };
}
