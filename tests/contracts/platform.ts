/**
 * What every platform must do, run over each of them.
 *
 * @module
 */
import assert from "node:assert/strict";
import { ServemarkError } from "../../lib/core/errors.ts";
import type { Batch } from "../../lib/datasets/batch.ts";
import { createDriver } from "../../lib/platforms/drivers.ts";
import type { Platform } from "../../lib/platforms/platform.ts";
import { edgeValues } from "../fixtures/edge_values.ts";
import {
  batchesOf,
  batchOf,
  everyType,
  type Filled,
  fingerprintOf,
  idTable,
  integerTable,
} from "../fixtures/tables.ts";
import { driverContract } from "./driver.ts";

/** What a platform's own test may add. */
export interface ContractOptions {
  /** Opens a platform whose engine the test may kill, to see what is said then. */
  readonly fragile?: () => Promise<
    { platform: Platform; crash: () => void | Promise<void> }
  >;
}

const CARDS = idTable("card_profile", 250);
const MERCHANTS = integerTable("merchant_risk", 120);
const DEVICES = idTable("device_usage", 60);
const ALL = [everyType, CARDS, MERCHANTS, DEVICES];
const TABLES = ALL.map((filled) => filled.table);

/** Registers the contract's test for one platform. */
export function platformContract(
  name: string,
  open: () => Promise<Platform>,
  options: ContractOptions = {},
): void {
  Deno.test(`${name} keeps the platform contract`, async (t) => {
    const platform = await open();
    const step = (what: string, check: () => Promise<void>) =>
      t.step(what, check);
    try {
      await step("facts() names engine, nature and place", async () => {
        const facts = await platform.facts();
        assert.ok(facts.engine.length > 0);
        assert.ok(facts.place.length > 0);
        assert.doesNotMatch(JSON.stringify(facts), /password/i);
        assert.ok(platform.title.length > 0);
        assert.ok(platform.strategies.length > 0);
      });
      await step("existing() finds nothing before create()", async () => {
        assert.deepEqual(await platform.existing(TABLES), []);
      });
      await step("create() makes empty tables", async () => {
        await platform.create(TABLES);
        assert.deepEqual(
          await platform.existing(TABLES),
          TABLES.map((table) => table.name),
        );
        assert.equal(await platform.fingerprint(CARDS.table), "0:0:0:0:0");
      });
      await step("load() reports its rows as it goes", async () => {
        let told = 0;
        const stats = await platform.load(CARDS.table, batchesOf(CARDS), {
          onRows: (rows) => told += rows,
        });
        assert.equal(stats.rows, 250);
        assert.equal(told, 250);
        assert.ok(stats.bytes > 250);
        assert.ok(stats.retried >= 0);
        assert.equal(
          await platform.fingerprint(CARDS.table),
          fingerprintOf(CARDS),
        );
      });
      await step("create() replaces what was loaded", async () => {
        await platform.create([CARDS.table]);
        await load(platform, CARDS);
        assert.equal(
          await platform.fingerprint(CARDS.table),
          fingerprintOf(CARDS),
        );
      });
      await step("load() adds parts up, also two at once", async () => {
        await platform.create([MERCHANTS.table]);
        const { table, rows } = MERCHANTS;
        await Promise.all([
          platform.load(table, once(batchOf(table, rows.slice(0, 50)))),
          platform.load(table, once(batchOf(table, rows.slice(50), 50))),
        ]);
        assert.equal(
          await platform.fingerprint(table),
          fingerprintOf(MERCHANTS),
        );
      });
      await step(
        "an interrupted load() can be done again",
        () => interrupted(platform),
      );
      await step("load() passes on what its source throws", async () => {
        await platform.create([DEVICES.table]);
        await assert.rejects(
          platform.load(DEVICES.table, failing(DEVICES)),
          /the source dried up/,
        );
        await platform.create([DEVICES.table]);
        await load(platform, DEVICES);
      });
      await step(
        "every type and edge has the fingerprint of its source",
        async () => {
          await load(platform, everyType);
          assert.equal(
            await platform.fingerprint(everyType.table),
            fingerprintOf(everyType),
          );
        },
      );
      await step(
        "every edge of every type arrives, and is read, as it was",
        () => edges(platform),
      );
      await step("finish() keeps the data, and may run twice", async () => {
        await platform.finish(TABLES);
        await platform.finish(TABLES);
        for (const filled of ALL) {
          assert.equal(
            await platform.fingerprint(filled.table),
            fingerprintOf(filled),
            filled.table.name,
          );
        }
      });
      await step("driver() lists its drivers when it does not know one", () => {
        assert.throws(
          () => platform.driver("carrier-pigeon"),
          (error) =>
            error instanceof ServemarkError &&
            platform.drivers.every((known) => error.message.includes(known)),
        );
        return Promise.resolve();
      });
      for (const driver of platform.drivers) {
        for (const strategy of platform.strategies) {
          await t.step(`driver ${driver}, ${strategy}`, async (t) => {
            await driverContract(t, platform, driver, strategy, [
              CARDS,
              MERCHANTS,
              everyType,
            ]);
          });
        }
      }
      await step("drop() leaves nothing, and may run twice", async () => {
        await platform.drop(TABLES);
        await platform.drop(TABLES);
        assert.deepEqual(await platform.existing(TABLES), []);
      });
    } finally {
      await platform.close();
      await platform.close();
    }
  });
  const { fragile } = options;
  if (!fragile) return;
  Deno.test(`${name} says so when its engine vanishes during load()`, async () => {
    const { platform, crash } = await fragile();
    try {
      await platform.create([CARDS.table]);
      await assert.rejects(
        platform.load(CARDS.table, crashing(crash)),
        (error) =>
          error instanceof ServemarkError &&
          error.message.includes("card_profile") &&
          error.details.remedy !== undefined,
      );
    } finally {
      await platform.close();
    }
  });
}

