import assert from "node:assert/strict";
import { join } from "node:path";
import { constants, gzipSync, zstdCompressSync } from "node:zlib";
import { ServemarkError } from "../../../lib/core/errors.ts";
import { fileContent } from "../../../lib/formats/compressed.ts";
import { csv } from "../../../lib/formats/csv/csv.ts";
import { OWN_DIALECT } from "../../../lib/formats/csv/dialect.ts";
import { inferCsv } from "../../../lib/formats/csv/infer.ts";
import { readCsv } from "../../../lib/formats/csv/read_rows.ts";
import { CsvWriter } from "../../../lib/formats/csv/write_rows.ts";
import { edgeValues } from "../../fixtures/edge_values.ts";
import { gathered, inStore, pieces, rowTexts } from "../collect.ts";
import { mutator } from "../mutate.ts";

Deno.test("readCsv() and inferCsv() end 2,000 mutated files with typed errors only", async () => {
  const { table, batch } = edgeValues({ nul: true });
  const writer = new CsvWriter(table);
  const plain = await gathered([
    writer.header(),
    await gathered(writer.add(batch)),
  ]);
  const checked = { params: { [constants.ZSTD_c_checksumFlag]: 1 } };
  const files: [string, Uint8Array][] = [
    ["edges.csv", plain],
    ["edges.csv.gz", gzipSync(plain)],
    ["edges.csv.zst", zstdCompressSync(plain, checked)],
  ];
  const mutate = mutator(20_240_607);
  let refused = 0;
  for (let k = 0; k < 2000; k++) {
    const [name, bytes] = files[k % 4 === 3 ? 0 : k % 4];
    const mutated = mutate(bytes);
    const content = () => fileContent(pieces(mutated, 4096), name);
    try {
      if (k % 2 === 0) {
        const options = { name, dialect: OWN_DIALECT };
        await rowTexts(readCsv(content(), table, options));
      } else {
        const found = await inferCsv(content(), { name, table: "edges" });
        const { dialect, header } = found;
        await rowTexts(
          readCsv(content(), found.table, { name, dialect, header }),
        );
      }
    } catch (error) {
      assert.ok(error instanceof ServemarkError, `mutation ${k}: ${error}`);
      assert.ok(error.message.includes("edges"), error.message);
      refused++;
    }
  }
  assert.ok(refused > 1000, `${refused} of 2000 were refused`);
});

Deno.test("csv ends mutated descriptions with typed errors, and never leaves its folder", () =>
  inStore(async (store, folder) => {
    const edges = edgeValues();
    await csv.write(edges.source(), { store, key: "out" });
    await Deno.writeTextFile(join(folder, "secret.csv"), "thing_id\n1\n");
    const file = join(folder, "out", "servemark.json");
    const whole = await Deno.readFile(file);
    const mutate = mutator(7);
    for (let k = 0; k < 200; k++) {
      await Deno.writeFile(file, mutate(whole));
      try {
        const source = await csv.open({ store, key: "out" });
        for (const { name } of source.tables) await rowTexts(source.read(name));
      } catch (error) {
        assert.ok(error instanceof ServemarkError, `mutation ${k}: ${error}`);
      }
    }
    const text = new TextDecoder().decode(whole);
    const cases: [string, RegExp][] = [
      [
        text.replace('"edges.csv"', '"../secret.csv"'),
        /Cannot use "\.\.\/secret\.csv" as a key/,
      ],
      [
        text.replace('"schemaVersion": 1', '"schemaVersion": 2'),
        /schemaVersion is 2, not 1/,
      ],
      [
        text.replace('"format": "csv"', '"format": "parquet"'),
        /written as parquet/,
      ],
      [text.replace('"kind": "bytes"', '"kind": "blob"'), /unknown type blob/],
      [text.replace('"name": "raw"', '"name": "day"'), /two columns are "day"/],
      ["[]", /it is not an object/],
      ["{", /it is not JSON/],
    ];
    for (const [changed, wanted] of cases) {
      assert.notEqual(changed, text);
      await Deno.writeTextFile(file, changed);
      await assert.rejects(csv.open({ store, key: "out" }), wanted);
    }
  }));

Deno.test("csv notices rows that are missing, or too many", () =>
  inStore(async (store, folder) => {
    await csv.write(edgeValues().source(), { store, key: "out" });
    const file = join(folder, "out", "edges.csv");
    const text = await Deno.readTextFile(file);
    const read = async () =>
      await rowTexts((await csv.open({ store, key: "out" })).read("edges"));
    const rows = (await read()).length;
    await Deno.writeTextFile(file, text + text.slice(text.indexOf("\n") + 1));
    await assert.rejects(
      read(),
      new RegExp(`more than ${rows} rows, not the ${rows}`),
    );
    await Deno.writeTextFile(file, text.slice(0, text.indexOf("\n") + 1));
    await assert.rejects(read(), /has 0 rows, not the/);
    await Deno.remove(file);
    await assert.rejects(read(), /edges\.csv: it is not there/);
  }));
