import assert from "node:assert/strict";
import type { Batch, Vector } from "../../../lib/datasets/batch.ts";
import type { ColumnType, TableSchema } from "../../../lib/datasets/schema.ts";
import { writeValue } from "../../../lib/datasets/value_text.ts";
import {
  CsvWriter,
  type CsvWriterOptions,
} from "../../../lib/formats/csv/write_rows.ts";
import { edgeValues } from "../../fixtures/edge_values.ts";
import { gathered } from "../collect.ts";

function tableOf(types: readonly ColumnType[]): TableSchema {
  return {
    name: "some",
    entity: "thing",
    key: [],
    keyForm: { as: "listed" },
    rows: 0,
    columns: types.map((type, c) => ({ name: `c${c}`, type, nullable: true })),
  };
}

function batchOf(table: TableSchema, columns: readonly Vector[]): Batch {
  return { table, from: 0, rows: columns[0].values.length, columns };
}

async function written(
  batch: Batch,
  options?: CsvWriterOptions,
): Promise<string> {
  const writer = new CsvWriter(batch.table, options);
  const bytes = await gathered(writer.add(batch));
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
}

const texts = (values: readonly string[]): Vector => ({ values, nulls: null });

Deno.test("CsvWriter tells NULL and the empty text apart", async () => {
  const table = tableOf([{ kind: "text" }, { kind: "text" }]);
  const nulls = Uint8Array.of(0, 1, 0);
  const batch = batchOf(table, [
    texts(["a", "b", "c"]),
    { values: ["", "", "x"], nulls },
  ]);
  assert.equal(await written(batch), 'a,""\nb,\nc,x\n');
});

Deno.test("CsvWriter quotes what would be read otherwise, and nothing else", async () => {
  const words = [
    ["plain", "plain"],
    ["a b", "a b"],
    ["a,b", '"a,b"'],
    ['say "so"', '"say ""so"""'],
    ["a\nb", '"a\nb"'],
    ["a\rb", '"a\rb"'],
    ["a;b|c\td", "a;b|c\td"],
    ["\\N", '"\\N"'],
    ["NULL", '"NULL"'],
    ["nullable", "nullable"],
    ["é,漢", '"é,漢"'],
    ["🙂", "🙂"],
    ["\0", "\0"],
    ["x".repeat(300) + ",", `"${"x".repeat(300)},"`],
    ["é".repeat(300), "é".repeat(300)],
  ];
  const batch = batchOf(tableOf([{ kind: "text" }]), [
    texts(words.map(([word]) => word)),
  ]);
  assert.equal(
    await written(batch),
    words.map(([, form]) => form + "\n").join(""),
  );
});

Deno.test("CsvWriter writes what value_text writes, at every edge", async () => {
  const { batch, table } = edgeValues();
  const text = await written(batch);
  const lines = text.split("\n");
  assert.equal(lines[0].split(",")[0], "1");
  table.columns.forEach(({ type }, c) => {
    if (type.kind === "text") return;
    const alone = { ...table, columns: [table.columns[c]] };
    const { values, nulls } = batch.columns[c];
    const expected = Array.from(
      { length: batch.rows },
      (_, r) => nulls?.[r] === 1 ? "" : writeValue(type, values[r]),
    );
    const one = { ...batch, table: alone, columns: [batch.columns[c]] };
    const writer = new CsvWriter(alone);
    const found = [...writer.add(one)].map((b) => new TextDecoder().decode(b))
      .join("");
    assert.deepEqual(found.split("\n").slice(0, -1), expected);
  });
});

