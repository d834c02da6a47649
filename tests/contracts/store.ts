/**
 * What every store must do, run over each of them.
 *
 * @module
 */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { openStore } from "../../lib/stores/open.ts";
import type { ObjectWriter, Store } from "../../lib/stores/store.ts";
import { BLOCK, blockOf, headOf, type Told } from "./store_child.ts";

/** A store under test, and what is needed to look behind it. */
export interface StorePlace {
  /** What {@link openStore} takes: nothing is there yet. */
  readonly uri: string;
  /** Variables that opening it needs. */
  readonly env: Readonly<Record<string, string>>;
  /** Names of all that is kept there, unfinished writes included. */
  all(): Promise<string[]>;
  /** More objects than a page of a listing has. */
  readonly page: number;
  /** Puts an object that holds its own key, or removes one, past the store: where there are very many. */
  fill?(key: string): Promise<void>;
  empty?(key: string): Promise<void>;
  /** What a writer that takes up another sends again at most, in bytes; NaN where it sends all at the end. */
  readonly sentAgain: number;
  /** Places that cannot be used, and what is said. */
  readonly failures: readonly Failure[];
  /** Words that no message may hold. */
  readonly secrets: readonly string[];
  close(): Promise<void>;
}

/** A place that cannot be used. */
export interface Failure {
  readonly title: string;
  readonly uri: string;
  readonly env?: Readonly<Record<string, string>>;
  /** What reading and writing say. */
  readonly says: RegExp;
}

const REFUSED = [
  "",
  "/a",
  "a//b",
  "../a",
  "a/../b",
  ".x",
  "a/.x",
  "a\\b",
  "c:x",
];

const bytes = (text: string) => new TextEncoder().encode(text);
const text = (found: Uint8Array | undefined) =>
  found && new TextDecoder().decode(found);

/** Registers the contract's test for one store. */
export function storeContract(
  name: string,
  start: () => Promise<StorePlace | { missing: string }>,
): void {
  Deno.test(`${name} keeps the store contract`, async (t) => {
    const place = await start();
    if ("missing" in place) {
      await t.step({
        name: `skipped; what it needs: ${place.missing}`,
        ignore: true,
        fn: () => undefined,
      });
      return;
    }
    try {
      await withEnv(place.env, () => checkAll(t, place));
    } finally {
      await place.close();
    }
  });
}

