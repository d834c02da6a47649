import assert from "node:assert/strict";
import type pg from "pg";
import {
  type Archive,
  openArchive,
} from "../../../lib/formats/pg_dump/archive.ts";
import {
  POSTGRES_VERSIONS,
  type PostgresServer,
  postgresTools,
  type PostgresVersion,
  startPostgres,
} from "../../emulators/postgres_tools.ts";
import { asVersion } from "./archive_versions.ts";
import { serverRows, sourceRows } from "./server_rows.ts";

const DATABASE = new URL(
  "../../fixtures/pg_dump/nasty_database.sql",
  import.meta.url,
);
const probe = await postgresTools(18);
const ignore = "missing" in probe;
if ("missing" in probe) console.log(`skipping: install ${probe.missing}`);

/** Our name of each table, and what a server calls its rows. */
const ODD = `"Odd ""schema"".1"`;
const TABLES: Readonly<Record<string, string>> = {
  'Odd "schema".1.Table, (with) 😀 "all"': `${ODD}."Table, (with) 😀 ""all"""`,
  'Odd "schema".1.all_types': `${ODD}.all_types`,
  "other.children": "ONLY other.children",
  "other.generated": "other.generated",
  "other.grandchildren": "other.grandchildren",
  "other.measurements": "other.measurements",
  "other.of_type": "other.of_type",
  "other.parents": "ONLY other.parents",
  "public.all_types": "public.all_types",
  "public.beyond": "public.beyond",
  "public.dropped_column": "public.dropped_column",
  "public.long_texts": "public.long_texts",
  "public.no_rows": "public.no_rows",
  "public.unlogged": "public.unlogged",
};

/** The archive's version that each pg_dump makes, and its ways to compress. */
const DUMPS: Readonly<
  Record<PostgresVersion, { version: string; codecs: readonly string[] }>
> = {
  14: { version: "1.14", codecs: ["0", "6", "9"] },
  15: { version: "1.14", codecs: ["0", "1"] },
  16: { version: "1.15", codecs: ["none", "gzip:4", "lz4", "zstd:3"] },
  17: { version: "1.16", codecs: ["lz4:9", "zstd:long"] },
  18: { version: "1.16", codecs: ["none", "gzip", "lz4:1", "zstd:19"] },
};

const BEYOND = "public.beyond";

for (const version of POSTGRES_VERSIONS) {
  Deno.test({
    name:
      `openArchive() reads what pg_dump ${version} makes of a nasty database`,
    ignore,
    fn: () => dumpAndCompare(version),
  });
}

async function dumpAndCompare(version: PostgresVersion): Promise<void> {
  const server = await startPostgres(version);
  assert.ok(!("missing" in server));
  try {
    const client = await server.createDatabase("nasty");
    try {
      await client.query(await Deno.readTextFile(DATABASE));
      const { codecs } = DUMPS[version];
      let rows: ServerRows | undefined;
      for (const codec of codecs) {
        const bytes = await dump(server, "-Z", codec);
        const archive = await openArchive(bytes);
        assert.equal(archive.header.version, DUMPS[version].version);
        assert.equal(archive.header.compression, codecOf(codec));
        rows ??= await rowsOf(client, archive);
        await compare(archive, rows);
        if (codec === codecs[0] && version === 14) {
          // No program makes these any more: our own rewriting of a real one.
          await compare(await openArchive(await asVersion(bytes, 12)), rows);
          await compare(await openArchive(await asVersion(bytes, 13)), rows);
        }
      }
      const bytes = await dump(server);
      checkTables(await openArchive(bytes));
      await checkBeyond(bytes);
      await checkWithoutRows(server);
    } finally {
      await client.end();
    }
  } finally {
    await server.close();
  }
}

type ServerRows = Readonly<Record<string, readonly string[]>>;

async function rowsOf(
  client: pg.Client,
  { tables }: Archive,
): Promise<ServerRows> {
  const rows: Record<string, readonly string[]> = {};
  for (const table of tables) {
    if (table.name === BEYOND) continue;
    rows[table.name] = await serverRows(client, TABLES[table.name], table);
  }
  return rows;
}

async function dump(
  server: PostgresServer,
  ...options: readonly string[]
): Promise<Uint8Array<ArrayBuffer>> {
  const { code, stdout, stderr } = await server.run(
    "pg_dump",
    "-Fc",
    ...options,
    "nasty",
  );
  assert.equal(code, 0, stderr);
  return stdout;
}

function codecOf(option: string): string {
  if (/^\d/.test(option)) return option === "0" ? "none" : "gzip";
  return option === "zstd:long" ? "zstd" : option.split(":")[0];
}

async function compare(
  archive: Archive,
  rows: ServerRows,
): Promise<void> {
  assert.deepEqual(
    archive.tables.map(({ name }) => name).sort(),
    Object.keys(TABLES).sort(),
  );
  for (const [name, expected] of Object.entries(rows)) {
    assert.deepEqual(await sourceRows(archive, name), expected, name);
  }
}

