import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import type { Batch, Values } from "../../../lib/datasets/batch.ts";
import type { TableSchema } from "../../../lib/datasets/schema.ts";
import { openFormat } from "../../../lib/formats/formats.ts";
import { storeSource } from "../../../lib/formats/parquet/byte_source.ts";
import { readFileMetadata } from "../../../lib/formats/parquet/open_file.ts";
import { parquet } from "../../../lib/formats/parquet/parquet.ts";
import { readParquet } from "../../../lib/formats/parquet/read.ts";
import { ROW_GROUP, writeParquet } from "../../../lib/formats/parquet/write.ts";
import type { ByteRange, Store } from "../../../lib/stores/store.ts";
import { edgeValues } from "../../fixtures/edge_values.ts";
import { lineitem } from "../../fixtures/lineitem.ts";
import { everyType, fingerprintOf, idTable } from "../../fixtures/tables.ts";
import {
  fingerprintOfBatches,
  inStore,
  rowTexts,
  sourceOf,
} from "../collect.ts";

Deno.test("openFormat() knows parquet", async () => {
  assert.equal(await openFormat("parquet"), parquet);
  assert.equal(parquet.layout, "folder");
});

Deno.test("parquet keeps every value and the whole schema, in a folder and in a single file", () =>
  inStore(async (store) => {
    const edges = edgeValues({ nul: true, long: true });
    const table: TableSchema = {
      ...edges.table,
      columns: edges.table.columns.map((column) =>
        column.name === "words"
          ? { ...column, type: { kind: "text", native: "jsonb" } }
          : column.name === "seen"
          ? {
            ...column,
            type: { kind: "timestamp", native: "timestamp with time zone" },
          }
          : column.name === "small"
          ? { ...column, type: { kind: "integer", native: "smallint" } }
          : column
      ),
    };
    const identity = { name: "odd", version: "1.10", digest: "abc" };
    const source = { ...edges.source(), tables: [table], identity };
    const stats = await parquet.write(source, { store, key: "out/" });
    assert.equal(stats.rows, table.rows);
    assert.equal(stats.fingerprints.edges, edges.fingerprint);
    for (const key of ["out/", "out/edges.parquet"]) {
      const found = await parquet.open({ store, key });
      assert.deepEqual(found.tables, [table]);
      assert.deepEqual(found.identity, identity);
      assert.deepEqual(found.fingerprints, { edges: edges.fingerprint });
      assert.deepEqual(found.notes, []);
      assert.deepEqual(await rowTexts(found.read("edges")), edges.texts);
      await found.close();
    }
  }));

Deno.test("parquet writes several tables, of odd names too, and reads each", () =>
  inStore(async (store) => {
    const tables = [everyType, idTable("a/b c", 1500)];
    const source = sourceOf(tables);
    for (const compression of ["none", "gzip", "zstd"] as const) {
      const stats = await parquet.write(source, { store, key: "" }, {
        compression,
        level: 2 * Number(compression !== "none"),
      });
      for (const filled of tables) {
        const { name } = filled.table;
        assert.equal(stats.fingerprints[name], fingerprintOf(filled));
        const found = await parquet.open({ store, key: "" });
        assert.equal(
          await fingerprintOfBatches(found.read(name)),
          fingerprintOf(filled),
        );
      }
    }
    await assert.rejects(
      parquet.write(source, { store, key: "x/" }, { compression: "lz4" }),
      /Parquet is written with zstd, gzip or none/,
    );
    await assert.rejects(
      parquet.write(source, { store, key: "x/" }, { level: 99 }),
      /its levels are -7 to 22/,
    );
  }));

Deno.test("parquet.open() reads folders of parts, and says what it leaves out", () =>
  inStore(async (store) => {
    const { table, rows } = idTable("card", 900);
    const batches = (from: number, to: number) =>
      writeParquet(table, [partOf(rows.slice(from, to), from)]);
    const partOf = (some: typeof rows, from: number): Batch => ({
      table,
      from,
      rows: some.length,
      columns: table.columns.map((column, c) => ({
        nulls: null,
        values: column.type.kind === "text"
          ? some.map((row) => String(row[c]))
          : Float64Array.from(some, (row) => Number(row[c])),
      })),
    });
    await store.put("data/cards/part-0.parquet", batches(0, 400));
    await store.put("data/cards/part-1.parquet", batches(400, 900));
    await store.put("data/cards/_SUCCESS", new Uint8Array(0));
    await store.put("data/readme.txt", new Uint8Array(1));
    await store.put("data/deep/er/x.parquet", batches(0, 1));
    for (const [key, notes] of [["data/", 2], ["data/cards/", 0]] as const) {
      const source = await parquet.open({ store, key });
      assert.equal(source.notes.length, notes, source.notes.join("\n"));
      assert.equal(source.tables.length, 1);
      assert.equal(source.tables[0].rows, 900);
      const numbers: number[] = [];
      for await (const batch of source.read(source.tables[0].name)) {
        numbers.push(batch.from, batch.rows);
      }
      assert.deepEqual(numbers, [0, 400, 400, 500]);
    }
    await assert.rejects(
      parquet.open({ store, key: "nothing/" }),
      /no file in it ends in \.parquet/,
    );
    await store.put(
      "bad/x.parquet",
      new TextEncoder().encode("not parquet at all"),
    );
    await assert.rejects(
      parquet.open({ store, key: "bad/" }),
      /Cannot read .*x\.parquet as Parquet: .*does not end as Parquet does/,
    );
  }));

