import assert from "node:assert/strict";
import { gunzipSync, gzipSync, zstdCompressSync } from "node:zlib";
import { dynamodbJson } from "../../../lib/formats/dynamodb_json/dynamodb_json.ts";
import {
  entityTag,
  md5Base64,
} from "../../../lib/formats/dynamodb_json/manifest.ts";
import type { TableSource } from "../../../lib/formats/source.ts";
import type { Store } from "../../../lib/stores/store.ts";
import { edgeValues } from "../../fixtures/edge_values.ts";
import { everyType, fingerprintOf, idTable } from "../../fixtures/tables.ts";
import {
  fingerprintOfBatches,
  inStore,
  rowTexts,
  sourceOf,
} from "../collect.ts";

const CARDS = idTable("cards", 3000);
const utf8 = (text: string) => new TextEncoder().encode(text);
const place = (store: Store, key = "out") => ({ store, key });

async function textOf(store: Store, key: string): Promise<string> {
  return new TextDecoder().decode(await store.get(key));
}

async function keysOf(store: Store): Promise<string[]> {
  const keys: string[] = [];
  for await (const { key } of store.list()) keys.push(key);
  return keys;
}

function typesOf({ tables }: TableSource): string[] {
  return tables[0].columns.map(({ name, type, nullable }) =>
    `${name} ${type.kind}${
      type.kind === "decimal" ? `(${type.precision},${type.scale})` : ""
    }${type.native ? ` ${type.native}` : ""}${nullable ? "?" : ""}`
  );
}

for (const compression of ["none", "gzip", "zstd"] as const) {
  const extension = { none: "", gzip: ".gz", zstd: ".zst" }[compression];
  Deno.test(`dynamodbJson gives back what it wrote, compression ${compression}`, () =>
    inStore(async (store) => {
      const edges = edgeValues({ long: true, nul: true });
      const stats = await dynamodbJson.write(edges.source(), place(store), {
        compression,
      });
      assert.deepEqual(stats.fingerprints, { edges: edges.fingerprint });
      assert.match(
        stats.notes!.join(),
        /edges: 2 of its items are larger than the 400 KB that DynamoDB takes, the first in row 21/,
      );
      const data = (await keysOf(store)).filter((k) => k.includes("/data/"));
      assert.equal(data.length, 1);
      assert.match(
        data[0],
        /^out\/edges\/AWSDynamoDB\/\d{14}-[0-9a-f]{8}\/data\/part-00000\.json/,
      );
      assert.ok(data[0].endsWith(`.json${extension}`));
      const source = await dynamodbJson.open(place(store));
      assert.deepEqual(source.tables, [edges.table]);
      assert.deepEqual(source.fingerprints, { edges: edges.fingerprint });
      assert.deepEqual(await rowTexts(source.read("edges")), edges.texts);
    }));
}

Deno.test("dynamodbJson writes what DynamoDB's own exports have", () =>
  inStore(async (store) => {
    await dynamodbJson.write(sourceOf([CARDS]), place(store));
    const keys = await keysOf(store);
    const base = keys[0].slice(0, keys[0].lastIndexOf("/") + 1);
    assert.deepEqual(keys.map((key) => key.replace(base, "")), [
      "_started",
      "data/part-00000.json.gz",
      "manifest-files.checksum",
      "manifest-files.json",
      "manifest-files.md5",
      "manifest-summary.checksum",
      "manifest-summary.json",
      "manifest-summary.md5",
      "out/servemark.json",
    ]);
    const stored = (await store.get(`${base}data/part-00000.json.gz`))!;
    const lines = new TextDecoder().decode(gunzipSync(stored)).split("\n");
    assert.equal(lines.length, 3001);
    assert.deepEqual(JSON.parse(lines[0]), {
      Item: {
        card_id: { S: "card_000000" },
        txn_count_24h: { N: "0" },
        category: { S: "grocery" },
        updated_at: { N: "1700000000000000" },
      },
    });
    const files = await textOf(store, `${base}manifest-files.json`);
    const md5 = md5Base64(stored);
    assert.deepEqual(JSON.parse(files), {
      itemCount: 3000,
      md5Checksum: md5,
      etag: entityTag(md5),
      dataFileS3Key: `${base}data/part-00000.json.gz`,
    });
    const summary = await textOf(store, `${base}manifest-summary.json`);
    const found = JSON.parse(summary);
    assert.deepEqual(Object.keys(found), [
      "version",
      "exportArn",
      "startTime",
      "endTime",
      "tableArn",
      "tableId",
      "exportTime",
      "s3Bucket",
      "s3Prefix",
      "s3SseAlgorithm",
      "s3SseKmsKeyId",
      "manifestFilesS3Key",
      "billedSizeBytes",
      "itemCount",
      "outputFormat",
      "exportType",
    ]);
    assert.equal(found.version, "2020-06-30");
    assert.equal(found.itemCount, 3000);
    assert.equal(found.outputFormat, "DYNAMODB_JSON");
    assert.equal(found.manifestFilesS3Key, `${base}manifest-files.json`);
    for (const name of ["manifest-files", "manifest-summary"]) {
      const sum = md5Base64((await store.get(`${base}${name}.json`))!);
      assert.equal(await textOf(store, `${base}${name}.checksum`), sum);
      assert.equal(await textOf(store, `${base}${name}.md5`), sum);
    }
  }));

