import assert from "node:assert/strict";
import { join } from "node:path";
import { openFormat } from "../../../lib/formats/formats.ts";
import type { Place } from "../../../lib/formats/source.ts";
import { restoreArchive } from "../../../lib/platforms/postgres/restore/restore.ts";
import { openPostgresSource } from "../../../lib/platforms/postgres/source.ts";
import { openStore } from "../../../lib/stores/open.ts";
import { specSource } from "../../../lib/transfers/spec_source.ts";
import { fingerprintSource } from "../../../lib/transfers/watched_rows.ts";
import { someFraud } from "../../fixtures/some_fraud.ts";
import { type TestServer, uriOf, withServer } from "./with_server.ts";

const spec = await someFraud(6_000);

/** Writes the dataset as an archive, and restores it as the body says. */
async function withArchive(
  body: (
    server: TestServer,
    place: Place,
    fingerprints: Readonly<Record<string, string>>,
  ) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    const place = { store: await openStore(folder), key: "fraud.dump" };
    const format = await openFormat("pg_dump");
    const { fingerprints } = await format.write(specSource(spec), place);
    await withServer((server) => body(server, place, fingerprints));
  } finally {
    await Deno.remove(join(folder), { recursive: true });
  }
}

async function checkAll(
  { connection }: TestServer,
  fingerprints: Readonly<Record<string, string>>,
): Promise<void> {
  const source = await openPostgresSource(uriOf(connection), {
    schema: "servemark",
    tables: spec.tables,
  });
  try {
    for (const table of spec.tables) {
      assert.equal(
        await fingerprintSource(source, table),
        fingerprints[table.name],
        table.name,
      );
    }
  } finally {
    await source.close();
  }
}

Deno.test("restoreArchive() restores every row and key, and leaves no journal", () =>
  withArchive(async (server, place, fingerprints) => {
    const { connection, control } = server;
    const record = await restoreArchive(place, uriOf(connection), {
      parallel: 3,
    });
    assert.equal(record.tables, spec.tables.length);
    assert.equal(record.takenUp, 0);
    assert.ok(record.bytes > 100_000);
    assert.deepEqual(record.notes, []);
    await checkAll(server, fingerprints);
    // The database tells which dataset it holds, and takes it elsewhere.
    const live = await openPostgresSource(uriOf(connection), {
      schema: "servemark",
    });
    assert.deepEqual(live.identity?.spec, spec);
    assert.deepEqual(
      live.tables.map(({ name, keyForm, entity }) => ({
        name,
        keyForm,
        entity,
      }))
        .toSorted((a, b) => a.name < b.name ? -1 : 1),
      spec.tables.map(({ name, keyForm, entity }) => ({
        name,
        keyForm,
        entity,
      }))
        .toSorted((a, b) => a.name < b.name ? -1 : 1),
    );
    await live.close();
    const [{ keys }] = await control.query<{ keys: string }>(
      "SELECT count(*) AS keys FROM pg_constraint c JOIN pg_namespace n ON n.oid = c.connamespace WHERE n.nspname = 'servemark' AND contype = 'p'",
    );
    assert.equal(Number(keys), spec.tables.length);
    assert.deepEqual(
      await control.query(
        "SELECT 1 FROM pg_namespace WHERE nspname = 'servemark_restore'",
      ),
      [],
    );
    // What is there already is not overwritten, unless that is asked for.
    await assert.rejects(
      restoreArchive(place, uriOf(connection)),
      /Cannot restore table [^]*already exists[^]*--clean/,
    );
    await control.query("DELETE FROM servemark.card_profile");
    await restoreArchive(place, uriOf(connection), { clean: true });
    await checkAll(server, fingerprints);
  }));

Deno.test("restoreArchive() goes on where it was stopped", () =>
  withArchive(async (server, place, fingerprints) => {
    const { connection } = server;
    for (const stopAt of [5, 40, 55]) {
      const stop = new AbortController();
      await assert.rejects(
        restoreArchive(place, uriOf(connection), {
          parallel: 2,
          signal: stop.signal,
          progress: ({ done }) => {
            if (done >= stopAt) stop.abort(new Error("enough"));
          },
        }),
        /^Error: enough$/,
      );
    }
    const record = await restoreArchive(place, uriOf(connection));
    assert.ok(record.takenUp >= 50, `${record.takenUp} were taken up`);
    await checkAll(server, fingerprints);
  }));

Deno.test("restoreArchive() restores the tables asked for alone", () =>
  withArchive(async ({ connection, control }, place) => {
    const [first, second] = spec.tables.map((t) => t.name);
    const record = await restoreArchive(place, uriOf(connection), {
      tables: [first, `servemark.${second}`],
    });
    assert.equal(record.tables, 2);
    const rows = await control.query<{ tablename: string }>(
      "SELECT tablename FROM pg_tables WHERE schemaname = 'servemark'",
    );
    assert.deepEqual(
      rows.map((row) => row.tablename).toSorted(),
      [first, second].toSorted(),
    );
    await assert.rejects(
      restoreArchive(place, uriOf(connection), { tables: ["card_profil"] }),
      /Did you mean "card_profile"/,
    );
  }));
