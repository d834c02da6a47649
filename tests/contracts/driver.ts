/**
 * What every driver must do with each strategy that its platform claims.
 *
 * @module
 */
import assert from "node:assert/strict";
import { openClock } from "../../lib/core/clock.ts";
import { ServemarkError } from "../../lib/core/errors.ts";
import type {
  Code,
  Driver,
  Strategy,
  Template,
} from "../../lib/platforms/driver.ts";
import { createDriver } from "../../lib/platforms/drivers.ts";
import type { Platform } from "../../lib/platforms/platform.ts";
import { canonicalOf, type Filled } from "../fixtures/tables.ts";

const SLOTS = 4;
const OPERATIONS = 60;

/** One operation's end, as the driver told it. */
export interface Ended {
  readonly slot: number;
  readonly planned: number;
  readonly sent: number;
  readonly firstByte: number;
  readonly done: number;
  /** When the completion was called. */
  readonly told: number;
  readonly rows: number;
  readonly bytes: number;
  readonly code: Code;
}

/** One request of an operation. */
export interface EndedPart {
  readonly slot: number;
  readonly part: number;
  readonly sent: number;
  readonly done: number;
  readonly rows: number;
}

/** Drives operations in a closed loop over `slots` clients; the n-th reads `rowsOf(n)`. */
export class Loop {
  readonly ended: Ended[] = [];
  readonly parts: EndedPart[] = [];
  readonly #clock = openClock();
  readonly #planned = new Float64Array(64);
  #next = 0;
  #left = 0;
  #total = 0;
  #template = 0;
  #rowsOf: (n: number) => readonly number[] = () => [];
  #finish: () => void = () => {};

  private constructor(readonly driver: Driver) {}

  /** Opens the driver for these templates. */
  static async open(
    driver: Driver,
    slots: number,
    templates: readonly Template[],
  ): Promise<Loop> {
    const loop = new Loop(driver);
    await driver.open(slots, templates, {
      done: (slot, sent, firstByte, done, rows, bytes, code) => {
        const planned = loop.#planned[slot];
        const told = loop.#clock();
        loop.ended.push({
          ...{ slot, planned, sent, firstByte, done, told, rows, bytes, code },
        });
        if (--loop.#left === 0) loop.#finish();
        else loop.#submit(slot);
      },
      part: (slot, part, sent, _first, done, rows) => {
        loop.parts.push({ slot, part, sent, done, rows });
      },
    });
    return loop;
  }

  /** Runs operations until all have ended. */
  async run(
    template: number,
    total: number,
    rowsOf: (n: number) => readonly number[],
    slots = SLOTS,
  ): Promise<Ended[]> {
    this.ended.length = 0;
    this.parts.length = 0;
    this.#template = template;
    this.#rowsOf = rowsOf;
    this.#next = 0;
    this.#total = this.#left = total;
    const finished = new Promise<void>((resolve) => this.#finish = resolve);
    for (let slot = 0; slot < slots; slot++) this.#submit(slot);
    if (this.driver.pump === "blocking") {
      const deadline = performance.now() + 20_000;
      while (this.#left > 0) {
        assert.ok(performance.now() < deadline, "operations did not end");
        this.driver.poll(100);
      }
    }
    await finished;
    return this.ended;
  }

  #submit(slot: number): void {
    if (this.#next >= this.#total) return;
    // The caller's buffer is its own again after submit: spoil it.
    const rows = Float64Array.from(this.#rowsOf(this.#next++));
    this.#planned[slot] = this.#clock();
    this.driver.submit(slot, this.#template, rows);
    rows.fill(-1);
  }
}

/** Checks one driver with one strategy over loaded and finished tables. */
export async function driverContract(
  t: Deno.TestContext,
  platform: Platform,
  driverName: string,
  strategy: Strategy,
  tables: readonly Filled[],
): Promise<void> {
  const reads = tables.map(({ table }) => table);
  const templates: Template[] = [
    { strategy, reads },
    { strategy, reads: [reads[0]] },
  ];
  const driver = await createDriver(platform.driver(driverName));
  let loop: Loop;
  try {
    loop = await Loop.open(driver, SLOTS, templates);
  } catch (error) {
    await driver.close();
    // Only another driver than the default may lack a strategy, and says so.
    assert.ok(error instanceof ServemarkError, String(error));
    assert.notEqual(driverName, platform.drivers[0]);
    assert.ok(error.message.includes(strategy), error.message);
    assert.ok(error.details.remedy);
    return;
  }
  const pick = (n: number) => tables.map(({ rows }) => (n * 37) % rows.length);
  try {
    await t.step("read() gives the rows of the source", async () => {
      const texts = tables.map(canonicalOf);
      const most = Math.max(...tables.map(({ rows }) => rows.length));
      for (let n = 0; n < most; n++) {
        const at = tables.map(({ rows }) => n % rows.length);
        assert.deepEqual(
          await driver.read(0, Float64Array.from(at)),
          at.map((row, k) => texts[k][row]),
        );
      }
      assert.deepEqual(await driver.read(1, Float64Array.of(3)), [texts[0][3]]);
    });
    await t.step("submit() ends every operation once, in order", async () => {
      const ended = await loop.run(0, OPERATIONS, pick);
      assert.equal(ended.length, OPERATIONS);
      for (const op of ended) {
        checkInstants(op);
        assert.equal(op.code, 0, driver.lastError);
        assert.equal(op.rows, tables.length);
        assert.ok(op.bytes > 0);
      }
      assert.equal(new Set(ended.map((op) => op.slot)).size, SLOTS);
      if (loop.parts.length > 0) {
        assert.notEqual(strategy, "batched");
        assert.equal(loop.parts.length, OPERATIONS * tables.length);
        for (const part of loop.parts) {
          assert.equal(part.rows, 1);
          assert.ok(part.sent <= part.done);
        }
      }
    });
    await t.step("a second template shares the clients", async () => {
      const ended = await loop.run(1, 20, (n) => [n]);
      assert.ok(ended.every((op) => op.code === 0 && op.rows === 1));
    });
    await t.step("a missing key ends with the code rows", async () => {
      const missing = (n: number) => [n, tables[1].rows.length + n, n];
      const ended = await loop.run(0, 8, missing);
      assert.ok(ended.every((op) => op.code === 1));
      assert.ok(ended.every((op) => op.rows === tables.length - 1));
      const texts = await driver.read(0, Float64Array.from(missing(0)));
      assert.equal(texts[1], undefined);
      assert.equal(texts[2], canonicalOf(tables[2])[0]);
    });
    await t.step("a key longer than its form is missing too", async () => {
      const texts = await driver.read(1, Float64Array.of(123_456_789));
      assert.deepEqual(texts, [undefined]);
      const ended = await loop.run(1, 4, () => [123_456_789]);
      assert.ok(ended.every((op) => op.code === 1 && op.rows === 0));
    });
    await t.step("nothing of that counts as an error of the platform", () => {
      assert.equal(driver.lastError, undefined);
    });
  } finally {
    await driver.close();
    await driver.close();
  }
}

function checkInstants(op: Ended): void {
  assert.ok(op.planned <= op.sent, "sent before it was planned");
  if (!Number.isNaN(op.firstByte)) {
    assert.ok(op.sent <= op.firstByte, "answered before it was sent");
    assert.ok(op.firstByte <= op.done, "done before its first byte");
  }
  assert.ok(op.sent <= op.done, "done before it was sent");
  assert.ok(op.done <= op.told, "told before it was done");
}
