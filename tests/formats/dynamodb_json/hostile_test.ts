import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { ServemarkError } from "../../../lib/core/errors.ts";
import { fileContent } from "../../../lib/formats/compressed.ts";
import { dynamodbJson } from "../../../lib/formats/dynamodb_json/dynamodb_json.ts";
import { inferItems } from "../../../lib/formats/dynamodb_json/infer.ts";
import { itemSize } from "../../../lib/formats/dynamodb_json/item_size.ts";
import { ItemWriter } from "../../../lib/formats/dynamodb_json/items.ts";
import {
  plainNumber,
  plainText,
} from "../../../lib/formats/dynamodb_json/plain_json.ts";
import { readItemRows } from "../../../lib/formats/dynamodb_json/read_rows.ts";
import { edgeValues } from "../../fixtures/edge_values.ts";
import { inStore, pieces, rowTexts } from "../collect.ts";
import { mutator } from "../mutate.ts";

function infer(bytes: Uint8Array | string) {
  const size = bytes.length;
  return inferItems("edges", [{
    name: "edges.json",
    bytes: size,
    open: () => ({
      content: fileContent(pieces(bytes, 4096), "edges.json"),
      taken: () => size,
    }),
  }], Infinity);
}

function read(bytes: Uint8Array | string, table = edgeValues().table) {
  const content = fileContent(pieces(bytes, 4096), "edges.json");
  return rowTexts(readItemRows(content, table, { name: "edges.json" }));
}

Deno.test("readItemRows() and inferItems() end 2,000 mutated files with typed errors only", async () => {
  const { table, batch } = edgeValues({ nul: true });
  const writer = new ItemWriter(table);
  const nested =
    '"more":{"M":{"a":{"L":[{"N":"1"},{"SS":["x"]}]},"b":{"B":"AA=="}}}';
  const plain = new TextEncoder().encode(
    Array.from({ length: batch.rows }, (_, r) => {
      const item = writer.item(batch, r);
      // Inference alone knows the nested ones.
      return `{"Item":${item}}\n`;
    }).join(""),
  );
  const maps = new TextEncoder().encode(
    `{"Item":{"id":{"S":"a"},${nested}}}\n`.repeat(20),
  );
  const files = [plain, gzipSync(plain), maps];
  const mutate = mutator(99);
  let refused = 0;
  for (let k = 0; k < 2000; k++) {
    const mutated = mutate(files[k % 3]);
    try {
      if (k % 3 < 2 && k % 2 === 0) await read(mutated, table);
      else {
        const { table } = await infer(mutated);
        await read(mutated, table);
      }
    } catch (error) {
      assert.ok(error instanceof ServemarkError, `mutation ${k}: ${error}`);
      refused++;
    }
  }
  assert.ok(refused > 1000, `${refused} of 2000 were refused`);
});

Deno.test("dynamodbJson ends mutated manifests and descriptions with typed errors", () =>
  inStore(async (store, folder) => {
    await dynamodbJson.write(edgeValues().source(), { store, key: "out" });
    const keys: string[] = [];
    for await (const { key } of store.list("out")) {
      if (key.endsWith(".json")) keys.push(key);
      if (/\.(?:md5|checksum)$/.test(key)) await store.delete(key);
    }
    assert.equal(keys.length, 3);
    const mutate = mutator(3);
    for (let k = 0; k < 300; k++) {
      const path = `${folder}/${keys[k % keys.length]}`;
      const whole = await Deno.readFile(path);
      await Deno.writeFile(path, mutate(whole));
      try {
        const source = await dynamodbJson.open({ store, key: "out" });
        for (const { name } of source.tables) await rowTexts(source.read(name));
      } catch (error) {
        assert.ok(error instanceof ServemarkError, `mutation ${k}: ${error}`);
      } finally {
        await Deno.writeFile(path, whole);
      }
    }
  }));