Deno.test("CsvWriter writes numbers of every size as value_text does", async () => {
  const check = async (type: ColumnType, values: readonly number[]) => {
    const batch = batchOf(tableOf([type]), [
      { values: Float64Array.from(values), nulls: null },
    ]);
    const lines = (await written(batch)).split("\n").slice(0, -1);
    assert.deepEqual(lines, values.map((v) => writeValue(type, v)));
  };
  const wholes = [0];
  for (let k = 0; k < 53; k++) wholes.push(2 ** k, 2 ** k - 1, -(2 ** k));
  for (let k = 0; k < 16; k++) {
    wholes.push(10 ** k, 10 ** k - 1, 1 - 10 ** k, 12345678901234 % 10 ** k);
  }
  await check({ kind: "bigint" }, wholes);
  for (const scale of [0, 1, 2, 5, 8, 9, 12, 18]) {
    await check({ kind: "decimal", precision: 18, scale }, wholes);
  }
  await check({ kind: "timestamp" }, [
    ...wholes.filter((n) => n > -6e16 && n < 2e17),
    ...Array.from({ length: 2000 }, (_, k) => k * 7_919_000_003_017 - 6e15),
  ]);
  const days = Array.from({ length: 5000 }, (_, k) => -719_162 + k * 730);
  await check({ kind: "date" }, [
    ...days,
    -719_162,
    -719_104,
    -719_103,
    59,
    60,
  ]);
  let state = 1;
  const random = () => (state = state * 48271 % 2147483647) / 2147483647;
  await check(
    { kind: "double" },
    Array.from(
      { length: 5000 },
      (_, k) =>
        k % 3 === 0
          ? Math.round(random() * 1e7) / 10 ** (k % 8)
          : (random() - 0.5) * 10 ** (k % 40 - 20),
    ),
  );
});

Deno.test("CsvWriter writes words and ids without making strings", async () => {
  const table = tableOf([{ kind: "text" }, { kind: "text" }]);
  const numbers = Float64Array.of(2, 0, 1);
  const forbidden = () => {
    throw new Error("the strings were made");
  };
  const words: Vector = {
    nulls: Uint8Array.of(0, 0, 1),
    texts: { kind: "words", words: ["a,b", "", "plain"], numbers },
    get values() {
      return forbidden();
    },
  };
  const ids: Vector = {
    nulls: null,
    texts: {
      kind: "ids",
      prefix: "card_",
      digits: 8,
      numbers: Float64Array.of(7, 123_456_789_012, 99_999_999),
    },
    get values() {
      return forbidden();
    },
  };
  const batch = { table, from: 0, rows: 3, columns: [words, ids] };
  assert.equal(
    await written(batch),
    'plain,card_00000007\n"a,b",card_123456789012\n,card_99999999\n',
  );
});

Deno.test("CsvWriter quotes odd prefixes of ids", async () => {
  const texts = {
    kind: "ids",
    prefix: 'a,"',
    digits: 2,
    numbers: Float64Array.of(5),
  } as const;
  const vector = { nulls: null, texts, values: ['a,"05'] };
  const batch = batchOf(tableOf([{ kind: "text" }]), [vector]);
  assert.equal(await written(batch), '"a,""05"\n');
});

Deno.test("CsvWriter gives chunks of whole records, whatever their size", async () => {
  const { batch, table } = edgeValues({ long: true, nul: true });
  const whole = await written(batch);
  const writer = new CsvWriter(table, { chunkBytes: 100 });
  let chunks = 0;
  let text = "";
  for (const chunk of writer.add(batch)) {
    assert.equal(chunk.at(-1), 10);
    text += new TextDecoder("utf-8", { ignoreBOM: true }).decode(chunk);
    chunks++;
  }
  assert.equal(text, whole);
  assert.ok(chunks > 10);
});

Deno.test("CsvWriter writes other dialects", async () => {
  const table = tableOf([{ kind: "text" }, { kind: "integer" }]);
  const batch = batchOf(table, [
    texts(["a,b", "a;b", "it's"]),
    { values: Float64Array.of(1, 2, 3), nulls: null },
  ]);
  const options = { delimiter: ";", quote: "'", newline: "\r\n" } as const;
  assert.equal(
    await written(batch, options),
    "a,b;1\r\n'a;b';2\r\n'it''s';3\r\n",
  );
  const header = new CsvWriter(table, options).header();
  assert.equal(new TextDecoder().decode(header), "c0;c1\r\n");
  assert.equal(new CsvWriter(table, { header: false }).header().length, 0);
});

Deno.test("CsvWriter refuses what a column cannot hold, with its row", () => {
  const cases: [ColumnType, number][] = [
    [{ kind: "integer" }, 1.5],
    [{ kind: "bigint" }, NaN],
    [{ kind: "boolean" }, 2],
    [{ kind: "decimal", precision: 9, scale: 2 }, Infinity],
    [{ kind: "date" }, 0.5],
  ];
  for (const [type, value] of cases) {
    const batch = batchOf(tableOf([type]), [
      { values: Float64Array.of(0, value), nulls: null },
    ]);
    assert.throws(
      () => [...new CsvWriter(batch.table).add(batch)],
      /table some, row 1, column "c0"/,
    );
  }
});