async function checkAll(t: Deno.TestContext, place: StorePlace): Promise<void> {
  const store = await openStore(place.uri);
  const step = async (what: string, check: () => Promise<void>) => {
    await t.step(what, check);
    for await (const { key } of store.list()) await store.delete(key);
  };
  const keys = (folder?: string) => keysOf(store, folder);

  await step(
    "get(), stat(), exists(), delete(), list() find nothing in a new store",
    async () => {
      assert.equal(await store.get("no/thing"), undefined);
      assert.equal(await store.get("nothing", { from: 0, to: 1 }), undefined);
      assert.equal(await store.get("nothing", { from: 1, to: 1 }), undefined);
      assert.equal(await store.stat("no/thing"), undefined);
      assert.equal(await store.exists("nothing"), false);
      assert.equal(await store.delete("nothing"), false);
      assert.deepEqual(await keys(), []);
      assert.deepEqual(await keys("no/"), []);
      await store.tidy();
      assert.deepEqual(await place.all(), []);
    },
  );

  await step(
    "put() and get() give back the bytes, whole and in ranges",
    async () => {
      await store.put("a/b/c.txt", bytes("hello, world"));
      assert.equal(text(await store.get("a/b/c.txt")), "hello, world");
      const range = async (from: number, to: number) =>
        text(await store.get("a/b/c.txt", { from, to }));
      assert.equal(await range(7, 12), "world");
      assert.equal(await range(0, 1), "h");
      assert.equal(await range(7, 99), "world");
      assert.equal(await range(12, 13), "");
      assert.equal(await range(50, 60), "");
      assert.equal(await range(3, 3), "");
      assert.deepEqual(await store.stat("a/b/c.txt"), {
        key: "a/b/c.txt",
        bytes: 12,
      });
      await store.put("a/b/c.txt", bytes("bye"));
      assert.equal(text(await store.get("a/b/c.txt")), "bye");
      await store.put("empty", new Uint8Array());
      assert.equal((await store.get("empty"))?.length, 0);
      assert.equal((await store.get("empty", { from: 0, to: 9 }))?.length, 0);
      assert.equal(await store.delete("empty"), true);
      assert.equal(await store.exists("empty"), false);
      const odd = "umlaut ü/a+b&c=d #1%41.txt";
      await store.put(odd, bytes("odd"));
      assert.equal(text(await store.get(odd)), "odd");
      assert.deepEqual(await keys("umlaut ü"), [odd]);
      assert.ok(store.locate(odd).endsWith(odd));
    },
  );

  await step(
    "put() shows readers the old bytes or the new, never a mixture",
    async () => {
      const size = 50_000;
      await store.put("x", new Uint8Array(size));
      let writing = true;
      const write = (async () => {
        for (let n = 1; n <= 20; n++) {
          await store.put("x", new Uint8Array(size).fill(n));
        }
      })().finally(() => writing = false);
      let reads = 0;
      while (writing) {
        const found = (await store.get("x"))!;
        assert.equal(found.length, size);
        assert.ok(found.every((byte) => byte === found[0]));
        reads++;
      }
      await write;
      assert.ok(reads > 0);
    },
  );

  await step(
    "putIfAbsent() lets one of twenty writers win, whole",
    async () => {
      for (let round = 0; round < 5; round++) {
        const key = `race/${round}`;
        const wrote = await Promise.all(
          Array.from(
            { length: 20 },
            (_, k) => store.putIfAbsent(key, bytes(`${k} `.repeat(5_000))),
          ),
        );
        assert.equal(wrote.filter(Boolean).length, 1);
        const winner = wrote.indexOf(true);
        assert.equal(text(await store.get(key)), `${winner} `.repeat(5_000));
        assert.equal(await store.putIfAbsent(key, bytes("late")), false);
      }
      assert.equal((await keys("race")).length, 5);
    },
  );

  await step(
    "list() gives keys in their order, by folder, page after page",
    async () => {
      const few = ["a-1", "a/1", "a/2/x", "a0", "ab/1", "b"];
      for (const key of [...few].reverse()) await store.put(key, bytes(key));
      assert.deepEqual(await keys(), few);
      assert.deepEqual(await keys("a/"), ["a/1", "a/2/x"]);
      assert.deepEqual(await keys("a"), ["a/1", "a/2/x"]);
      const many = Array.from(
        { length: place.page },
        (_, n) => `many/${String(n).padStart(5, "0")}`,
      );
      const fill = place.fill ?? ((key: string) => store.put(key, bytes(key)));
      await inLanes(many, (key) => fill(key));
      const found = await Array.fromAsync(store.list("many/"));
      assert.deepEqual(
        found.map(({ key, bytes }) => ({ key, bytes })),
        many.map((key) => ({ key, bytes: 10 })),
      );
      for (const { modified = Date.now() } of found) {
        assert.ok(Math.abs(modified - Date.now()) < 3_600_000);
      }
      const empty = place.empty ?? ((key: string) => store.delete(key));
      await inLanes(many, (key) => empty(key));
      assert.deepEqual(await keys("many"), []);
    },
  );

  for (const key of REFUSED) {
    await step(`the key "${key}" is refused`, async () => {
      const says = /Cannot use ".*" as a key/;
      await assert.rejects(store.get(key), says);
      await assert.rejects(store.put(key, bytes("x")), says);
      await assert.rejects(store.create(key), says);
    });
  }

  await checkWriter(step, store, place);
  await checkKill(step, store, place);

  for (const { title, uri, env = {}, says } of place.failures) {
    await step(`${title}: the error says so`, () =>
      withEnv(env, async () => {
        const other = await openStore(uri);
        const named = (error: Error) => {
          assert.match(error.message, says);
          assert.match(error.message, /Where: .*\n {2}What to do: /);
          for (const secret of place.secrets) {
            assert.ok(!error.message.includes(secret));
          }
          return true;
        };
        const write = async () => {
          const writer = await other.create("a/c");
          await writer.write(bytes("x"));
          await writer.finish();
        };
        await Promise.all([
          assert.rejects(other.put("a/b", bytes("x")), named),
          assert.rejects(write, named),
        ]);
      }));
  }
}