// The example of the developer guide: its checksum and entity tag agree.
Deno.test("entityTag() is what S3 gives an object of one part", () => {
  assert.equal(
    entityTag("sQMSpEILNgoQmarvDFonGQ=="),
    "af83d6f217c19b8b0fff8023d8ca4716-1",
  );
});

/** An export as DynamoDB lays it out in a bucket, below a prefix of its own. */
async function putExport(
  store: Store,
  items: readonly (readonly unknown[])[],
  more: Readonly<Record<string, unknown>> = {},
  id = "01693685827463-2d8752fd",
): Promise<string> {
  const base = `shop/AWSDynamoDB/${id}/`;
  const incremental = more.exportType === "INCREMENTAL_EXPORT";
  const data = incremental ? "shop/AWSDynamoDB/data/" : `${base}data/`;
  const lines = await Promise.all(items.map(async (own, k) => {
    const bytes = gzipSync(own.map((i) => JSON.stringify(i) + "\n").join(""));
    const name = `asdl${k}dasas.json.gz`;
    await store.put(data + name, bytes);
    return JSON.stringify({
      itemCount: own.length,
      md5Checksum: md5Base64(bytes),
      etag: entityTag(md5Base64(bytes)),
      dataFileS3Key: `2023-Nov/${data.slice(5)}${name}`,
    });
  }));
  const files = utf8(lines.join("\n") + "\n");
  await store.put(`${base}manifest-files.json`, files);
  await store.put(`${base}manifest-files.md5`, utf8(md5Base64(files)));
  await store.put(
    `${base}manifest-summary.json`,
    utf8(JSON.stringify({
      version: "2020-06-30",
      tableArn: "arn:aws:dynamodb:us-east-1:123456789012:table/ProductCatalog",
      manifestFilesS3Key: `2023-Nov/AWSDynamoDB/${id}/manifest-files.json`,
      itemCount: items.flat().length,
      outputFormat: "DYNAMODB_JSON",
      exportType: "FULL_EXPORT",
      ...more,
    })),
  );
  return base;
}

const BOOK = {
  Item: {
    Id: { N: "102" },
    Title: { S: "Book 🙂" },
    Price: { N: "19.5" },
    Huge: { N: "12345678901234567890123456789012345678" },
    InPublication: { BOOL: true },
    Cover: { B: "AP8=" },
    Authors: { SS: ["b", "a"] },
    Sizes: { NS: ["1.50", "2E+2"] },
    Pages: { L: [{ N: "1" }, { S: "x" }, { NULL: true }, { M: {} }] },
    Shape: { M: { width: { N: "8.5" }, id: { BOOL: false } } },
    Odd: { N: "1" },
  },
};
const BIKE = {
  Item: {
    Id: { N: "201" },
    Price: { N: "1E+2" },
    Odd: { S: "blue" },
    Title: { NULL: true },
  },
};

