import assert from "node:assert/strict";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { openStore } from "../../lib/stores/open.ts";
import type { Store } from "../../lib/stores/store.ts";

async function withStore(
  body: (store: Store, folder: string) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await body(await openStore(folder), folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const bytes = (text: string) => new TextEncoder().encode(text);
const text = (found: Uint8Array | undefined) =>
  found && new TextDecoder().decode(found);

async function keys(store: Store, folder?: string): Promise<string[]> {
  return (await Array.fromAsync(store.list(folder))).map(({ key }) => key);
}

async function files(folder: string): Promise<string[]> {
  const names: string[] = [];
  for await (const entry of Deno.readDir(folder)) names.push(entry.name);
  return names.sort();
}

Deno.test("FileStore gives back what was put, whole and in ranges", () =>
  withStore(async (store) => {
    await store.put("a/b/c.txt", bytes("hello, world"));
    assert.equal(text(await store.get("a/b/c.txt")), "hello, world");
    const range = (from: number, to: number) =>
      store.get("a/b/c.txt", { from, to });
    assert.equal(text(await range(7, 12)), "world");
    assert.equal(text(await range(7, 99)), "world");
    assert.equal(text(await range(50, 60)), "");
    assert.deepEqual(await store.stat("a/b/c.txt"), {
      key: "a/b/c.txt",
      bytes: 12,
    });
    await store.put("a/b/c.txt", bytes("bye"));
    assert.equal(text(await store.get("a/b/c.txt")), "bye");
    await store.put("empty", new Uint8Array());
    assert.equal((await store.get("empty"))?.length, 0);
  }));

Deno.test("FileStore tells what is not there", () =>
  withStore(async (store) => {
    assert.equal(await store.get("nothing"), undefined);
    assert.equal(await store.get("nothing", { from: 0, to: 1 }), undefined);
    assert.equal(await store.stat("no/thing"), undefined);
    assert.equal(await store.exists("nothing"), false);
    assert.equal(await store.delete("nothing"), false);
    assert.deepEqual(await keys(store), []);
    assert.deepEqual(await keys(store, "no/"), []);
  }));

Deno.test("FileStore lists keys in their order, by folder", () =>
  withStore(async (store, folder) => {
    const all = ["a-1", "a/1", "a/2/x", "a0", "b"];
    for (const key of [...all].reverse()) await store.put(key, bytes(key));
    await Deno.writeTextFile(join(folder, "a", ".unfinished-1"), "half");
    assert.deepEqual(await keys(store), all);
    assert.deepEqual(await keys(store, "a/"), ["a/1", "a/2/x"]);
    assert.deepEqual(await keys(store, "a"), ["a/1", "a/2/x"]);
    assert.equal(await store.delete("a/1"), true);
    assert.deepEqual(await keys(store, "a"), ["a/2/x"]);
  }));

Deno.test("FileStore.putIfAbsent() lets one of many writers win, whole", () =>
  withStore(async (store, folder) => {
    for (let round = 0; round < 20; round++) {
      const key = `race/${round}`;
      const wrote = await Promise.all(
        Array.from(
          { length: 8 },
          (_, k) => store.putIfAbsent(key, bytes(String(k).repeat(10_000))),
        ),
      );
      assert.equal(wrote.filter(Boolean).length, 1);
      const winner = wrote.indexOf(true);
      assert.equal(text(await store.get(key)), String(winner).repeat(10_000));
    }
    assert.equal((await files(join(folder, "race"))).length, 20);
  }));

Deno.test("FileStore.put() shows readers the old bytes or the new, never a mixture", () =>
  withStore(async (store) => {
    const size = 200_000;
    await store.put("x", new Uint8Array(size));
    let writing = true;
    const write = (async () => {
      for (let n = 1; n <= 30; n++) {
        await store.put("x", new Uint8Array(size).fill(n));
      }
      writing = false;
    })();
    let reads = 0;
    while (writing) {
      const found = (await store.get("x"))!;
      assert.equal(found.length, size);
      assert.ok(found.every((byte) => byte === found[0]));
      reads++;
    }
    await write;
    assert.ok(reads > 0);
  }));

for (
  const key of ["", "/a", "a//b", "../a", "a/../b", ".hidden", "a\\b", "c:x"]
) {
  Deno.test(`FileStore refuses the key "${key}"`, () =>
    withStore(async (store, folder) => {
      await assert.rejects(
        store.put(key, bytes("x")),
        /Cannot use ".*" as a key/,
      );
      assert.deepEqual(await files(folder), []);
    }));
}

Deno.test("FileStore.tidy() removes old unfinished writes only", () =>
  withStore(async (store, folder) => {
    await store.put("a/whole", bytes("x"));
    const old = join(folder, "a", ".unfinished-old");
    await Deno.writeTextFile(old, "half");
    await Deno.utime(old, new Date(), new Date(Date.now() - 3_600_000));
    await Deno.writeTextFile(join(folder, "a", ".unfinished-new"), "half");
    await store.tidy();
    assert.deepEqual(await files(join(folder, "a")), [
      ".unfinished-new",
      "whole",
    ]);
  }));

Deno.test("FileStore says what stands in the way", () =>
  withStore(async (store, folder) => {
    await store.put("a", bytes("x"));
    await assert.rejects(store.put("a/b", bytes("x")), (e: Error) => {
      assert.match(e.message, /Cannot write a\/b/);
      assert.ok(e.message.includes(join(folder, "a", "b")));
      assert.match(e.message, /What to do: /);
      return true;
    });
    await assert.rejects(store.get("a/b"), /a file stands where a folder/);
  }));

Deno.test("openStore() takes paths and file URIs", () =>
  withStore(async (store, folder) => {
    await store.put("x", bytes("1"));
    const same = await openStore(pathToFileURL(folder).href);
    assert.equal(text(await same.get("x")), "1");
    assert.equal(same.uri, store.uri);
    assert.equal((await openStore(store.uri)).uri, store.uri);
  }));

Deno.test("openStore() refuses a folder on another machine", async () => {
  await assert.rejects(
    openStore("file://elsewhere/x"),
    /Cannot read "file:\/\/elsewhere\/x" as a folder/,
  );
});