/** Counts the bytes that are read of a store. */
function counting(store: Store): { store: Store; read: () => number } {
  let bytes = 0;
  const counted = Object.assign(Object.create(store) as Store, {
    get: async (key: string, range?: ByteRange) => {
      const found = await store.get(key, range);
      bytes += found?.length ?? 0;
      return found;
    },
  });
  return { store: counted, read: () => bytes };
}

Deno.test("readParquet() fetches only the columns and row groups asked for", () =>
  inStore(async (store) => {
    const { table, batches } = lineitem(2 * ROW_GROUP + 500);
    const file = writeParquet(table, batches);
    await store.put("li.parquet", file);
    const { store: counted, read } = counting(store);
    const source = storeSource(counted, {
      key: "li.parquet",
      bytes: file.length,
    });
    const metadata = await readFileMetadata(source);
    const begun = read();
    assert.ok(begun <= 65_536, `${begun} bytes`);
    const some = {
      ...table,
      columns: table.columns.filter(({ name }) =>
        name === "l_suppkey" || name === "l_shipmode"
      ),
    };
    let rows = 0;
    for await (
      const batch of readParquet(source, some, { metadata, rowGroups: [1] })
    ) {
      if (rows === 0) assert.equal(batch.from, ROW_GROUP);
      rows += batch.rows;
    }
    assert.equal(rows, ROW_GROUP);
    const { chunks } = metadata.rowGroups[1];
    const wanted = chunks[2].compressed + chunks[14].compressed;
    assert.ok(read() - begun <= wanted + 65_536, `${read() - begun} bytes`);
  }));

Deno.test("ParquetEncoder gives the same bytes however rows are cut into batches, and told", () => {
  const { table, batches } = lineitem(70_000, 70_000);
  const whole = Buffer.from(writeParquet(table, batches));
  for (const size of [999, 30_000]) {
    const cut: Batch[] = [];
    for (let from = 0; from < 70_000; from += size) {
      const to = Math.min(70_000, from + size);
      cut.push({
        table,
        from,
        rows: to - from,
        // Without how texts come about, too.
        columns: batches[0].columns.map(({ values }) => ({
          nulls: null,
          values: values.slice(from, to) as Values,
        })),
      });
    }
    assert.ok(whole.equals(writeParquet(table, cut)), `${size}`);
  }
});

Deno.test("parquet writes and reads texts of a megabyte by the hundred, a few at a time", () =>
  inStore(async (store) => {
    const table: TableSchema = {
      name: "long",
      entity: "long",
      key: [],
      keyForm: { as: "listed" },
      rows: 200,
      columns: [{ name: "text", type: { kind: "text" }, nullable: false }],
    };
    const text = (row: number) =>
      String.fromCharCode(97 + row % 26).repeat(2 ** 20);
    const source = sourceOf([], {
      tables: [table],
      fingerprints: { long: "200:0:0:0:0" },
      async *read() {
        for (let from = 0; from < 200; from += 10) {
          await Promise.resolve();
          yield {
            table,
            from,
            rows: 10,
            columns: [{
              nulls: null,
              values: Array.from({ length: 10 }, (_, r) => text(from + r)),
            }],
          };
        }
      },
    });
    await parquet.write(source, { store, key: "" });
    const found = await parquet.open({ store, key: "" });
    let row = 0;
    for await (const batch of found.read("long")) {
      assert.ok(batch.rows <= 32, `${batch.rows} rows`);
      const { values } = batch.columns[0];
      for (let r = 0; r < batch.rows; r++) assert.equal(values[r], text(row++));
    }
    assert.equal(row, 200);
  }));

Deno.test("parquet stops when it is told to, and leaves nothing half-written", () =>
  inStore(async (store) => {
    const { table, batches } = lineitem(30_000, 1000);
    const stop = new AbortController();
    const source = sourceOf([], {
      tables: [table],
      async *read() {
        for (const batch of batches) {
          await Promise.resolve();
          if (batch.from === 20_000) stop.abort(new Error("enough"));
          yield batch;
        }
      },
    });
    await assert.rejects(
      parquet.write(source, { store, key: "" }, { signal: stop.signal }),
      /enough/,
    );
    assert.equal(await store.exists("lineitem.parquet"), false);
    await assert.rejects(
      parquet.open({ store, key: "" }),
      /its export was not finished/,
    );
  }));
