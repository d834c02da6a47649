import assert from "node:assert/strict";
import {
  type CsvInference,
  type CsvInferOptions,
  inferCsv,
} from "../../../lib/formats/csv/infer.ts";
import { pieces } from "../collect.ts";

function infer(
  text: string,
  more: Partial<CsvInferOptions> = {},
): Promise<CsvInference> {
  return inferCsv(pieces(text, 1000), {
    name: "some.csv",
    table: "some",
    ...more,
  });
}

function types({ table }: CsvInference): string[] {
  return table.columns.map(({ name, type, nullable }) =>
    `${name} ${type.kind}${
      type.kind === "decimal" ? `(${type.precision},${type.scale})` : ""
    }${type.native ? ` ${type.native}` : ""}${nullable ? "?" : ""}`
  );
}

const PEOPLE = [
  "id,name,zip,balance,score,vip,born,seen,raw,phone,big,huge",
  "1,Ann,01234,12.50,0.5,true,2000-02-29,2026-01-01T10:00:00,\\x00ff,+4912,4000000000,12345678901234567890",
  '2,"Bob, Jr.",99999,-0.25,1e-7,false,1999-12-31,2026-01-01 10:00:00.5,\\x,+4913,1,1',
  "3,,10115,1000.00,3,true,,2026-01-02 00:00:00,,+4914,2,2",
].join("\n") + "\n";

Deno.test("inferCsv() tells each type, and texts that look like numbers", async () => {
  const found = await infer(PEOPLE);
  assert.deepEqual(types(found), [
    "id integer",
    "name text?",
    "zip text",
    "balance decimal(18,2)",
    "score double",
    "vip boolean",
    "born date?",
    "seen timestamp",
    "raw bytes?",
    "phone text",
    "big bigint",
    "huge decimal(38,0)",
  ]);
  assert.equal(found.complete, true);
  assert.equal(found.rows, 3);
  assert.equal(found.table.rows, 3);
  assert.deepEqual(found.table.key, []);
  assert.deepEqual(found.notes, []);
  assert.deepEqual(found.seen[1], {
    values: 2,
    nulls: 1,
    examples: ["Ann", "Bob, Jr."],
  });
});

Deno.test("inferCsv() leaves room where it has not seen all", async () => {
  const line = "1,12.50,x\n";
  const text = "id,price,word\n" + line.repeat(2000);
  const found = await infer(text, {
    sampleBytes: 5000,
    totalBytes: text.length,
  });
  assert.equal(found.complete, false);
  assert.deepEqual(types(found), [
    "id bigint?",
    "price decimal(18,2)?",
    "word text?",
  ]);
  assert.ok(Math.abs(found.table.rows - 2000) < 30, String(found.table.rows));
});

Deno.test("inferCsv() finds the delimiter, the quote and the header", async () => {
  const dialects: [string, string, string, boolean][] = [
    ["a;b;c\n1;2,5;x\n3;4,5;y\n", ";", '"', true],
    ["a\tb\n1\tx, y\n2\tz\n", "\t", '"', true],
    ["a|b\n1|2\n", "|", '"', true],
    ["1,2\n3,4\n", ",", '"', false],
    ["2026-01-01,x\n2026-01-02,y\n", ",", '"', false],
    ["'a','b'\n'1,5','it''s'\n'2','x'\n", ",", "'", true],
    ['"a;b",c\n"1;2",3\n', ",", '"', true],
    ["word\none\ntwo\n", ",", '"', true],
    ['a,b\n"x\n,y",2\n"z",3\n', ",", '"', true],
  ];
  for (const [text, delimiter, quote, header] of dialects) {
    const { dialect } = await infer(text);
    const { nulls: _, ...found } = dialect;
    assert.deepEqual(found, { delimiter, quote, header }, text);
  }
});

Deno.test("inferCsv() names columns that have no name, or another's", async () => {
  const bare = await infer("1,x\n2,y\n");
  assert.deepEqual(types(bare), ["column_1 integer", "column_2 text"]);
  assert.match(bare.notes[0], /no header: columns are called column_1 to/);
  const odd = await infer("id,id,,id_2\n1,2,3,4\n");
  assert.deepEqual(odd.table.columns.map((c) => c.name), [
    "id",
    "id_3",
    "column_3",
    "id_2",
  ]);
  assert.deepEqual(odd.header, ["id", "id", "", "id_2"]);
  assert.match(odd.notes.join("\n"), /column 2, "id", is called "id_3"/);
});

Deno.test("inferCsv() takes words for NULL where all else is of another type", async () => {
  const found = await infer("n,t,s\n1,NA,\\N\nNA,x,y\n3,NULL,z\n");
  assert.deepEqual(types(found), ["n integer?", "t text", "s text?"]);
  assert.deepEqual(found.dialect.nulls, ["\\N", "NA"]);
  assert.match(found.notes.join(), /NULL is written as \\N, NA/);
  const quoted = await infer('n\n1\n"NA"\n');
  assert.deepEqual(types(quoted), ["n text"]);
});

Deno.test("inferCsv() takes instants with and without a zone for what they are", async () => {
  const zoned = await infer(
    "t\n2026-01-01 10:00:00+02\n2026-01-01T10:00:00Z\n",
  );
  assert.deepEqual(types(zoned), ["t timestamp timestamp with time zone"]);
  const mixed = await infer("t\n2026-01-01 10:00:00+02\n2026-01-01T10:00:00\n");
  assert.deepEqual(types(mixed), ["t text"]);
  const none = await infer("t\n2026-13-01\n2026-01-01\n");
  assert.deepEqual(types(none), ["t text"]);
});

Deno.test("inferCsv() refuses what is no CSV", async () => {
  const cases: [string, RegExp][] = [
    ["", /some\.csv: it is empty/],
    ["PAR1\x15\x04", /it is Parquet/],
    ["PGDMP\x01\x0e", /it is a pg_dump archive/],
    ["PK\x03\x04....", /it is a ZIP file/],
  ];
  for (const [text, wanted] of cases) {
    await assert.rejects(infer(text), wanted);
  }
  await assert.rejects(
    inferCsv(pieces(Uint8Array.of(0xff, 0xfe, 97, 0)), {
      name: "x.csv",
      table: "x",
    }),
    /it is text in UTF-16[^]*iconv/,
  );
});
