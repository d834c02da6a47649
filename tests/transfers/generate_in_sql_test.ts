import assert from "node:assert/strict";
import { ServemarkError } from "../../lib/core/errors.ts";
import { datasetSpec } from "../../lib/datasets/compile.ts";
import { loadDomain } from "../../lib/datasets/domain.ts";
import type { Connection } from "../../lib/platforms/postgres/connection.ts";
import {
  type Control,
  openControl,
} from "../../lib/platforms/postgres/control.ts";
import { startEmbeddedPostgres } from "../../lib/platforms/postgres/embedded.ts";
import { generateInSql } from "../../lib/transfers/generate_in_sql.ts";
import { fingerprintsOf } from "../datasets/sql/agreement.ts";

interface Server {
  readonly uri: string;
  readonly connection: Connection;
  readonly control: Control;
}

async function withServer(work: (server: Server) => Promise<void>) {
  const { connection, server } = await startEmbeddedPostgres();
  try {
    const { user, password, host, port, database } = connection;
    const uri = `postgres://${user}:${password}@${host}:${port}/${database}`;
    const control = await openControl(connection);
    try {
      await work({ uri, connection, control });
    } finally {
      await control.close();
    }
  } finally {
    await server.close();
  }
}

const fraud = await loadDomain("fraud_detection");

Deno.test("generateInSql() makes a whole domain, and keeps what is finished", async () => {
  await withServer(async ({ uri, control }) => {
    const spec = datasetSpec(fraud, { rows: 30_000, events: true });
    const wanted = fingerprintsOf(spec);
    const first = await generateInSql(spec, uri, { parallel: 2 });
    assert.deepEqual(first.fingerprints, wanted);
    assert.equal(first.made.length, spec.tables.length);
    assert.equal(first.verified, "whole");

    // One table is changed, and one is gone: both are made anew, no other is.
    const [changed, gone] = spec.tables;
    await control.query(
      `DELETE FROM servemark.${changed.name} WHERE ctid = '(0,1)'`,
    );
    await control.query(`DROP TABLE servemark.${gone.name}`);
    const second = await generateInSql(spec, uri, { verify: "sampled" });
    assert.deepEqual(second.made, [changed.name, gone.name]);
    assert.deepEqual(second.fingerprints, wanted);
    assert.equal(second.rows, changed.rows + gone.rows);

    const [{ keys }] = await control.query<{ keys: string }>(
      "SELECT count(*) AS keys FROM pg_constraint c JOIN pg_namespace n ON n.oid = connamespace WHERE contype = 'p' AND nspname = 'servemark'",
    );
    assert.equal(Number(keys), spec.tables.length);
  });
});

Deno.test("generateInSql() stops when told to, and leaves no half table", async () => {
  await withServer(async ({ uri, control }) => {
    const spec = datasetSpec(fraud, { rows: 3_000_000, tables: 2 });
    const stop = new AbortController();
    const stopped = generateInSql(spec, uri, {
      parallel: 2,
      schema: "half",
      signal: stop.signal,
      progress: ({ step }) => {
        if (step === "Generate in PostgreSQL") {
          setTimeout(() => stop.abort(new Error("enough")), 50);
        }
      },
    });
    await assert.rejects(stopped, /enough/);
    const left = await control.query(
      "SELECT FROM pg_tables WHERE schemaname = 'half'",
    );
    assert.equal(left.length, 0);
  });
});

Deno.test("generateInSql() says which right the server's user lacks, and which encoding", async () => {
  await withServer(async ({ uri, control, connection }) => {
    const spec = datasetSpec(fraud, { rows: 300 });
    await control.query("CREATE ROLE poor LOGIN PASSWORD 'secret'");
    const { host, port, database } = connection;
    await assert.rejects(
      generateInSql(spec, `postgres://poor:secret@${host}:${port}/${database}`),
      (error: Error) => {
        assert(error instanceof ServemarkError);
        assert.match(error.message, /permission denied/);
        assert.match(error.message, /Grant the user the right/);
        assert.doesNotMatch(error.message, /secret/);
        return true;
      },
    );
    await control.query(
      "CREATE DATABASE latin ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0",
    );
    const beyond = { ...spec, description: "日本" };
    await assert.rejects(
      generateInSql(beyond, uri.replace(/[^/]*$/, "latin")),
      /encoded in LATIN1/,
    );
  });
});
