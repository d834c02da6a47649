import assert from "node:assert/strict";
import { gzipSync, zstdCompressSync } from "node:zlib";
import { csv } from "../../../lib/formats/csv/csv.ts";
import type { Store } from "../../../lib/stores/store.ts";
import { edgeValues } from "../../fixtures/edge_values.ts";
import { everyType, fingerprintOf, idTable } from "../../fixtures/tables.ts";
import {
  fingerprintOfBatches,
  inStore,
  rowTexts,
  sourceOf,
} from "../collect.ts";

const utf8 = (text: string) => new TextEncoder().encode(text);
const CARDS = idTable("cards", 3000);
const place = (store: Store, key = "out") => ({ store, key });

async function keysOf(store: Store): Promise<string[]> {
  const keys: string[] = [];
  for await (const { key } of store.list()) keys.push(key);
  return keys;
}

for (const compression of ["none", "gzip", "zstd"] as const) {
  const extension = { none: "", gzip: ".gz", zstd: ".zst" }[compression];
  Deno.test(`csv gives back what it wrote, compression ${compression}`, () =>
    inStore(async (store) => {
      const edges = edgeValues({ long: true, nul: true });
      const stats = await csv.write(edges.source(), place(store), {
        compression,
      });
      assert.equal(stats.rows, edges.table.rows);
      assert.deepEqual(stats.fingerprints, { edges: edges.fingerprint });
      assert.deepEqual(await keysOf(store), [
        `out/edges.csv${extension}`,
        "out/servemark.json",
      ]);
      const source = await csv.open(place(store));
      assert.deepEqual(source.tables, [edges.table]);
      assert.deepEqual(source.fingerprints, { edges: edges.fingerprint });
      assert.deepEqual(await rowTexts(source.read("edges")), edges.texts);
    }));
}

Deno.test("csv keeps which dataset the tables are, and some tables only", () =>
  inStore(async (store) => {
    const identity = { name: "fraud", version: "1.10", digest: "abc" };
    const source = sourceOf([CARDS, everyType], { identity });
    await csv.write(source, place(store), { tables: ["cards"] });
    const back = await csv.open(place(store));
    assert.deepEqual(back.identity, identity);
    assert.deepEqual(back.tables.map((t) => t.name), ["cards"]);
    await assert.rejects(
      rowTexts(back.read("card")),
      /Unknown table "card"[^]*Known: cards/,
    );
    await assert.rejects(
      csv.write(source, place(store), { tables: ["card"] }),
      /Unknown table "card"/,
    );
  }));

Deno.test("csv replaces an earlier export, and removes what it leaves over", () =>
  inStore(async (store) => {
    await csv.write(sourceOf([CARDS, everyType]), place(store), {
      compression: "gzip",
    });
    await csv.write(sourceOf([CARDS]), place(store));
    assert.deepEqual(await keysOf(store), [
      "out/cards.csv",
      "out/servemark.json",
    ]);
  }));

Deno.test("csv takes a killed export up after its last whole table", () =>
  inStore(async (store) => {
    const identity = { name: "fraud", version: "1.0", digest: "abc" };
    const whole = sourceOf([CARDS, everyType], { identity });
    const read: string[] = [];
    const broken = {
      ...whole,
      read: (table: string) => {
        read.push(table);
        if (table === "every_type") throw new Error("killed");
        return whole.read(table);
      },
    };
    await assert.rejects(csv.write(broken, place(store)), /killed/);
    await assert.rejects(
      csv.open(place(store)),
      /its export was not finished[^]*Run the export again/,
    );
    const again = {
      ...whole,
      read: (t: string) => (read.push(t), whole.read(t)),
    };
    const stats = await csv.write(again, place(store));
    assert.deepEqual(read, ["cards", "every_type", "every_type"]);
    assert.equal(stats.fingerprints.cards, fingerprintOf(CARDS));
    const back = await csv.open(place(store));
    assert.equal(
      await fingerprintOfBatches(back.read("cards")),
      fingerprintOf(CARDS),
    );
  }));

Deno.test("csv refuses a source that gives fewer rows than its fingerprint says", () =>
  inStore(async (store) => {
    const source = sourceOf([CARDS], { fingerprints: { cards: "9:1:2:3:4" } });
    await assert.rejects(
      csv.write(source, place(store)),
      /gave 3000 of its 9 rows/,
    );
  }));

Deno.test("csv reads and writes a store's whole, and writes over no other format", () =>
  inStore(async (store) => {
    await csv.write(sourceOf([CARDS]), place(store, ""));
    assert.deepEqual(await keysOf(store), ["cards.csv", "servemark.json"]);
    const source = await csv.open(place(store, ""));
    assert.equal(source.fingerprints!.cards, fingerprintOf(CARDS));
    const { dynamodbJson } = await import(
      "../../../lib/formats/dynamodb_json/dynamodb_json.ts"
    );
    await assert.rejects(
      dynamodbJson.write(sourceOf([CARDS]), place(store, "")),
      /an export as csv is there[^]*Choose another folder/,
    );
    await assert.rejects(
      dynamodbJson.open(place(store, "")),
      /it was written as csv[^]*Open it as csv/,
    );
  }));

