import assert from "node:assert/strict";
import { join } from "node:path";
import type { TableSchema } from "../../../lib/datasets/schema.ts";
import type { TableSource } from "../../../lib/formats/source.ts";
import { openArchive } from "../../../lib/formats/pg_dump/archive.ts";
import { pgDump } from "../../../lib/formats/pg_dump/format.ts";
import { fingerprintQuery } from "../../../lib/platforms/postgres/statements.ts";
import { openFileStore } from "../../../lib/stores/file_store.ts";
import {
  POSTGRES_VERSIONS,
  type PostgresServer,
  postgresTools,
  startPostgres,
} from "../../emulators/postgres_tools.ts";
import { allKinds } from "./all_kinds.ts";
import { generatedSource } from "./generated_source.ts";

const probe = await postgresTools(18);
const ignore = "missing" in probe;
if ("missing" in probe) console.log(`skipping: install ${probe.missing}`);

const IDENTITY = { name: "kinds", version: "1.0", digest: "ab" };

for (const version of POSTGRES_VERSIONS) {
  Deno.test({
    name: `pgDump.write() makes what pg_restore ${version} restores`,
    ignore,
    async fn() {
      const folder = await Deno.makeTempDir();
      const server = await startPostgres(version);
      assert.ok(!("missing" in server));
      try {
        const store = openFileStore(folder);
        const kinds = { store, key: "kinds.dump" };
        const kindsStats = await pgDump.write(allKinds(IDENTITY), kinds, {
          compression: version % 2 === 0 ? "gzip" : "none",
        });
        await restoreAll(server, folder, allKinds(), kindsStats.fingerprints);
        await redump(server, allKinds(IDENTITY), kindsStats.fingerprints);

        const source = await generatedSource(20_000, 8);
        const place = { store, key: "fraud.dump" };
        const stats = await pgDump.write(source, place, { level: 1 });
        await restoreParallel(server, folder, source, stats.fingerprints);
        if (version % 4 === 2) {
          await restoreParts(server, folder, source, stats.fingerprints);
        }
      } finally {
        await server.close();
        await Deno.remove(folder, { recursive: true });
      }
    },
  });
}

async function restore(
  server: PostgresServer,
  database: string,
  ...options: readonly string[]
): Promise<void> {
  const { code, stderr } = await server.run(
    "pg_restore",
    "--exit-on-error",
    "-d",
    database,
    ...options,
  );
  assert.equal(`${code} ${stderr}`, "0 ");
}

/** Compares what the server says of its rows with what was written. */
async function sameRows(
  server: PostgresServer,
  database: string,
  tables: readonly TableSchema[],
  fingerprints: Readonly<Record<string, string>>,
): Promise<void> {
  const client = await server.client(database);
  for (const table of tables) {
    const { rows } = await client.query(fingerprintQuery("servemark", table));
    assert.equal(rows[0].fingerprint, fingerprints[table.name], table.name);
  }
  await client.end();
}

async function restoreAll(
  server: PostgresServer,
  folder: string,
  { tables }: TableSource,
  fingerprints: Readonly<Record<string, string>>,
): Promise<void> {
  await (await server.createDatabase("kinds")).end();
  await restore(server, "kinds", join(folder, "kinds.dump"));
  await sameRows(server, "kinds", tables, fingerprints);
  // Again, in place of what is there.
  await restore(
    server,
    "kinds",
    "--clean",
    "--if-exists",
    join(folder, "kinds.dump"),
  );
  await sameRows(server, "kinds", tables, fingerprints);
}

/** The stock pg_dump of what was restored still says which dataset it is. */
async function redump(
  server: PostgresServer,
  source: TableSource,
  fingerprints: Readonly<Record<string, string>>,
): Promise<void> {
  const { code, stdout, stderr } = await server.run(
    "pg_dump",
    "-Fc",
    "kinds",
  );
  assert.equal(code, 0, stderr);
  const archive = await openArchive(stdout);
  assert.deepEqual(archive.identity, source.identity);
  assert.deepEqual(archive.fingerprints, fingerprints);
  const byName = (a: TableSchema, b: TableSchema) => a.name < b.name ? -1 : 1;
  assert.deepEqual(
    [...archive.tables].sort(byName),
    [...source.tables].sort(byName),
  );
}

async function restoreParallel(
  server: PostgresServer,
  folder: string,
  { tables }: TableSource,
  fingerprints: Readonly<Record<string, string>>,
): Promise<void> {
  const file = join(folder, "fraud.dump");
  const client = await server.createDatabase("fraud");
  await restore(server, "fraud", "-j", "3", file);
  await sameRows(server, "fraud", tables, fingerprints);
  const constraints = await client.query(
    `SELECT contype AS kind, count(*)::int AS number FROM pg_constraint c
     JOIN pg_namespace n ON n.oid = c.connamespace
     WHERE n.nspname = 'servemark' AND contype IN ('p', 'f') AND convalidated
     GROUP BY contype ORDER BY contype`,
  );
  const kinds = Object.fromEntries(
    constraints.rows.map((row: { kind: string; number: number }) => [
      row.kind,
      row.number,
    ]),
  );
  assert.equal(kinds.p, tables.length);
  assert.ok(kinds.f >= 1, "a column of another entity's keys refers to it");
  const indexes = await client.query(
    "SELECT count(*)::int AS n FROM pg_indexes WHERE schemaname = 'servemark'",
  );
  assert.equal(indexes.rows[0].n, kinds.p + kinds.f);
  await client.end();
}

async function restoreParts(
  server: PostgresServer,
  folder: string,
  { tables }: TableSource,
  fingerprints: Readonly<Record<string, string>>,
): Promise<void> {
  const file = join(folder, "fraud.dump");
  // The schema alone, then the data alone, by several workers.
  await (await server.createDatabase("steps")).end();
  await restore(server, "steps", "--section=pre-data", file);
  await restore(server, "steps", "--data-only", "-j", "2", file);
  await sameRows(server, "steps", tables, fingerprints);
  await (await server.createDatabase("empty")).end();
  await restore(server, "empty", "--schema-only", file);
  const client = await server.client("empty");
  const found = await client.query(
    `SELECT c.relname AS name, obj_description(c.oid) AS comment FROM pg_class c
     JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE n.nspname = 'servemark' AND relkind = 'r'`,
  );
  assert.equal(found.rowCount, tables.length);
  assert.ok(
    found.rows.every((row: { comment: string }) =>
      row.comment.includes("servemark")
    ),
  );
  // One table of one schema, with its key's index.
  const wanted = tables[1];
  await client.query("DROP SCHEMA servemark CASCADE; CREATE SCHEMA servemark");
  await client.end();
  await restore(server, "empty", "-n", "servemark", "-t", wanted.name, file);
  await sameRows(server, "empty", [wanted], fingerprints);
  const { code, stdout } = await server.run("pg_restore", "-l", file);
  assert.equal(code, 0);
  const list = new TextDecoder().decode(stdout);
  for (const { name } of tables) {
    assert.match(list, new RegExp(`TABLE DATA servemark ${name} `));
  }
}