Deno.test("dynamodbJson reads an export of DynamoDB's, whatever its items have", () =>
  inStore(async (store) => {
    await putExport(store, [[BOOK], [BIKE], []]);
    for (
      const key of ["", "shop", "shop/AWSDynamoDB/01693685827463-2d8752fd/"]
    ) {
      const source = await dynamodbJson.open(place(store, key));
      assert.equal(source.tables[0].name, "ProductCatalog");
      assert.equal(source.tables[0].rows, 2);
      assert.deepEqual(typesOf(source), [
        "Id bigint",
        "Title text?",
        "Price decimal(18,1)",
        "Huge decimal(38,0)?",
        "InPublication boolean?",
        "Cover bytes?",
        "Authors text jsonb?",
        "Sizes text jsonb?",
        "Pages text jsonb?",
        "Shape text jsonb?",
        "Odd text",
      ]);
      assert.deepEqual(await rowTexts(source.read("ProductCatalog")), [
        "102|Book 🙂|195|12345678901234567890123456789012345678|1|00ff|" +
        '["b", "a"]|[1.50, 200]|[1, "x", null, {}]|{"id": false, "width": 8.5}|1',
        "201|\\N|1000|\\N|\\N|\\N|\\N|\\N|\\N|\\N|blue",
      ]);
      assert.match(
        source.notes.join("\n"),
        /"Odd" is of types N, S, so it is read as text/,
      );
      assert.match(source.notes.join("\n"), /"Shape" \(M\) is read as JSON/);
    }
  }));

Deno.test("dynamodbJson says what an incremental export is, and reads its new images", () =>
  inStore(async (store) => {
    const changes = [[
      { Metadata: {}, Keys: { Id: { N: "1" } }, NewImage: { Id: { N: "1" } } },
      { Metadata: {}, Keys: { Id: { N: "2" } }, OldImage: { Id: { N: "2" } } },
      { Metadata: {}, Keys: { Id: { N: "3" } } },
    ]];
    await putExport(store, changes, {
      exportType: "INCREMENTAL_EXPORT",
      exportFromTime: "2023-09-01",
      exportToTime: "2023-09-02",
    });
    const source = await dynamodbJson.open(place(store, "shop"));
    assert.deepEqual(await rowTexts(source.read("ProductCatalog")), ["1"]);
    assert.match(
      source.notes.join("\n"),
      /an incremental export, from 2023-09-01 to 2023-09-02: its rows are the items that changed[^]*2 deletions among the changes are left out/,
    );
    await putExport(store, [[BIKE]], {}, "01793685827463-2d8752fd");
    const both = await dynamodbJson.open(place(store, "shop"));
    assert.equal(both.tables[0].rows, 1);
    assert.match(both.notes.join(), /1 incremental exports are not applied/);
  }));

Deno.test("dynamodbJson reads folders of data files and single ones without manifests", () =>
  inStore(async (store) => {
    const lines = utf8(
      '{"Item":{"id":{"S":"a"}}}\n\n{"Item":{"id":{"S":"b"}}}',
    );
    await store.put(
      "in/cards/AWSDynamoDB/01-ab/data/x.json.gz",
      gzipSync(lines),
    );
    await store.put("in/devices/y.json.zst", zstdCompressSync(lines));
    const source = await dynamodbJson.open(place(store, "in"));
    assert.deepEqual(source.tables.map((t) => t.name), ["cards", "devices"]);
    for (const { name } of source.tables) {
      assert.deepEqual(await rowTexts(source.read(name)), ["a", "b"]);
    }
    assert.match(source.notes.join(), /no manifest says how many items/);
    const one = await dynamodbJson.open(place(store, "in/devices/y.json.zst"));
    assert.deepEqual(await rowTexts(one.read("y")), ["a", "b"]);
    const types = one.tables.map((table) => ({
      ...table,
      columns: [{
        name: "id",
        type: { kind: "bytes" as const },
        nullable: true,
      }],
    }));
    const declared = await dynamodbJson.open(
      place(store, "in/devices/y.json.zst"),
      { tables: types },
    );
    await assert.rejects(
      rowTexts(declared.read("y")),
      /Cannot read a as bytes[^]*y\.json\.zst, line 1, attribute "id"/,
    );
  }));

