/**
 * Any form of a table to any other: the fingerprint stays.
 */
import assert from "node:assert/strict";
import { openCatalog } from "../../lib/catalog/catalog.ts";
import { openFormat } from "../../lib/formats/formats.ts";
import type { Compression, TableSource } from "../../lib/formats/source.ts";
import { openPlatform } from "../../lib/platforms/open.ts";
import { openStore } from "../../lib/stores/open.ts";
import type { Store } from "../../lib/stores/store.ts";
import { importTables } from "../../lib/transfers/import_tables.ts";
import { loadData } from "../../lib/transfers/load/load_data.ts";
import { catalogSource } from "../../lib/transfers/catalog_source.ts";
import { fingerprintSource } from "../../lib/transfers/watched_rows.ts";
import {
  EDGE_TABLE,
  edgeFingerprint,
  edgeSource,
  type EdgeTable,
  LARGE_TABLE,
  NUL_TABLE,
} from "../fixtures/edge_tables.ts";

/** One form that tables can have. */
interface Form {
  readonly name: string;
  /** Puts a source's tables into this form, and opens what came of it. */
  put(source: TableSource, edge: EdgeTable, as: string): Promise<TableSource>;
}

const folder = await Deno.makeTempDir();
const store: Store = await openStore(folder);

function lent(source: TableSource): TableSource {
  const { name, tables, notes } = source;
  return {
    ...{ name, tables, notes },
    read: (table, options) => source.read(table, options),
    close: () => Promise.resolve(),
  };
}

function file(
  format: string,
  compression?: Compression,
  ending = "",
): Form {
  return {
    name: compression === undefined ? format : `${format}, ${compression}`,
    async put(source, { table }, as) {
      const { layout, open, write } = await openFormat(format);
      const key = layout === "object" ? `${as}${ending}` : `${as}/`;
      const place = { store, key };
      await write(source, place, { compression });
      return await open(place, { tables: [table], name: as });
    },
  };
}

function platform(kind: string): Form & AsyncDisposable {
  let opened: ReturnType<typeof openPlatform> | undefined;
  return {
    name: `${kind}, live`,
    async put(source, { table }) {
      const platform = await (opened ??= openPlatform(kind));
      await importTables(source, platform);
      return await platform.source!([table]);
    },
    [Symbol.asyncDispose]: async () => await (await opened)?.close(),
  };
}

const catalog: Form = {
  name: "catalog",
  async put(source, _, as) {
    const catalog = await openCatalog(`${folder}/catalog`);
    const { manifest } = await loadData(
      // It closes what it opens.
      () => Promise.resolve(lent(source)),
      catalog,
      { name: as.replace(/\W+/g, "_"), version: "1.0" },
    );
    return catalogSource(catalog, manifest);
  },
};

const FILES: readonly Form[] = [
  file("pg_dump", "none", ".dump"),
  file("pg_dump", "gzip", ".dump"),
  file("parquet"),
  file("csv", "none"),
  file("csv", "gzip"),
  file("csv", "zstd"),
  file("dynamodb_json"),
];

const PLATFORMS = ["postgres", "dynamodb", "memory"];

Deno.test("any form to any other keeps the fingerprint of every type and edge", async (t) => {
  await using stack = new AsyncDisposableStack();
  const forms = (): Form[] => [
    catalog,
    ...FILES,
    ...PLATFORMS.map((kind) => stack.use(platform(kind))),
  ];
  const wanted = edgeFingerprint(EDGE_TABLE);
  const targets = forms();
  for (const from of forms()) {
    const as = `from ${from.name}`.replace(/\W+/g, "_");
    const source = await from.put(edgeSource(EDGE_TABLE), EDGE_TABLE, as);
    for (const to of targets) {
      await t.step(`${from.name} → ${to.name}`, async () => {
        const made = await to.put(
          source,
          EDGE_TABLE,
          `${as}_to_${to.name}`.replace(/\W+/g, "_"),
        );
        assert.equal(await fingerprintSource(made, EDGE_TABLE.table), wanted);
        await made.close();
      });
    }
    await source.close();
  }
});

Deno.test("texts of 1 MB go through every form but DynamoDB's", async (t) => {
  const wanted = edgeFingerprint(LARGE_TABLE);
  await using stack = new AsyncDisposableStack();
  const forms = [
    catalog,
    ...FILES.filter(({ name }) => name !== "dynamodb_json"),
    ...["postgres", "memory"].map((kind) => stack.use(platform(kind))),
  ];
  let source = edgeSource(LARGE_TABLE);
  for (const form of forms) {
    await t.step(form.name, async () => {
      const as = `large_${form.name}`.replace(/\W+/g, "_");
      const next = await form.put(source, LARGE_TABLE, as);
      assert.equal(await fingerprintSource(next, LARGE_TABLE.table), wanted);
      source = next;
    });
  }
  // An item has at most 400 KB.
  const dynamodb = stack.use(platform("dynamodb"));
  await t.step("DynamoDB refuses them", async () => {
    await assert.rejects(
      dynamodb.put(source, LARGE_TABLE, "large"),
      /Cannot load table servemark_large[^]*size/i,
    );
  });
});

Deno.test("texts with a NUL go through every form that has it; PostgreSQL refuses them", async (t) => {
  const wanted = edgeFingerprint(NUL_TABLE);
  await using stack = new AsyncDisposableStack();
  const source = edgeSource(NUL_TABLE);
  const able = (name: string) => !/pg_dump|postgres/.test(name);
  const forms = [
    catalog,
    ...FILES,
    ...PLATFORMS.map((kind) => stack.use(platform(kind))),
  ];
  for (const form of forms) {
    const as = `nul_${form.name}`.replace(/\W+/g, "_");
    if (able(form.name)) {
      await t.step(`${form.name} keeps them`, async () => {
        const made = await form.put(source, NUL_TABLE, as);
        assert.equal(await fingerprintSource(made, NUL_TABLE.table), wanted);
      });
    } else {
      await t.step(`${form.name} refuses them`, async () => {
        await assert.rejects(
          form.put(source, NUL_TABLE, as),
          (error: Error) =>
            /NUL|0x00/.test(error.message) && /words|nul/.test(error.message),
        );
      });
    }
  }
  await Deno.remove(folder, { recursive: true });
});