type Step = (what: string, check: () => Promise<void>) => Promise<void>;

async function checkWriter(
  step: Step,
  store: Store,
  place: StorePlace,
): Promise<void> {
  await step(
    "create() writes small and empty objects, with and without a head",
    async () => {
      for (const head of [0, 5]) {
        for (const size of [0, 3]) {
          const key = `small/${head}-${size}`;
          const writer = await store.create(key, { head });
          assert.equal(writer.position, head);
          assert.equal(writer.resumed, undefined);
          await writer.write(new Uint8Array(size).fill(7));
          assert.equal(writer.position, head + size);
          assert.equal(await writer.checkpoint({}), false);
          assert.equal(await store.exists(key), false);
          await writer.finish(headOf(head));
          assert.deepEqual(
            await store.get(key),
            new Uint8Array([...headOf(head), ...new Uint8Array(size).fill(7)]),
          );
        }
      }
      assert.equal((await place.all()).length, 4);
    },
  );

  for (const head of [0, 1_000, 6_000_000]) {
    await step(
      `create() writes 30 MB behind a head of ${head}, with checkpoints`,
      async () => {
        await store.put("big", bytes("old"));
        const options = { head, resume: `big ${head}` };
        await using writer = await store.create("big", options);
        const scratch = new Uint8Array(BLOCK);
        let kept = 0;
        for (let n = 0; n < 115; n++) {
          scratch.set(blockOf(n));
          await writer.write(scratch);
          // The array is the caller's again.
          scratch.fill(0);
          if (await writer.checkpoint({ n })) kept++;
        }
        assert.ok(kept > 0);
        assert.equal(text(await store.get("big")), "old");
        await writer.finish(headOf(head));
        await checkObject(store, "big", 115, head);
        assert.equal((await place.all()).length, 1);
        await assert.rejects(writer.write(scratch), /this writer has ended/);
      },
    );
  }

  await step("abort() takes everything back", async () => {
    await store.put("big", bytes("old"));
    for (const resume of [undefined, "abort"]) {
      const writer = await store.create("big", { head: 10, resume });
      if (resume) await writeUntilKept(writer);
      await writeBlocks(writer, 0, 60);
      await writer.abort();
      await assert.rejects(writer.finish(headOf(10)), /this writer has ended/);
      assert.equal((await place.all()).length, 1);
    }
    const again = await store.create("big", { head: 10, resume: "abort" });
    assert.equal(again.resumed, undefined);
    await again.abort();
    assert.equal(text(await store.get("big")), "old");
  });

  await step(
    "close() leaves what a checkpoint kept, for the same job only",
    async () => {
      const mine = { head: 10, resume: "mine" };
      let block: number;
      {
        await using writer = await store.create("big", mine);
        block = await writeUntilKept(writer);
        await writeBlocks(writer, block, block + 1);
      }
      {
        await using plain = await store.create("big");
        await writeBlocks(plain, 0, 60);
      }
      assert.deepEqual(await keysOf(store), []);
      await store.tidy();
      await using other = await store.create("big", {
        ...mine,
        resume: "other",
      });
      assert.equal(other.resumed, undefined);
      assert.equal(other.position, 10);
      await using writer = await store.create("big", mine);
      assert.deepEqual(writer.resumed, { block });
      assert.equal(writer.position, 10 + block * BLOCK);
      await writeBlocks(writer, block, 90);
      await writer.finish(headOf(10));
      await checkObject(store, "big", 90, 10);
      await writeBlocks(other, 0, 1);
      await other.finish(headOf(10));
      await checkObject(store, "big", 1, 10);
      assert.equal((await place.all()).length, 1);
    },
  );

  await step("two writers of one job at once leave no mixture", async () => {
    const options = { head: 10, resume: "twice" };
    const first = await store.create("big", options);
    const block = await writeUntilKept(first);
    try {
      const second = await store.create("big", options);
      assert.deepEqual(second.resumed, { block });
      // Their parts begin and end at different places.
      await second.write(blockOf(block).subarray(0, 99));
      await second.write(blockOf(block).subarray(99));
      await writeBlocks(first, block, block + 20);
      await writeUntilKept(second, block + 1);
      await writeBlocks(first, block + 20, 90);
      await second.close();
    } catch (error) {
      assert.match(String(error), /another process is writing it right now/);
      await writeBlocks(first, block, 90);
    }
    try {
      await first.finish(headOf(10));
    } catch (error) {
      assert.match(String(error), /Cannot write big: /);
    }
    await first.close();
    if (await store.exists("big")) await checkObject(store, "big", 90, 10);
    await using third = await store.create("big", options);
    const from = (third.resumed as { block: number } | undefined)?.block ?? 0;
    await writeBlocks(third, from, 90);
    await third.finish(headOf(10));
    await checkObject(store, "big", 90, 10);
    assert.equal((await place.all()).length, 1);
  });

  await step("tidy() removes abandoned writes only", async () => {
    {
      await using writer = await store.create("big", { resume: "abandoned" });
      await writeUntilKept(writer);
    }
    const before = await place.all();
    assert.ok(before.length > 0);
    await store.tidy();
    assert.deepEqual(await place.all(), before);
    await store.tidy({ abandonedMs: -60_000 });
    assert.deepEqual(await place.all(), []);
    const again = await store.create("big", { resume: "abandoned" });
    assert.equal(again.resumed, undefined);
    await again.abort();
  });

  await step("a writer keeps to its options and to its signal", async () => {
    await assert.rejects(store.create("x", { head: -1 }), RangeError);
    await assert.rejects(
      store.create("x", { resume: "" }),
      /`resume` is empty/,
    );
    const writer = await store.create("x", { head: 4 });
    await assert.rejects(writer.finish(headOf(3)), /3 bytes: 4 were declared/);
    const busy = writer.write(blockOf(0));
    await assert.rejects(writer.write(blockOf(1)), /await the call before/);
    await busy;
    await writer.abort();
    const stop = new AbortController();
    const stopped = await store.create("x", { signal: stop.signal });
    await stopped.write(blockOf(0));
    stop.abort(new Error("stopped by hand"));
    await assert.rejects(stopped.write(blockOf(1)), /stopped by hand/);
    await assert.rejects(stopped.finish(), /stopped by hand/);
    await stopped.close();
    assert.deepEqual(await place.all(), []);
  });
}

