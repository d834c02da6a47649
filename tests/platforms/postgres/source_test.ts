import assert from "node:assert/strict";
import { canonicalRow } from "../../../lib/datasets/canonical.ts";
import { Fingerprinter } from "../../../lib/datasets/fingerprint.ts";
import type { TableSource } from "../../../lib/formats/source.ts";
import { openPostgresSource } from "../../../lib/platforms/postgres/source.ts";
import { batchesOf, everyType, fingerprintOf } from "../../fixtures/tables.ts";
import { uriOf, withServer } from "./with_server.ts";

async function read(source: TableSource, table: string): Promise<string> {
  const sum = new Fingerprinter();
  for await (const batch of source.read(table)) sum.add(batch);
  return sum.digest();
}

Deno.test("openPostgresSource() reads every type as it was loaded, at one instant", () =>
  withServer(async ({ connection, platform, control }) => {
    await platform.create([everyType.table]);
    await platform.load(everyType.table, batchesOf(everyType));
    await platform.finish([everyType.table]);
    const source = await openPostgresSource(uriOf(connection));
    try {
      assert.deepEqual(
        source.tables.map(({ columns, key, rows }) => ({ columns, key, rows })),
        [everyType.table].map(({ columns, key, rows }) => ({
          columns,
          key,
          rows,
        })),
      );
      // What is written after it was opened is not seen.
      await control.query(
        "DELETE FROM servemark.every_type WHERE thing_id % 2 = 0",
      );
      const wanted = fingerprintOf(everyType);
      assert.deepEqual(
        await Promise.all([
          read(source, "every_type"),
          read(source, "every_type"),
        ]),
        [wanted, wanted],
      );
    } finally {
      await source.close();
    }
  }));

Deno.test("openPostgresSource() reads what PostgreSQL alone has, and loads it again", () =>
  withServer(async ({ connection, platform, control }) => {
    await control.query(`
      CREATE TYPE mood AS ENUM ('calm', 'curious');
      CREATE TABLE odd (
        id smallint PRIMARY KEY, code char(4), short varchar(9), ratio real,
        share double precision, seen timestamptz, day date, raw bytea,
        doc jsonb, tags text[], who uuid, wide numeric(30,4), free numeric,
        feels mood, twice integer GENERATED ALWAYS AS (id * 2) STORED);
      INSERT INTO odd (id, code, short, ratio, share, seen, day, raw, doc, tags,
        who, wide, free, feels) VALUES
      (-7, 'a', 'b ', 0.1, 'NaN', '2026-01-01 10:00:00.000001+02', '0001-01-01',
       '\\x00ff', '{"a": [1, null]}', '{"x,y",NULL,"\\"q\\""}',
       'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11',
       -12345678901234567890123456.7891, 1.50, 'curious'),
      (1, NULL, NULL, '-Infinity', '-0', NULL, '9999-12-31', '', NULL, '{}', NULL,
       0.0001, NULL, NULL);
      CREATE VIEW totals AS SELECT count(*) FROM odd;
      CREATE TABLE parted (k integer, v text) PARTITION BY RANGE (k);
      CREATE TABLE parted_1 PARTITION OF parted FOR VALUES FROM (0) TO (10);
      INSERT INTO parted VALUES (1, 'one'), (2, NULL);`);
    const source = await openPostgresSource(uriOf(connection));
    try {
      assert.deepEqual(source.notes, ["view public.totals is not a table"]);
      assert.deepEqual(source.tables.map((t) => [t.name, t.rows, t.key]), [
        ["odd", 2, ["id"]],
        ["parted", 2, []],
      ]);
      const rows: string[] = [];
      for await (const batch of source.read("odd")) {
        for (let r = 0; r < batch.rows; r++) rows.push(canonicalRow(batch, r));
      }
      assert.deepEqual(rows, [
        "-7|a   |b |3fb99999a0000000|7ff8000000000000|1767254400000001|-719162|00ff|" +
        '{"a": [1, null]}|{"x,y",NULL,"\\\\"q\\\\""}|a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11|' +
        "-123456789012345678901234567891|1.50|curious|-14",
        "1|\\N|\\N|fff0000000000000|8000000000000000|\\N|2932896||\\N|{}|\\N|1|\\N|\\N|2",
      ]);
      await platform.create(source.tables);
      for (const table of source.tables) {
        await platform.load(table, source.read(table.name));
      }
      await platform.finish(source.tables);
      for (const table of source.tables) {
        assert.equal(
          await platform.fingerprint(table),
          await read(source, table.name),
        );
      }
    } finally {
      await source.close();
    }
    await assert.rejects(
      openPostgresSource(uriOf(connection)),
      /several schemas hold tables: public, servemark[^]*--schema/,
    );
  }));

Deno.test("openPostgresSource() names the value that has no form elsewhere", () =>
  withServer(async ({ connection, control }) => {
    await control.query(
      "CREATE TABLE t (id integer, day date); INSERT INTO t VALUES (1, 'today'), (2, 'infinity')",
    );
    const source = await openPostgresSource(uriOf(connection));
    try {
      await assert.rejects(
        read(source, "t"),
        /Cannot read table t: infinity[^]*column day, row 1/,
      );
    } finally {
      await source.close();
    }
  }));
