import assert from "node:assert/strict";
import { gzipSync, zstdCompressSync } from "node:zlib";
import { ServemarkError } from "../../../lib/core/errors.ts";
import type { TableSchema } from "../../../lib/datasets/schema.ts";
import { readDeltas } from "../../../lib/formats/parquet/delta_reader.ts";
import { unlz4 } from "../../../lib/formats/parquet/lz4.ts";
import { readFileMetadata } from "../../../lib/formats/parquet/open_file.ts";
import { memorySource } from "../../../lib/formats/parquet/byte_source.ts";
import { readParquet } from "../../../lib/formats/parquet/read.ts";
import { unsnappy } from "../../../lib/formats/parquet/snappy.ts";
import { tableOfFile } from "../../../lib/formats/parquet/table_of_file.ts";
import { ThriftReader } from "../../../lib/formats/parquet/thrift_reader.ts";
import { ThriftWriter } from "../../../lib/formats/parquet/thrift_writer.ts";
import { writeParquet } from "../../../lib/formats/parquet/write.ts";
import { edgeValues } from "../../fixtures/edge_values.ts";
import { lineitem } from "../../fixtures/lineitem.ts";
import { rowTexts } from "../collect.ts";
import { mutator } from "../mutate.ts";

const MUTATIONS = 1000;

/** Rows of whatever a file says its table is, up to some. */
async function readAny(bytes: Uint8Array, most = 1000): Promise<string[]> {
  const source = memorySource(bytes);
  const metadata = await readFileMetadata(source);
  const { table } = tableOfFile(metadata, "any");
  const texts: string[] = [];
  for await (const batch of readParquet(source, table, { metadata })) {
    assert.equal(batch.rows <= 8192, true);
    texts.push(
      ...await rowTexts(async function* () {
        await Promise.resolve();
        yield batch;
      }()),
    );
    if (texts.length > most) break;
  }
  return texts;
}

const edges = edgeValues();
const small = lineitem(300);
const FILES: Readonly<
  Record<string, { file: Uint8Array; table: TableSchema }>
> = {
  "with dictionaries": {
    file: writeParquet(small.table, small.batches),
    table: small.table,
  },
  "of every type, uncompressed": {
    file: writeParquet(edges.table, [edges.batch], { compression: "none" }),
    table: edges.table,
  },
};

for (const [what, { file, table }] of Object.entries(FILES)) {
  Deno.test(`readParquet() gives the right rows of a mutated file ${what}, or says what is wrong`, async () => {
    const right = await rowTexts(readParquet(file, table));
    const mutate = mutator(17);
    let refused = 0;
    for (let k = 0; k < MUTATIONS; k++) {
      const bytes = mutate(file);
      try {
        const found = await rowTexts(
          readParquet(bytes, table, { name: "mutated.parquet" }),
        );
        assert.deepEqual(found, right, `mutation ${k}`);
      } catch (error) {
        if (!(error instanceof ServemarkError)) throw error;
        assert.match(error.message, /mutated\.parquet/);
        refused++;
      }
    }
    assert.ok(refused > MUTATIONS * 0.9, `${refused} refused`);
  });
}

for (const writer of ["pyarrow", "duckdb"]) {
  Deno.test(`readParquet() fails on a mutated file of ${writer}'s in no way but its own`, async () => {
    const file = await Deno.readFile(
      new URL(`../../fixtures/parquet/${writer}.parquet`, import.meta.url),
    );
    const mutate = mutator(4711);
    let refused = 0;
    for (let k = 0; k < MUTATIONS; k++) {
      try {
        await readAny(mutate(file));
      } catch (error) {
        const typed = error instanceof ServemarkError ||
          error instanceof Error && error.constructor.name === "Damage";
        assert.ok(typed, `mutation ${k}: ${(error as Error).stack}`);
        refused++;
      }
    }
    assert.ok(refused > MUTATIONS / 2, `${refused} refused`);
  });
}

Deno.test("readParquet() names the row group, the column and the byte offset", async () => {
  const { table, batches } = lineitem(70_000);
  const file = writeParquet(table, batches);
  const metadata = await readFileMetadata(memorySource(file));
  const { offset, compressed } = metadata.rowGroups[1].chunks[15];
  const damaged = file.slice();
  damaged[offset + compressed - 5] ^= 1;
  await assert.rejects(
    rowTexts(readParquet(damaged, table, { name: "part 7" })),
    (error: Error) =>
      error instanceof ServemarkError &&
      error.message.includes("does not match its checksum") &&
      error.message.includes(
        `part 7, row group 1, column l_comment, byte offset `,
      ),
  );
});