async function checkKill(
  step: Step,
  store: Store,
  place: StorePlace,
): Promise<void> {
  await step(
    "a writer killed twice is taken up, and sends nothing again that was kept",
    async () => {
      const blocks = 160;
      const head = 1_000;
      const args = [place.uri, "killed", String(blocks), String(head)];
      let kept = head;
      for (const checkpoints of [1, 1]) {
        const told = await runChild(args, { checkpoints });
        // The last checkpoint may have been made, and not told, when it was killed.
        assert.ok(told[0].resumed! >= kept);
        kept = told.findLast(({ checkpoint }) => checkpoint)!.checkpoint!;
        assert.deepEqual(await keysOf(store), []);
        assert.ok((await place.all()).length > 0);
      }
      const told = await runChild(args);
      assert.ok(told[0].resumed! >= kept);
      const { sent } = told.at(-1)!;
      const total = head + blocks * BLOCK;
      const most = Number.isNaN(place.sentAgain)
        ? total
        : total - told[0].resumed! + place.sentAgain;
      assert.ok(sent! <= most, `${sent} bytes sent, ${most} expected at most`);
      await checkObject(store, "killed", blocks, head);
      assert.equal((await place.all()).length, 1);
    },
  );
}

/** When a writer is killed. */
export interface Kill {
  /** Once it told of so many checkpoints. @default never */
  readonly checkpoints?: number;
  /** So many ms after it told where it took up. @default never */
  readonly afterMs?: number;
}

