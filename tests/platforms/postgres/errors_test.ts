import assert from "node:assert/strict";
import { ServemarkError } from "../../../lib/core/errors.ts";
import { createDriver } from "../../../lib/platforms/drivers.ts";
import { freePort } from "../../../lib/platforms/embedded/ports.ts";
import { openPostgres } from "../../../lib/platforms/postgres/platform.ts";
import { batchesOf, idTable } from "../../fixtures/tables.ts";
import { uriOf, withServer } from "./with_server.ts";

const CARDS = idTable("card_profile", 50);

function says(...words: readonly (string | RegExp)[]) {
  return (error: unknown) => {
    assert.ok(error instanceof ServemarkError, String(error));
    assert.ok(error.details.place, error.message);
    assert.ok(error.details.remedy, error.message);
    for (const word of words) assert.match(error.message, new RegExp(word));
    return true;
  };
}

Deno.test("PostgreSQL's refusals say what, where and what to do", async (t) => {
  await withServer(async ({ connection, platform, control }) => {
    const drivers = platform.drivers;
    await t.step("a wrong password is not shown", async () => {
      const uri = uriOf(connection, { password: "geheim" });
      await assert.rejects(openPostgres({ uri }), (error) => {
        assert.doesNotMatch(String(error), /geheim/);
        return says("Cannot log in", "password", "PGPASSWORD")(error);
      });
      for (const name of drivers) {
        const spec = platform.driver(name);
        const driver = await createDriver({
          ...spec,
          connection: { ...spec.connection, password: "geheim" },
        });
        await assert.rejects(
          driver.open(1, [], { done() {} }),
          (error) => {
            assert.doesNotMatch(String(error), /geheim/);
            return says("Cannot open a connection", "password")(error);
          },
          name,
        );
        await driver.close();
      }
    });
    await t.step("an unknown database", () =>
      assert.rejects(
        openPostgres({ uri: uriOf(connection, { database: "nowhere" }) }),
        says('database "nowhere" does not exist', "Create the database"),
      ));
    await t.step("a host that does not answer", async () => {
      const port = freePort();
      await assert.rejects(
        openPostgres({ uri: uriOf(connection, { port }) }),
        says("nothing answers there", `127.0.0.1:${port}`, "Start the server"),
      );
      for (const name of drivers) {
        const spec = platform.driver(name);
        const driver = await createDriver({
          ...spec,
          connection: { ...spec.connection, port },
        });
        await assert.rejects(
          driver.open(1, [], { done() {} }),
          says("nothing answers there"),
          name,
        );
        await driver.close();
      }
    });
    await t.step("a host that is not known", () =>
      assert.rejects(
        openPostgres({
          uri: uriOf(connection, { host: "nowhere.invalid" }) +
            "?sslmode=disable",
        }),
        says("Correct the host"),
      ));
    await t.step("more clients than the server takes", async () => {
      await control.query("CREATE ROLE few LOGIN CONNECTION LIMIT 2");
      await control.query("ALTER ROLE few PASSWORD 'few'");
      for (const name of drivers) {
        const spec = platform.driver(name);
        const driver = await createDriver({
          ...spec,
          connection: { ...spec.connection, user: "few", password: "few" },
        });
        await assert.rejects(
          driver.open(3, [], { done() {} }),
          says("too many connections", "fewer clients"),
          name,
        );
        await driver.close();
      }
    });
    await t.step("no right to create", async () => {
      const narrow = await openPostgres({
        uri: uriOf(connection, { user: "few", password: "few" }),
      });
      await assert.rejects(
        narrow.create([CARDS.table]),
        says("Cannot create tables", "permission denied", "Grant"),
      );
      await narrow.close();
    });
    await t.step("a full disk in the middle of a load", async () => {
      await platform.create([CARDS.table]);
      // A disk of our own would need root: the server raises the error itself.
      await control.query(`CREATE FUNCTION full_disk() RETURNS trigger
        LANGUAGE plpgsql AS $$ BEGIN
          RAISE EXCEPTION 'could not extend file' USING ERRCODE = '53100';
        END $$`);
      await control.query(`CREATE TRIGGER full_disk BEFORE INSERT
        ON servemark.card_profile FOR EACH ROW EXECUTE FUNCTION full_disk()`);
      await assert.rejects(
        platform.load(CARDS.table, batchesOf(CARDS)),
        says(
          "Cannot load table card_profile",
          "the server's disk is full",
          "could not extend file",
          "COPY card_profile, line 1",
          "Free space",
        ),
      );
      assert.equal(await platform.fingerprint(CARDS.table), "0:0:0:0:0");
    });
    await t.step("a value that its column cannot hold", async () => {
      await platform.create([CARDS.table]);
      const rows = CARDS.rows.map((row, n) =>
        n === 17 ? [row[0], 2 ** 31, ...row.slice(2)] : row
      );
      await assert.rejects(
        platform.load(CARDS.table, batchesOf({ ...CARDS, rows })),
        says("2147483648 as integer", 'row 17, column "txn_count_24h"'),
      );
    });
    await t.step("a key that is there twice", async () => {
      await platform.create([CARDS.table]);
      await platform.load(CARDS.table, batchesOf(CARDS));
      await platform.load(CARDS.table, batchesOf(CARDS));
      await assert.rejects(
        platform.finish([CARDS.table]),
        says("Cannot build keys", "duplicate|could not create unique index"),
      );
    });
  });
});