Deno.test("dynamodbJson checks counts and checksums, and reports what is missing", () =>
  inStore(async (store, folder) => {
    const base = await putExport(store, [[BOOK, BIKE]]);
    const manifest = `${folder}/${base}manifest-files.json`;
    const whole = await Deno.readTextFile(manifest);
    const data = `${folder}/${base}data/asdl0dasas.json.gz`;
    const open = () => dynamodbJson.open(place(store, "shop"));
    const all = async () => {
      const source = await open();
      return await rowTexts(source.read("ProductCatalog"));
    };
    await Deno.writeTextFile(
      manifest,
      whole.replace('"itemCount":2', '"itemCount":3'),
    );
    await assert.rejects(all(), /its MD5 is .*, not/);
    await Deno.remove(`${folder}/${base}manifest-files.md5`);
    await assert.rejects(all(), /have 3 items together, the summary says 2/);
    await Deno.writeTextFile(
      manifest,
      whole.replace("shop", "x").replace("2023-Nov/", "../../"),
    );
    await assert.rejects(all(), /"\.\.\/\.\.\/.*" lies outside of the export/);
    await Deno.writeTextFile(manifest, "nonsense\n");
    await assert.rejects(all(), /it is not JSON[^]*line 1/);
    await Deno.writeTextFile(manifest, whole);
    assert.equal((await all()).length, 2);
    const stored = await Deno.readFile(data);
    await Deno.writeFile(
      data,
      gzipSync(JSON.stringify(BOOK) + "\n" + JSON.stringify(BOOK)),
    );
    await assert.rejects(all(), /its MD5 is .*, not .* as the manifest says/);
    await Deno.writeFile(data, gzipSync(JSON.stringify(BOOK)));
    await assert.rejects(all(), /has 1 items, not the 2/);
    await Deno.writeFile(data, stored.subarray(0, stored.length - 9));
    await assert.rejects(all(), /gzip data is cut short or damaged/);
    await Deno.remove(data);
    await assert.rejects(all(), /its data file .* is not there[^]*Fetch it to/);
    const summary = `${folder}/${base}manifest-summary.json`;
    const text = await Deno.readTextFile(summary);
    await Deno.writeTextFile(summary, text.replace("DYNAMODB_JSON", "ION"));
    await assert.rejects(
      all(),
      /in the format ION[^]*Export the table as DynamoDB JSON/,
    );
    await Deno.rename(summary, `${folder}/${base}_started`);
    await assert.rejects(all(), /its manifest-summary\.json is not there/);
    await assert.rejects(
      dynamodbJson.open(place(store, "nowhere")),
      /no manifest-summary\.json and no \.json/,
    );
  }));

Deno.test("dynamodbJson refuses two full exports of one table", () =>
  inStore(async (store) => {
    await putExport(store, [[BOOK]]);
    await putExport(store, [[BOOK]], {}, "01793685827463-2d8752fd");
    await assert.rejects(
      dynamodbJson.open(place(store, "shop")),
      /2 exports of table ProductCatalog[^]*Name the folder/,
    );
  }));

Deno.test("dynamodbJson splits and replaces exports, and keeps empty tables", () =>
  inStore(async (store) => {
    const empty = { table: { ...everyType.table, rows: 0 }, rows: [] };
    await dynamodbJson.write(sourceOf([CARDS, empty]), place(store));
    const source = await dynamodbJson.open(place(store));
    assert.deepEqual(await rowTexts(source.read("every_type")), []);
    await dynamodbJson.write(sourceOf([CARDS]), place(store), {
      compression: "none",
    });
    assert.equal((await keysOf(store)).length, 9);
    const back = await dynamodbJson.open(place(store));
    assert.equal(
      await fingerprintOfBatches(back.read("cards")),
      fingerprintOf(CARDS),
    );
    await assert.rejects(
      dynamodbJson.write(sourceOf([CARDS]), place(store), {
        compression: "lz4",
      }),
      /Unknown compression of DynamoDB JSON "lz4"[^]*none, gzip, zstd/,
    );
  }));

Deno.test("dynamodbJson gives the same dataset the same names and bytes", () =>
  inStore(async (store) => {
    const identity = { name: "fraud", version: "1.0", digest: "abc" };
    for (const key of ["a", "b"]) {
      await dynamodbJson.write(
        sourceOf([CARDS], { identity }),
        place(store, key),
      );
    }
    const keys = await keysOf(store);
    const [a, b] = ["a/", "b/"].map((f) =>
      keys.filter((k) => k.startsWith(f)).map((k) => k.slice(2))
    );
    assert.deepEqual(a, b);
    const data = a.find((key) => key.includes("/data/"))!;
    assert.deepEqual(
      await store.get(`a/${data}`),
      await store.get(`b/${data}`),
    );
  }));
