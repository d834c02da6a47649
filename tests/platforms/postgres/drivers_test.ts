import assert from "node:assert/strict";
import { createDriver } from "../../../lib/platforms/drivers.ts";
import type { Platform } from "../../../lib/platforms/platform.ts";
import type { Strategy, Template } from "../../../lib/platforms/driver.ts";
import { Loop } from "../../contracts/driver.ts";
import {
  batchesOf,
  canonicalOf,
  type Filled,
  idTable,
  integerTable,
} from "../../fixtures/tables.ts";
import { type TestServer, withServer } from "./with_server.ts";

const CARDS = idTable("card_profile", 50);
const MERCHANTS = integerTable("merchant_risk", 50);
const TABLES = [CARDS.table, MERCHANTS.table];
const STRATEGIES: Strategy[] = ["batched", "sequential", "parallel"];

async function fill(
  platform: Platform,
  ...tables: readonly Filled[]
): Promise<void> {
  await platform.create(tables.map(({ table }) => table));
  for (const filled of tables) {
    await platform.load(filled.table, batchesOf(filled));
  }
  await platform.finish(tables.map(({ table }) => table));
}

function can(driver: string, strategy: Strategy): boolean {
  return driver !== "pg" || strategy !== "parallel";
}

async function eachDriver(
  t: Deno.TestContext,
  { platform }: TestServer,
  templates: (strategy: Strategy) => readonly Template[],
  check: (loop: Loop, strategy: Strategy, name: string) => Promise<void>,
): Promise<void> {
  for (const name of platform.drivers) {
    for (const strategy of STRATEGIES.filter((s) => can(name, s))) {
      await t.step(`${name}, ${strategy}`, async () => {
        const driver = await createDriver(platform.driver(name));
        const loop = await Loop.open(driver, 2, templates(strategy));
        try {
          await check(loop, strategy, name);
        } finally {
          await driver.close();
        }
      });
    }
  }
}

const both = (strategy: Strategy) => [{ strategy, reads: TABLES }];

Deno.test("drivers report the server's errors and go on", async (t) => {
  await withServer(async (server) => {
    const { platform, control } = server;
    await fill(platform, CARDS, MERCHANTS);
    const rename = (from: string, to: string) =>
      control.query(`ALTER TABLE servemark.${from} RENAME TO ${to}`);
    await eachDriver(t, server, both, async (loop) => {
      await rename("merchant_risk", "aside");
      const failed = await loop.run(0, 10, (n) => [n, n], 2);
      await rename("aside", "merchant_risk");
      assert.ok(failed.every((op) => op.code === 2));
      assert.match(
        loop.driver.lastError ?? "",
        /merchant_risk" does not exist/,
      );
      const after = await loop.run(0, 10, (n) => [n, n], 2);
      assert.ok(after.every((op) => op.code === 0 && op.rows === 2));
    });
  });
});

Deno.test("drivers end operations on lost connections with the code lost", async (t) => {
  await withServer(async (server) => {
    const { platform, control } = server;
    await fill(platform, CARDS, MERCHANTS);
    await eachDriver(t, server, both, async (loop) => {
      const healthy = await loop.run(0, 4, (n) => [n, n], 2);
      assert.ok(healthy.every((op) => op.code === 0));
      // A lock holds the operations until their sessions are ended.
      await control.query("BEGIN; LOCK TABLE servemark.merchant_risk");
      const ending = new Worker(
        new URL("./end_sessions.ts", import.meta.url).href,
        { type: "module" },
      );
      const gone = new Promise((resolve) => ending.onmessage = resolve);
      ending.postMessage({ ...server.connection });
      const lost = await loop.run(0, 6, (n) => [n, n], 2);
      await gone;
      ending.terminate();
      await control.query("ROLLBACK");
      assert.equal(lost.length, 6);
      assert.ok(lost.every((op) => op.code === 4), `${lost[0].code}`);
      assert.ok(lost.every((op) => op.done >= op.sent));
      assert.match(loop.driver.lastError ?? "", /terminat|closed/);
    });
  });
});

Deno.test("drivers take answers and requests larger than any buffer", async (t) => {
  const wide: Filled = {
    table: { ...CARDS.table, name: "wide" },
    rows: CARDS.rows.slice(0, 8).map((row, n) =>
      row.map((value, c) => c === 3 ? `${n}é|`.repeat(40_000) : value)
    ),
  };
  // A key of 200 kB, twenty times, makes a request that no socket takes at once.
  const prefix = "k".repeat(200_000);
  const long: Filled = {
    table: {
      ...MERCHANTS.table,
      name: "long",
      key: ["name"],
      keyForm: { as: "id", prefix, digits: 2 },
      columns: [
        { name: "name", nullable: false, type: { kind: "text" } },
        ...MERCHANTS.table.columns.slice(1),
      ],
    },
    rows: MERCHANTS.rows.slice(0, 3).map((row, n) => [
      `${prefix}0${n}`,
      ...row.slice(1),
    ]),
  };
  await withServer(async (server) => {
    const { platform, control } = server;
    await platform.create([wide.table, long.table]);
    await platform.load(wide.table, batchesOf(wide));
    await platform.load(long.table, batchesOf(long));
    await control.query("ANALYZE");
    const reads = [wide.table, ...Array(20).fill(long.table)];
    await eachDriver(
      t,
      server,
      (strategy) => [{ strategy, reads }],
      async (loop) => {
        const at = [7, ...Array(20).fill(2)];
        const texts = await loop.driver.read(0, Float64Array.from(at));
        assert.equal(texts[0], canonicalOf(wide)[7]);
        assert.equal(texts[20], canonicalOf(long)[2]);
        const ended = await loop.run(0, 2, (n) => [n, ...Array(20).fill(1)], 2);
        assert.ok(
          ended.every((op) => op.code === 0 && op.rows === 21),
          loop.driver.lastError,
        );
        assert.ok(ended.every((op) => op.bytes > 4_000_000));
      },
    );
  });
});