Deno.test("readItemRows() says on which line what is wrong", async () => {
  const id = (value: string) => `{"Item":{"id":${value}}}\n`;
  const fine = id('{"N":"1"}');
  const cases: [string, RegExp][] = [
    ["{", /it is not JSON/],
    ["[]", /it is not an object/],
    ["{}", /it has no "Item", but nothing/],
    ['{"item":{}}', /it has no "Item", but "item"/],
    ['{"Item":[]}', /its "Item" is not an object/],
    [id('{"S":"x"}'), /Cannot read x as bigint/],
    [id('{"N":"1e999999"}'), /Cannot read 1e999999 as bigint/],
    [id('{"N":"1.5"}'), /Cannot read 1\.5 as bigint/],
    [
      id('{"N":"9223372036854775808"}'),
      /Cannot read 9223372036854775808 as bigint/,
    ],
    [id('{"Q":"x"}'), /of type Q/],
    [id("7"), /of type none/],
    [id("null"), /of type none/],
    [
      '{"Item":{"ids":{"N":"1"}}}',
      /no column stands for the attribute "ids"; one is called "id"/,
    ],
    ["\xff", /byte 0xff is not UTF-8/],
  ];
  const table = {
    ...edgeValues().table,
    columns: [{
      name: "id",
      type: { kind: "bigint" as const },
      nullable: true,
    }],
  };
  for (const [line, wanted] of cases) {
    const text = fine + fine + line;
    const bytes = line === "\xff"
      ? Uint8Array.from(text, (c) => c.charCodeAt(0))
      : text;
    await assert.rejects(read(bytes, table), (error: Error) => {
      assert.ok(error instanceof ServemarkError, String(error));
      assert.match(error.message, wanted);
      assert.match(error.message, /edges\.json, line 3/);
      return true;
    });
  }
});

Deno.test("inferItems() bounds nesting, lines and attributes", async () => {
  const deep = `{"Item":{"a":${'{"L":['.repeat(100_000)}${
    "]}".repeat(100_000)
  }}}`;
  const { table } = await infer(deep);
  await assert.rejects(read(deep, table), /nested more than 64 levels/);
  const wide = `{"Item":{${
    Array.from({ length: 20_000 }, (_, k) => `"a${k}":{"N":"1"}`).join()
  }}}`;
  await assert.rejects(infer(wide), /more than 16384 different attributes/);
  const endless = async function* () {
    const chunk = new Uint8Array(1 << 20).fill(91);
    for (let k = 0; k < 1024; k++) {
      await Promise.resolve();
      yield chunk;
    }
  };
  await assert.rejects(
    rowTexts(readItemRows(endless(), table, { name: "x.json" })),
    /a line is longer than 67108864 bytes[^]*line 1/,
  );
  await assert.rejects(infer(""), /it has no items/);
});

Deno.test("inferItems() takes any name for an attribute", async () => {
  const text =
    '{"Item":{"__proto__":{"S":"p"},"constructor":{"N":"1"}}}\n{"Item":{}}\n';
  const { table } = await infer(text);
  assert.deepEqual(await read(text, table), ["p|1", "\\N|\\N"]);
});

Deno.test("plainNumber() has no exponents", () => {
  const cases: [string, string][] = [
    ["1", "1"],
    ["-0.50", "-0.50"],
    ["1E+2", "100"],
    ["1.5e3", "1500"],
    ["1.2345E2", "123.45"],
    ["5E-3", "0.005"],
    ["-12E-1", "-1.2"],
    ["007", "7"],
  ];
  for (const [text, plain] of cases) assert.equal(plainNumber(text), plain);
  assert.throws(() => plainNumber("0x10"), /not a number of DynamoDB's/);
});

Deno.test("plainText() orders keys as jsonb does", () => {
  const value = { M: { bb: { N: "1" }, a: { S: '"\n' }, c: { BS: ["AA=="] } } };
  assert.equal(
    plainText(value),
    '{"a": "\\"\\n", "c": ["AA=="], "bb": 1}',
  );
});

// The developer guide's rules, worked out by hand.
Deno.test("itemSize() counts as DynamoDB does", () => {
  assert.equal(itemSize({ id: { S: "é" } }), 4);
  assert.equal(itemSize({ n: { N: "1234" } }), 1 + 3);
  assert.equal(itemSize({ n: { N: "-1200" } }), 1 + 3);
  assert.equal(itemSize({ b: { B: "AAAA" } }), 1 + 3);
  assert.equal(itemSize({ f: { BOOL: true }, g: { NULL: true } }), 4);
  assert.equal(itemSize({ l: { L: [{ S: "ab" }] } }), 1 + 3 + 1 + 2);
});