/** Runs the writer of {@link Told}, and kills it where that is asked for. */
export async function runChild(
  args: readonly string[],
  kill: Kill = {},
): Promise<Told[]> {
  const script = new URL("./store_child.ts", import.meta.url).pathname;
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-q", "-A", "--no-check", script, ...args],
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const { checkpoints = Infinity, afterMs } = kill;
  const told: Told[] = [];
  let rest = "";
  let timer: ReturnType<typeof setTimeout> | undefined;
  for await (const chunk of child.stdout.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop()!;
    told.push(...lines.map((line) => JSON.parse(line)));
    if (told.filter(({ checkpoint }) => checkpoint).length >= checkpoints) {
      child.kill("SIGKILL");
    }
    if (afterMs !== undefined && told.length > 0) {
      timer ??= setTimeout(() => child.kill("SIGKILL"), afterMs);
    }
  }
  const { signal, code } = await child.status;
  clearTimeout(timer);
  if (signal !== "SIGKILL") assert.equal(code, 0);
  return told;
}

async function writeBlocks(
  writer: { write(bytes: Uint8Array): Promise<void> },
  from: number,
  to: number,
): Promise<void> {
  for (let n = from; n < to; n++) await writer.write(blockOf(n));
}

/** Writes blocks until a checkpoint is kept; returns where that was. */
async function writeUntilKept(writer: ObjectWriter, from = 0): Promise<number> {
  for (let block = from + 1; block <= from + 60; block++) {
    await writeBlocks(writer, block - 1, block);
    if (await writer.checkpoint({ block })) return block;
  }
  throw new Error("15 MB were written, and no checkpoint was kept");
}

/** Checks every byte of an object that the writer of {@link Told} finished. */
export async function checkObject(
  store: Store,
  key: string,
  blocks: number,
  head: number,
): Promise<void> {
  const found = (await store.get(key))!;
  assert.equal(found.length, head + blocks * BLOCK);
  assert.equal(Buffer.compare(found.subarray(0, head), headOf(head)), 0);
  for (let n = 0; n < blocks; n++) {
    const at = head + n * BLOCK;
    const same = Buffer.compare(found.subarray(at, at + BLOCK), blockOf(n));
    assert.equal(same, 0, `block ${n} of ${key} differs`);
  }
}

async function keysOf(store: Store, folder?: string): Promise<string[]> {
  return (await Array.fromAsync(store.list(folder))).map(({ key }) => key);
}

async function inLanes(
  keys: readonly string[],
  act: (key: string) => Promise<unknown>,
): Promise<void> {
  const waiting = keys.values();
  await Promise.all(Array.from({ length: 24 }, async () => {
    for (const key of waiting) await act(key);
  }));
}

/** Runs with variables set; an empty text unsets one. */
export async function withEnv<T>(
  env: Readonly<Record<string, string>>,
  action: () => Promise<T>,
): Promise<T> {
  const before = Object.keys(env).map((key) =>
    [key, Deno.env.get(key)] as const
  );
  const set = (key: string, value: string | undefined) =>
    value ? Deno.env.set(key, value) : Deno.env.delete(key);
  for (const [key, value] of Object.entries(env)) set(key, value);
  try {
    return await action();
  } finally {
    for (const [key, value] of before) set(key, value);
  }
}