function checkTables(archive: Archive): void {
  const table = (wanted: string) =>
    archive.tables.find(({ name }) => name === wanted)!;
  const type = (wanted: string, column: string) =>
    table(wanted).columns.find(({ name }) => name === column)!.type;
  assert.deepEqual(table("other.generated").columns, [
    { name: "id", type: { kind: "integer" }, nullable: false },
    { name: "alt", type: { kind: "bigint" }, nullable: false },
    {
      name: "price",
      type: { kind: "decimal", precision: 8, scale: 2 },
      nullable: false,
    },
    { name: "last", type: { kind: "text" }, nullable: true },
  ]);
  assert.deepEqual(table("other.measurements").key, ["at", "device"]);
  assert.deepEqual(table('Odd "schema".1.Table, (with) 😀 "all"').key, [
    "select",
    "a b",
  ]);
  assert.deepEqual(table("public.unlogged").key, ["id"]);
  assert.deepEqual(table('Odd "schema".1.all_types').key, []);
  assert.deepEqual(
    table("other.grandchildren").columns.map(({ name, nullable, type }) => [
      name,
      nullable,
      type.native ?? type.kind,
    ]),
    [
      ["id", false, "integer"],
      ["name", false, "text"],
      ["age", true, "smallint"],
      ["toys", true, "text[]"],
    ],
  );
  assert.deepEqual(
    table("public.all_types").columns.map((column) =>
      column.type.native ?? column.type.kind
    ).slice(0, 16),
    [
      ...["bigint", "smallint", "integer", "bigint", "decimal", "decimal"],
      ...["decimal", "numeric(60,5)", "numeric", "real", "double", "boolean"],
      ...["text", "character varying(40)", "character(6)", '"char"'],
    ],
  );
  assert.equal(type("public.all_types", "c_ts3").kind, "timestamp");
  assert.equal(type("public.all_types", "c_json").native, "json");
  assert.equal(
    type("public.all_types", "c_tstz").native,
    "timestamp with time zone",
  );
  const notes = archive.notes.join("\n");
  for (
    const words of [
      "VIEW: not read: public.totals",
      "MATERIALIZED VIEW: not read: public.kept",
      "FUNCTION: not read: public.greet(text), public.touch()",
      "TRIGGER: not read: public.no_rows touched",
      "POLICY: not read: public.no_rows mine",
      "EXTENSION: not read: hstore, pgcrypto",
      "BLOBS: not read",
      "tables without columns: public.nothing",
      "generated columns of other.generated, which are not in it: doubled, name",
    ]
  ) assert.ok(notes.includes(words), `${words}\n${notes}`);
}

/** Infinities, years BC and NaN are no values of their kinds, and are texts. */
async function checkBeyond(bytes: Uint8Array): Promise<void> {
  const archive = await openArchive(bytes);
  await assert.rejects(sourceRows(archive, BEYOND), {
    name: "ServemarkError",
    message:
      /infinity[^]*table public\.beyond, row 1, column "at", byte \d+[^]*byte offset \d+[^]*text/,
  });
  const table = archive.tables.find(({ name }) => name === BEYOND)!;
  const texts = {
    ...table,
    columns: table.columns.map(({ name, type, nullable }) => ({
      name,
      type: name === "id" ? type : { kind: "text" as const },
      nullable,
    })),
  };
  const opened = await openArchive(bytes, { tables: [texts] });
  assert.deepEqual(await sourceRows(opened, BEYOND), [
    "1|2024-01-01 00:00:00|2024-01-01|1.00",
    "2|infinity|-infinity|NaN",
    "3|0044-03-15 00:00:00 BC|4713-01-01 BC|0.00",
  ]);
}

async function checkWithoutRows(server: PostgresServer): Promise<void> {
  const empty = await openArchive(await dump(server, "--schema-only"));
  assert.deepEqual(empty.tables, []);
  assert.match(empty.notes.join("\n"), /tables whose rows are not in it: /);
  const inserts = await openArchive(await dump(server, "--inserts"));
  assert.deepEqual(inserts.tables, []);
  assert.match(
    inserts.notes.join("\n"),
    /INSERT statements.*without --inserts/,
  );
  const rooted = await openArchive(
    await dump(server, "--load-via-partition-root", "-t", "other.measure*"),
  );
  assert.deepEqual(rooted.tables.map(({ name }) => name), ["measurements"]);
  assert.equal((await sourceRows(rooted, "measurements")).length, 1000);
  const leaf = await openArchive(
    await dump(server, "-t", "other.measurements_2024_b"),
  );
  assert.deepEqual(leaf.tables.map(({ name }) => name), [
    "measurements_2024_b",
  ]);
}

Deno.test({
  name: "openArchive() reads dumps in other encodings than UTF-8",
  ignore,
  async fn() {
    const server = await startPostgres(18);
    assert.ok(!("missing" in server));
    try {
      const client = await server.createDatabase("nasty");
      const word = "vår ÿ\u00a0£";
      await client.query('CREATE TABLE public."vår" (t text)');
      await client.query('INSERT INTO public."vår" VALUES ($1)', [word]);
      await client.end();
      for (const encoding of ["UTF8", "LATIN1", "WIN1252", "LATIN9"]) {
        const archive = await openArchive(
          await dump(server, `--encoding=${encoding}`),
        );
        assert.equal(archive.encoding, encoding);
        assert.deepEqual(await sourceRows(archive, "vår"), [word], encoding);
      }
    } finally {
      await server.close();
    }
  },
});
