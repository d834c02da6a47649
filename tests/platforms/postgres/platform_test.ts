import assert from "node:assert/strict";
import { openPostgres } from "../../../lib/platforms/postgres/platform.ts";
import { batchesOf, fingerprintOf, idTable } from "../../fixtures/tables.ts";
import { uriOf, withServer } from "./with_server.ts";

const CARDS = idTable("card_profile", 50);

Deno.test("the verbs of PostgreSQL stop at an abort, even behind a lock", async (t) => {
  await withServer(async ({ platform, control, connection }) => {
    await platform.create([CARDS.table]);
    await platform.load(CARDS.table, batchesOf(CARDS));
    await control.query("BEGIN; LOCK TABLE servemark.card_profile");
    const verbs = {
      create: (signal: AbortSignal) =>
        platform.create([CARDS.table], { signal }),
      load: (signal: AbortSignal) =>
        platform.load(CARDS.table, batchesOf(CARDS), { signal }),
      finish: (signal: AbortSignal) =>
        platform.finish([CARDS.table], { signal }),
      fingerprint: (signal: AbortSignal) =>
        platform.fingerprint(CARDS.table, { signal }),
    };
    for (const [name, verb] of Object.entries(verbs)) {
      await t.step(`${name}()`, async () => {
        const stop = new AbortController();
        const reason = new Error("stopped by the test");
        const timer = setTimeout(() => stop.abort(reason), 150);
        await assert.rejects(verb(stop.signal), reason);
        clearTimeout(timer);
        await assert.rejects(verb(stop.signal), reason);
      });
    }
    await control.query("ROLLBACK");
    // Whoever waited for the lock has gone, and left nothing.
    const platforms = await openPostgres({ uri: uriOf(connection) });
    assert.equal(
      await platforms.fingerprint(CARDS.table),
      fingerprintOf(CARDS),
    );
    await platforms.close();
  });
});

Deno.test("openPostgres() keeps tables in the schema that it is given", async () => {
  await withServer(async ({ platform, connection }) => {
    const other = await openPostgres({
      uri: uriOf(connection),
      schema: 'odd "schema"',
    });
    await other.create([CARDS.table]);
    assert.deepEqual(await platform.existing([CARDS.table]), []);
    assert.deepEqual(await other.existing([CARDS.table]), ["card_profile"]);
    const facts = await other.facts();
    assert.equal(facts.nature, "self-hosted");
    await other.drop([CARDS.table]);
    await other.close();
  });
});
