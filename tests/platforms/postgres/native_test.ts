import assert from "node:assert/strict";
import { openArchive } from "../../../lib/formats/pg_dump/archive.ts";
import { nativeDump } from "../../../lib/platforms/postgres/native/dump.ts";
import { nativeRestore } from "../../../lib/platforms/postgres/native/restore.ts";
import { restoreArchive } from "../../../lib/platforms/postgres/restore/restore.ts";
import { openStore } from "../../../lib/stores/open.ts";
import {
  postgresTools,
  startPostgres,
} from "../../emulators/postgres_tools.ts";
import { uriOf } from "./with_server.ts";

const VERSION = 16;
const tools = await postgresTools(VERSION);
const older = await postgresTools(15);
const missing = "missing" in tools
  ? tools.missing
  : "missing" in older
  ? older.missing
  : undefined;
if (missing) console.warn(`PostgreSQL's own tools are not tested: ${missing}`);

/** A database that is not ours: what people have. */
const THEIRS = `
  CREATE EXTENSION IF NOT EXISTS pgcrypto;
  CREATE SCHEMA sales;
  CREATE TYPE sales.mood AS ENUM ('calm', 'curious');
  CREATE TABLE sales.customers (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY, "Full Name" text NOT NULL,
    feels sales.mood, tags text[], doc jsonb, raw bytea, seen timestamptz,
    letters integer GENERATED ALWAYS AS (length("Full Name")) STORED);
  CREATE TABLE sales.orders (
    id bigserial PRIMARY KEY, customer integer NOT NULL REFERENCES sales.customers,
    total numeric(12,2) CHECK (total >= 0), at date DEFAULT '2026-01-01');
  CREATE INDEX orders_customer ON sales.orders (customer);
  CREATE UNIQUE INDEX ON sales.customers (lower("Full Name"));
  CREATE TABLE sales.events (k integer NOT NULL, at date NOT NULL, v text)
    PARTITION BY RANGE (at);
  CREATE TABLE sales.events_2025 PARTITION OF sales.events
    FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
  CREATE TABLE sales.events_2026 PARTITION OF sales.events
    FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
  CREATE INDEX ON sales.events (k);
  CREATE TABLE sales.nothing (x integer);
  CREATE VIEW sales.totals AS
    SELECT customer, sum(total) FROM sales.orders GROUP BY customer;
  CREATE MATERIALIZED VIEW sales.kept AS SELECT count(*) AS n FROM sales.orders;
  CREATE FUNCTION sales.twice(integer) RETURNS integer LANGUAGE sql
    AS 'SELECT $1 * 2; -- a "comment"';
  CREATE FUNCTION sales.stamp() RETURNS trigger LANGUAGE plpgsql
    AS $$BEGIN NEW.at := '1999-01-01'; RETURN NEW; END$$;
  CREATE TRIGGER stamped BEFORE INSERT ON sales.orders
    FOR EACH ROW EXECUTE FUNCTION sales.stamp();
  INSERT INTO sales.customers ("Full Name", feels, tags, doc, raw, seen)
    SELECT 'Name ' || i || E'\\t\\\\"é🙂', 'calm', ARRAY['a', NULL, 'x,y'],
      '{"a": null}', '\\x00ff', now() FROM generate_series(1, 500) AS i;
  ALTER TABLE sales.orders DISABLE TRIGGER stamped;
  INSERT INTO sales.orders (customer, total)
    SELECT 1 + i % 500, i / 100.0 FROM generate_series(1, 5000) AS i;
  ALTER TABLE sales.orders ENABLE TRIGGER stamped;
  INSERT INTO sales.events
    SELECT i, DATE '2025-01-01' + i % 700, NULL FROM generate_series(1, 1000) AS i;
  SELECT lo_from_bytea(4242, decode(repeat('00ff5c', 100000), 'hex'));
  SELECT lo_from_bytea(4243, '');
  REFRESH MATERIALIZED VIEW sales.kept;
  COMMENT ON TABLE sales.orders IS 'what was ordered';
  GRANT SELECT ON sales.orders TO PUBLIC;`;