/** A file of these metadata, and of pages before them. */
function fileOf(
  write: (out: ThriftWriter, pages: number) => void,
  pages: Uint8Array = new Uint8Array(64),
): Uint8Array {
  const out = new ThriftWriter();
  out.element(() => write(out, pages.length));
  const metadata = out.bytes;
  const file = new Uint8Array(pages.length + metadata.length + 12);
  const mark = new TextEncoder().encode("PAR1");
  file.set(mark);
  file.set(pages, 4);
  file.set(metadata, 4 + pages.length);
  new DataView(file.buffer).setUint32(file.length - 8, metadata.length, true);
  file.set(mark, file.length - 4);
  return file;
}

/** Metadata of one column of INT64, or of texts. */
function oneColumn(
  { rows, groups = 1, text = false, optional = false, codec = 0, plain = 64 }: {
    rows: number;
    groups?: number;
    text?: boolean;
    optional?: boolean;
    codec?: number;
    plain?: number;
  },
) {
  return (out: ThriftWriter, pages: number) => {
    out.int(1, 1);
    out.structs(2, [0, 1], (k) => {
      if (k === 1) {
        out.int(1, text ? 6 : 2);
        out.int(3, optional ? 1 : 0);
        out.text(4, "a");
        if (text) out.int(6, 0);
      } else {
        out.text(4, "root");
        out.int(5, 1);
      }
    });
    out.i64(3, rows * groups);
    out.structs(4, Array(groups).fill(0), () => {
      out.structs(1, [0], () => {
        out.i64(2, 0);
        out.struct(3, () => {
          out.int(1, text ? 6 : 2);
          out.int(4, codec);
          out.i64(5, rows);
          out.i64(6, plain);
          out.i64(7, pages);
          out.i64(9, 4);
        });
      });
      out.i64(3, rows);
    });
  };
}

/** A data page of these bytes. */
function page(
  values: number,
  bytes: Uint8Array,
  more: { plain?: number; encoding?: number; type?: number } = {},
): Uint8Array {
  const out = new ThriftWriter();
  const { plain = bytes.length, encoding = 0, type = 0 } = more;
  out.element(() => {
    out.int(1, type);
    out.int(2, plain);
    out.int(3, bytes.length);
    out.struct(type === 2 ? 7 : 5, () => {
      out.int(1, values);
      out.int(2, encoding);
      if (type === 2) return;
      out.int(3, 3);
      out.int(4, 3);
    });
  });
  return Uint8Array.from([...out.bytes, ...bytes]);
}

const HOSTILE: Readonly<Record<string, [Uint8Array, RegExp]>> = {
  "a row group of 2^62 rows": [
    fileOf(oneColumn({ rows: 2 ** 62 })),
    /row group of 4611686018427388000 rows/,
  ],
  "row groups that do not add up": [
    fileOf((out, pages) => {
      const write = oneColumn({ rows: 8 });
      write(out, pages);
      out.i64(3, 9);
    }),
    /row groups have 8 rows in place of 9/,
  ],
  "a million columns": [
    fileOf((out) => {
      out.structs(2, Array(1_000_001).fill(0), () => out.text(4, "c"));
    }),
    /1000001 entries where at most 16384 are read/,
  ],
  "a list longer than the file": [
    fileOf((out) => {
      out.binary(4, new Uint8Array(3));
      out.structs(2, [0], () => out.int(5, 2 ** 31 - 1));
    }),
    /schema ends early|in place of/,
  ],
  "groups within groups that claim each other": [
    fileOf((out) => {
      out.structs(2, Array(2000).fill(0), () => {
        out.text(4, "g");
        out.int(5, 2);
      });
      out.i64(3, 0);
    }),
    /schema ends early/,
  ],
  "pages outside of the file": [
    fileOf((out) => oneColumn({ rows: 1 })(out, 2 ** 40)),
    /pages lie outside of the file/,
  ],
  "a page that lies about its size": [
    fileOf(
      oneColumn({ rows: 1, codec: 6, plain: 2 ** 40 }),
      page(1, new Uint8Array(40), { plain: 2 ** 31 - 1 }),
    ),
    /a page has 2147483647 bytes, more than/,
  ],
  "a page larger than its column": [
    fileOf(
      oneColumn({ rows: 1, codec: 6 }),
      page(1, new Uint8Array(40), { plain: 2 ** 27 }),
    ),
    /a page has 134217728 bytes, more than its column/,
  ],
  "a page that is a bomb of zstd": [
    fileOf(
      oneColumn({ rows: 8, codec: 6 }),
      page(8, zstdCompressSync(new Uint8Array(2 ** 26)), { plain: 64 }),
    ),
    /cannot be decompressed/,
  ],
  "a page that is a bomb of gzip": [
    fileOf(
      oneColumn({ rows: 8, codec: 2 }),
      page(8, gzipSync(new Uint8Array(2 ** 24)), { plain: 64 }),
    ),
    /cannot be decompressed/,
  ],
  "a page of fewer values than rows": [
    fileOf(oneColumn({ rows: 9 }), page(9, new Uint8Array(64))),
    /fewer values than rows/,
  ],
  "a page of more values than rows": [
    fileOf(oneColumn({ rows: 7 }), page(7, new Uint8Array(64))),
    /more than its rows/,
  ],
  "a page of NULLs by the thousand million, in a row group of ten": [
    fileOf(
      oneColumn({ rows: 10, optional: true }),
      page(2 ** 30, Uint8Array.of(6, 0, 0, 0, 128, 128, 128, 128, 8, 0)),
    ),
    /more rows than are left/,
  ],
  "a page with no dictionary": [
    fileOf(
      oneColumn({ rows: 8 }),
      page(8, Uint8Array.of(1, 16, 0), { encoding: 8 }),
    ),
    /a dictionary that is not there/,
  ],
  "a dictionary that lies about its entries": [
    fileOf(
      oneColumn({ rows: 8 }),
      page(2 ** 23, new Uint8Array(64), { type: 2 }),
    ),
    /its dictionary ends early/,
  ],
  "texts that end behind their page": [
    fileOf(
      oneColumn({ rows: 1, text: true }),
      page(1, Uint8Array.of(255, 255, 255, 127, 65)),
    ),
    /texts end early/,
  ],
  "texts that are no UTF-8": [
    fileOf(
      oneColumn({ rows: 1, text: true }),
      page(1, Uint8Array.of(2, 0, 0, 0, 0xc3, 0x28)),
    ),
    /not UTF-8/,
  ],
  "metadata longer than the file": [
    (() => {
      const file = fileOf(oneColumn({ rows: 1 }));
      new DataView(file.buffer).setUint32(file.length - 8, 2 ** 31, true);
      return file;
    })(),
    /2147483648 bytes, more than the file/,
  ],
  "an encrypted footer": [
    (() => {
      const file = fileOf(oneColumn({ rows: 1 }));
      file[file.length - 1] = 69;
      return file;
    })(),
    /encrypted/,
  ],
};

