import assert from "node:assert/strict";
import type { ColumnType, TableSchema } from "../../../lib/datasets/schema.ts";
import {
  type CsvDialect,
  OWN_DIALECT,
} from "../../../lib/formats/csv/dialect.ts";
import {
  type CsvReadOptions,
  readCsv,
} from "../../../lib/formats/csv/read_rows.ts";
import { CsvWriter } from "../../../lib/formats/csv/write_rows.ts";
import { edgeValues } from "../../fixtures/edge_values.ts";
import { gathered, pieces, rowTexts } from "../collect.ts";

const table = (
  types: Readonly<Record<string, ColumnType>>,
  nullable = true,
): TableSchema => ({
  name: "some",
  entity: "thing",
  key: [],
  keyForm: { as: "listed" },
  rows: 0,
  columns: Object.entries(types).map(([name, type]) => ({
    name,
    type,
    nullable,
  })),
});

const TEXT = { kind: "text" } as const;
const INTEGER = { kind: "integer" } as const;
const TWO = table({ a: TEXT, b: TEXT });

function read(
  text: string | Uint8Array,
  schema: TableSchema,
  dialect: Partial<CsvDialect> = {},
  more: Partial<CsvReadOptions> = {},
): Promise<string[]> {
  const options = {
    name: "some.csv",
    dialect: { ...OWN_DIALECT, ...dialect },
    ...more,
  };
  return rowTexts(readCsv(pieces(text, 7), schema, options));
}

Deno.test("readCsv() gives every edge back, however the bytes are cut", async () => {
  const { batch, table, texts } = edgeValues({ nul: true });
  const writer = new CsvWriter(table);
  const head = writer.header();
  const bytes = await gathered([head, ...await gathered2(writer, batch)]);
  const options = { name: "edges.csv", dialect: OWN_DIALECT };
  for (const size of [1, 2, 3, 64, 1000, 1 << 20]) {
    const found = rowTexts(readCsv(pieces(bytes, size), table, options));
    assert.deepEqual(await found, texts, `in pieces of ${size}`);
  }
});

async function gathered2(
  writer: CsvWriter,
  batch: Parameters<CsvWriter["add"]>[0],
): Promise<Uint8Array[]> {
  return [await gathered(writer.add(batch))];
}

Deno.test("readCsv() keeps texts of a megabyte in batches of bounded size", async () => {
  const { batch, table, texts } = edgeValues({ long: true });
  const writer = new CsvWriter(table);
  const bytes = await gathered([
    writer.header(),
    await gathered(writer.add(batch)),
  ]);
  assert.deepEqual(
    await rowTexts(
      readCsv(pieces(bytes, 100_000), table, {
        name: "edges.csv",
        dialect: OWN_DIALECT,
      }),
    ),
    texts,
  );
});

Deno.test("readCsv() reads lines that end in LF, CRLF, CR, or not at all", async () => {
  for (const end of ["\n", "\r\n", "\r"]) {
    const text = ["a,b", "1,2", '"x\r\ny",', ",z"].join(end);
    const rows = ["1|2", "x\r\ny|\\N", "\\N|z"];
    assert.deepEqual(await read(text, TWO), rows);
    assert.deepEqual(await read(text + end, TWO), rows);
  }
});

Deno.test("readCsv() finds columns by their names, and leaves others out", async () => {
  const text = "\uFEFFb,extra,a\n1,2,3\n4,5,6\n";
  assert.deepEqual(await read(text, TWO), ["3|1", "6|4"]);
  assert.deepEqual(
    await read("1,2\n3,4\n", TWO, { header: false }),
    ["1|2", "3|4"],
  );
});

Deno.test("readCsv() takes the empty field and the words for NULL, unless they are quoted", async () => {
  const schema = table({ n: INTEGER, t: TEXT });
  const text = 'n,t\n,""\nNA,NA\n3,\\N\n4,"\\N"\n';
  assert.deepEqual(
    await read(text, schema, { nulls: ["NA", "\\N"] }),
    ["\\N|", "\\N|NA", "3|\\N", "4|\\\\N"],
  );
});

Deno.test("readCsv() skips empty lines, but for tables of one column", async () => {
  assert.deepEqual(await read("a,b\n\n1,2\n\n\n3,4\n\n", TWO), ["1|2", "3|4"]);
  const one = table({ a: TEXT });
  assert.deepEqual(await read('a\nx\n\n""\n', one), ["x", "\\N", ""]);
});