/** Everything that a restore must bring back, as text. */
const CONTENT = `
  SELECT 'customers', md5(string_agg(c::text, ',' ORDER BY id)) FROM sales.customers c
  UNION ALL SELECT 'orders', md5(string_agg(o::text, ',' ORDER BY id)) FROM sales.orders o
  UNION ALL SELECT 'events', md5(string_agg(e::text, ',' ORDER BY k)) FROM sales.events e
  UNION ALL SELECT 'kept', n::text FROM sales.kept
  UNION ALL SELECT 'totals', count(*)::text FROM sales.totals
  UNION ALL SELECT 'twice', sales.twice(21)::text
  UNION ALL SELECT 'next', nextval('sales.orders_id_seq')::text
  UNION ALL SELECT 'large', md5(lo_get(4242)) || length(lo_get(4243))
  UNION ALL SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint
    WHERE connamespace = 'sales'::regnamespace
  UNION ALL SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'sales'
  UNION ALL SELECT tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal
  ORDER BY 1, 2`;

Deno.test({
  name:
    "restoreArchive() and nativeRestore() bring back a database that is not ours",
  ignore: missing !== undefined,
  fn: async () => {
    const server = await startPostgres(VERSION);
    if ("missing" in server) throw new Error(server.missing);
    const folder = await Deno.makeTempDir();
    const clients: { end(): Promise<void> }[] = [];
    const database = async (name: string) => {
      const client = await server.createDatabase(name);
      clients.push(client);
      return client;
    };
    try {
      const { bin, connection } = server;
      const theirs = await database("theirs");
      await theirs.query(THEIRS);
      const uri = uriOf(connection, { database: "theirs" });
      const place = { store: await openStore(folder), key: "theirs.dump" };
      const told: string[] = [];
      const dump = await nativeDump(uri, place, {
        bin,
        level: 6,
        progress: ({ detail }) => told.push(detail ?? ""),
      });
      assert.equal(dump.bytes, (await Deno.stat(`${folder}/theirs.dump`)).size);
      assert.ok(told.includes("sales.orders"));
      assert.equal((await openArchive(place)).header.compression, "gzip");
      const { rows: wanted } = await theirs.query(CONTENT);
      assert.ok(wanted.length > 15);

      const ours = await database("ours");
      const record = await restoreArchive(
        place,
        uriOf(connection, { database: "ours" }),
        { parallel: 3 },
      );
      assert.deepEqual((await ours.query(CONTENT)).rows, wanted);
      assert.equal(record.largeObjects, 2);
      assert.ok(record.notes.some((note) => /privileges/.test(note)));
      const { rows: [{ acl }] } = await ours.query(
        "SELECT relacl AS acl FROM pg_class WHERE oid = 'sales.orders'::regclass",
      );
      assert.equal(acl, null);

      const again = await database("again");
      const uriAgain = uriOf(connection, { database: "again" });
      await nativeRestore(place, uriAgain, { bin, parallel: 2 });
      assert.deepEqual((await again.query(CONTENT)).rows, wanted);
      await assert.rejects(
        nativeRestore(place, uriAgain, { bin }),
        /pg_restore failed[^]*already exists/,
      );
      // Both replace it when that is asked for.
      await restoreArchive(place, uriAgain, {
        clean: true,
        acl: true,
        owner: true,
      });
      assert.deepEqual((await again.query(CONTENT)).rows.length, wanted.length);

      const some = await database("some");
      await restoreArchive(place, uriOf(connection, { database: "some" }), {
        tables: ["orders"],
      });
      const { rows: tables } = await some.query(
        "SELECT tablename FROM pg_tables WHERE schemaname = 'sales'",
      );
      assert.deepEqual(tables, [{ tablename: "orders" }]);
      const { rows: [{ n }] } = await some.query(
        "INSERT INTO sales.orders (customer, total) VALUES (1, 1) RETURNING id AS n",
      );
      assert.equal(Number(n), 5001);

      await assert.rejects(
        nativeDump(uri, place, { bin: (older as { bin: string }).bin }),
        /Cannot use pg_dump 15[^]*the server is of version 16/,
      );
    } finally {
      for (const client of clients) await client.end();
      await server.close();
      await Deno.remove(folder, { recursive: true });
    }
  },
});

Deno.test("nativeDump() says what to install where there is no pg_dump", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await assert.rejects(
      nativeDump(
        "postgres://me@127.0.0.1:1/db",
        { store: await openStore(folder), key: "x.dump" },
        { bin: folder },
      ),
      /Cannot find pg_dump[^]*apt-get install postgresql-client[^]*--engine=builtin/,
    );
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