for (const [what, [file, cause]] of Object.entries(HOSTILE)) {
  Deno.test(`readParquet() refuses ${what}, at once`, async () => {
    const began = performance.now();
    await assert.rejects(readAny(file), cause);
    assert.ok(performance.now() - began < 2000);
  });
}

Deno.test("readParquet() reads 2^31 NULLs of a few bytes batch by batch", async () => {
  const rows = 2 ** 31 - 1;
  const bytes = Uint8Array.of(6, 0, 0, 0, 254, 255, 255, 255, 31, 0);
  const file = fileOf(oneColumn({ rows, optional: true }), page(rows, bytes));
  const table: TableSchema = {
    ...edges.table,
    columns: [{ name: "a", type: { kind: "bigint" }, nullable: true }],
  };
  let batches = 0;
  for await (const batch of readParquet(file, table)) {
    assert.equal(batch.rows, 8192);
    assert.equal(batch.columns[0].nulls?.every((flag) => flag === 1), true);
    if (++batches === 20) break;
  }
});

Deno.test("ThriftReader refuses structs without end, and numbers without end", () => {
  const deep = new ThriftReader(new Uint8Array(10_000).fill(0x1c), 0);
  assert.throws(() => deep.skip(12), /nested too deep/);
  const lists = new ThriftReader(new Uint8Array(10_000).fill(0x19), 0);
  assert.throws(() => lists.skip(9), /nested too deep/);
  const number = new ThriftReader(new Uint8Array(100).fill(0xff), 100);
  assert.throws(
    () => number.int(6),
    (error: Error & { offset?: number }) =>
      /endless number/.test(error.message) && error.offset === 110,
  );
});

Deno.test("unsnappy() and unlz4() refuse blocks that promise too much", () => {
  assert.throws(
    () => unsnappy(Uint8Array.of(255, 255, 255, 127), 2 ** 28),
    /Snappy/,
  );
  assert.throws(() => unsnappy(Uint8Array.of(4, 0x01, 9), 4), /Snappy/);
  assert.throws(() => unlz4(Uint8Array.of(0x1f, 65, 1, 0), 2 ** 28), /LZ4/);
  assert.throws(() => unlz4(Uint8Array.of(0x10, 65, 9, 0), 5), /LZ4/);
});

Deno.test("readDeltas() refuses blocks and counts that cannot be", () => {
  const varints = (...numbers: number[]) => Uint8Array.from(numbers);
  assert.throws(
    () => readDeltas(varints(255, 255, 255, 15, 1, 4, 0), 0, 4, 64),
    /blocks of/,
  );
  assert.throws(
    () => readDeltas(varints(128, 1, 0, 4, 0), 0, 4, 64),
    /blocks of 128 deltas in 0/,
  );
  assert.throws(
    () => readDeltas(varints(128, 1, 4, 5, 0), 0, 4, 64),
    /5 values in place of 4/,
  );
});