Deno.test("readCsv() says on which line a value does not fit", async () => {
  const schema = table({ id: INTEGER, day: { kind: "date" } }, false);
  const cases: [string, RegExp][] = [
    [
      "id,day\n1,2026-01-01\n2,soon\n",
      /Cannot read "soon" as date[^]*some\.csv, line 3, field 2, column "day"[^]*What to do/,
    ],
    ["id,day\n1,2026-02-30\n", /"2026-02-30" as date[^]*line 2/],
    [
      "id,day\n3000000000,2026-01-01\n",
      /"3000000000" as integer[^]*line 2, field 1/,
    ],
    ["id,day\n1.0,2026-01-01\n", /"1\.0" as integer/],
    ["id,day\n1e999999,2026-01-01\n", /"1e999999" as integer/],
    [
      "id,day\n,2026-01-01\n",
      /Cannot read NULL: the column has no NULLs[^]*line 2, field 1/,
    ],
    ['id,day\n"",2026-01-01\n', /Cannot read "" as integer/],
    ["id,day\n1\n", /1 fields, not 2[^]*line 2/],
    ["id,day\n1,2026-01-01,x\n", /3 fields, not 2[^]*line 2/],
    ['id,day\n1,"2026-01-01\n\n', /never closed[^]*line 2/],
    [
      'id,day\n"1"2,2026-01-01\n',
      /follows the closing quote of field 1[^]*line 2/,
    ],
    ["id,days\n", /column "day" is not in the header; "days" is/],
    ["", /it is empty/],
  ];
  for (const [text, wanted] of cases) {
    await assert.rejects(read(text, schema), wanted, text);
  }
});

Deno.test("readCsv() says on which line a byte is not UTF-8", async () => {
  const bytes = new TextEncoder().encode('a,b\n1,2\n"x\ny\nz?",2\n');
  bytes[bytes.indexOf(63)] = 0xe9;
  await assert.rejects(
    read(bytes, TWO),
    /byte 0xe9 is not UTF-8[^]*some\.csv, line 5[^]*iconv/,
  );
  // Overlong, a surrogate, beyond U+10FFFF, cut short.
  for (
    const bad of [[0xc0, 0x80], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80], [
      0xe2,
      0x82,
    ]]
  ) {
    const text = Uint8Array.from([97, 44, 98, 10, 49, 44, ...bad, 10]);
    await assert.rejects(read(text, TWO), /not UTF-8[^]*line 2/);
  }
});

Deno.test("readCsv() bounds records, fields and columns", async () => {
  const bomb = async function* () {
    const chunk = new Uint8Array(1 << 20).fill(120);
    for (let k = 0; k < 1024; k++) {
      await Promise.resolve();
      yield chunk;
    }
  };
  const options = { name: "bomb.csv", dialect: OWN_DIALECT };
  const before = Deno.memoryUsage().rss;
  await assert.rejects(
    rowTexts(readCsv(bomb(), TWO, options)),
    /a record is longer than 67108864 bytes[^]*line 1/,
  );
  assert.ok(Deno.memoryUsage().rss - before < 600e6);
  await assert.rejects(
    read(`a,b\n"${"x\n".repeat(100)}`, TWO, {}, { recordBytes: 50 }),
    /quotes that are not closed/,
  );
  await assert.rejects(
    rowTexts(readCsv(pieces(",".repeat(1e6)), TWO, options)),
    /more than 16384 fields[^]*line 1/,
  );
});

Deno.test("readCsv() reads numbers in any form that says the same", async () => {
  const schema = table({
    i: INTEGER,
    d: { kind: "decimal", precision: 12, scale: 2 },
    x: { kind: "double" },
    t: { kind: "timestamp" },
    b: { kind: "boolean" },
  });
  const text = "i,d,x,t,b\n" +
    "+5,1e2,1e3,2026-01-01T00:00:00Z,TRUE\n" +
    "-0,.5,-inf,2026-01-01 02:00:00.5+02,false\n" +
    "007,12.3400,0.1,2026-01-01,t\n";
  assert.deepEqual(await read(text, schema), [
    "5|10000|408f400000000000|1767225600000000|1",
    "0|50|fff0000000000000|1767225600500000|0",
    "7|1234|3fb999999999999a|1767225600000000|1",
  ]);
  await assert.rejects(
    read("i,d,x,t,b\n1,1.005,1,,\n", schema),
    /"1\.005" as decimal\(12,2\)/,
  );
});

Deno.test("readCsv() numbers rows within their table", async () => {
  const found: [number, number][] = [];
  const text = "a,b\n" + "1,2\n".repeat(10);
  const options = {
    name: "x",
    dialect: OWN_DIALECT,
    from: 100,
    batchRows: 4,
  };
  for await (const batch of readCsv(pieces(text), TWO, options)) {
    found.push([batch.from, batch.rows]);
  }
  assert.deepEqual(found, [[100, 4], [104, 4], [108, 2]]);
});