async function load(platform: Platform, filled: Filled): Promise<void> {
  await platform.load(filled.table, batchesOf(filled));
}

/** Values that no generator makes: wide integers, doubles, bytes, far dates. */
async function edges(platform: Platform): Promise<void> {
  const { table, batch, fingerprint, texts } = edgeValues();
  await platform.create([table]);
  try {
    await platform.load(table, once(batch));
    assert.equal(await platform.fingerprint(table), fingerprint);
    await platform.finish([table]);
    assert.equal(await platform.fingerprint(table), fingerprint);
    for (const name of platform.drivers) {
      const driver = await createDriver(platform.driver(name));
      try {
        const strategy = platform.strategies[0];
        await driver.open(1, [{ strategy, reads: [table] }], { done() {} });
        for (let row = 0; row < texts.length; row++) {
          const found = await driver.read(0, Float64Array.of(row));
          assert.deepEqual(found, [texts[row]], `driver ${name}, row ${row}`);
        }
      } finally {
        await driver.close();
      }
    }
  } finally {
    await platform.drop([table]);
  }
}

async function interrupted(platform: Platform): Promise<void> {
  const stop = new AbortController();
  const reason = new Error("stopped by the test");
  await platform.create([CARDS.table]);
  await assert.rejects(
    platform.load(CARDS.table, batchesOf(CARDS, 20), {
      signal: stop.signal,
      onRows: () => stop.abort(reason),
    }),
    /stopped by the test/,
  );
  await platform.create([CARDS.table]);
  await load(platform, CARDS);
  assert.equal(await platform.fingerprint(CARDS.table), fingerprintOf(CARDS));
}

async function* once(batch: Batch): AsyncGenerator<Batch> {
  await Promise.resolve();
  yield batch;
}

async function* failing(filled: Filled): AsyncGenerator<Batch> {
  yield* batchesOf({ ...filled, rows: filled.rows.slice(0, 10) });
  throw new Error("the source dried up");
}

/** Rows without end; the engine is killed after a few. */
async function* crashing(
  crash: () => void | Promise<void>,
): AsyncGenerator<Batch> {
  const { table, rows } = idTable("card_profile", 20_000);
  for (let k = 0;; k++) {
    if (k === 3) await crash();
    yield batchOf(
      table,
      rows.map((row) => [`${row[0]}_${k}`, ...row.slice(1)]),
    );
  }
}