Deno.test("csv stops when it is told to, and leaves nothing that looks whole", () =>
  inStore(async (store) => {
    const stop = new AbortController();
    await assert.rejects(
      csv.write(sourceOf([CARDS]), place(store), {
        signal: stop.signal,
        progress: () => stop.abort(new Error("enough")),
      }),
      /enough/,
    );
    await assert.rejects(csv.open(place(store)), /not finished/);
    await csv.write(sourceOf([CARDS]), place(store));
    const source = await csv.open(place(store));
    const reading = source.read("cards", {
      signal: AbortSignal.abort(new Error("no")),
    });
    await assert.rejects(rowTexts(reading), /^Error: no$/);
  }));

Deno.test("csv opens a single file, compressed or not, with its types inferred", () =>
  inStore(async (store) => {
    const text = utf8("id;city\n1;Köln\n2;\n");
    await store.put("plain.csv", text);
    await store.put("packed.csv.gz", gzipSync(text));
    await store.put("packed.csv.zst", zstdCompressSync(text));
    // Its first bytes say what its name does not.
    await store.put("odd.csv", gzipSync(text));
    for (
      const [key, name] of [
        ["plain.csv", "plain"],
        ["packed.csv.gz", "packed"],
        ["packed.csv.zst", "packed"],
        ["odd.csv", "odd"],
      ]
    ) {
      const source = await csv.open(place(store, key));
      assert.deepEqual(source.tables.map((t) => [t.name, t.rows]), [[name, 2]]);
      assert.deepEqual(await rowTexts(source.read(name)), ["1|Köln", "2|\\N"]);
      assert.match(source.notes.join(), /separated by semicolons/);
    }
    await store.put("wrong.csv.gz", text);
    await assert.rejects(
      csv.open(place(store, "wrong.csv.gz")),
      /its name says gzip, but it does not begin as gzip does/,
    );
  }));

Deno.test("csv opens a folder of files and of folders of parts", () =>
  inStore(async (store) => {
    await store.put("in/cards.csv", utf8("id\n1\n2\n"));
    await store.put("in/events/part-1.csv", utf8("at,n\n2026-01-01,1\n"));
    await store.put(
      "in/events/part-2.csv.gz",
      gzipSync("at,n\n2026-01-02,5000000000\n"),
    );
    await store.put("in/readme.txt", utf8("hello"));
    const source = await csv.open(place(store, "in"));
    assert.deepEqual(source.tables.map((t) => t.name), ["cards", "events"]);
    assert.deepEqual(await rowTexts(source.read("events")), [
      "20454|1",
      "20455|5000000000",
    ]);
    assert.match(source.notes.join(), /readme\.txt is not a CSV file/);
    await store.put("in/events/part-3.csv", utf8("n,at\n1,2026-01-03\n"));
    const worse = await csv.open(place(store, "in"));
    await assert.rejects(
      rowTexts(worse.read("events")),
      /part-3\.csv: its column 1 is "n", not "at"/,
    );
    await assert.rejects(
      csv.open(place(store, "nowhere")),
      /no file in it ends in \.csv/,
    );
  }));

Deno.test("csv reads with the types that are declared", () =>
  inStore(async (store) => {
    await store.put("a.csv", utf8("id,zip\n1,10115\n"));
    const [inferred] = (await csv.open(place(store, "a.csv"))).tables;
    assert.equal(inferred.columns[1].type.kind, "integer");
    const declared = {
      ...inferred,
      columns: [inferred.columns[0], {
        ...inferred.columns[1],
        type: { kind: "text" },
      }],
    } as typeof inferred;
    const source = await csv.open(place(store, "a.csv"), {
      tables: [declared],
    });
    assert.deepEqual(source.tables, [declared]);
    for await (const batch of source.read("a")) {
      assert.deepEqual(batch.columns[1].values, ["10115"]);
    }
  }));

Deno.test("csv writes tables of any name", () =>
  inStore(async (store) => {
    for (const name of ["../up", "a/b", ".hidden", "späte daten", "a:b\\c"]) {
      const filled = { ...CARDS, table: { ...CARDS.table, name } };
      await csv.write(sourceOf([filled]), place(store));
      const source = await csv.open(place(store));
      assert.equal(
        await fingerprintOfBatches(source.read(name)),
        fingerprintOf(filled),
      );
      assert.ok((await keysOf(store)).every((key) => key.startsWith("out/")));
    }
  }));
