import assert from "node:assert/strict";
import { join } from "node:path";
import {
  cacheFolder,
  fillOnce,
} from "../../../lib/platforms/embedded/cache.ts";
import { exists } from "./processes.ts";

Deno.test("cacheFolder() gives a folder that only its owner may write", async () => {
  const folder = await cacheFolder("test");
  try {
    const { uid, mode, isDirectory } = await Deno.stat(join(folder, ".."));
    assert.ok(isDirectory);
    assert.equal(uid, Deno.uid());
    assert.equal(mode! & 0o022, 0);
  } finally {
    await Deno.remove(folder);
  }
});

Deno.test("fillOnce() fills a folder once, however many ask", async () => {
  const base = await Deno.makeTempDir();
  try {
    const folder = join(base, "whole");
    const fill = async (into: string) => {
      await Deno.writeTextFile(join(into, "a"), "1");
      await new Promise((wake) => setTimeout(wake, 20));
      await Deno.writeTextFile(join(into, "b"), "2");
    };
    await Promise.all([1, 2, 3].map(() => fillOnce(folder, fill)));
    await fillOnce(folder, () => Promise.reject(new Error("filled again")));
    assert.deepEqual(names(base), ["whole"]);
    assert.deepEqual(names(folder), ["a", "b"]);
  } finally {
    await Deno.remove(base, { recursive: true });
  }
});

Deno.test("fillOnce() leaves nothing of a filling that failed", async () => {
  const base = await Deno.makeTempDir();
  try {
    const folder = join(base, "whole");
    await assert.rejects(
      fillOnce(folder, async (into) => {
        await Deno.writeTextFile(join(into, "a"), "1");
        throw new Error("the disk is full");
      }),
      /the disk is full/,
    );
    assert.ok(!await exists(folder));
    assert.deepEqual(names(base), []);
  } finally {
    await Deno.remove(base, { recursive: true });
  }
});

function names(folder: string): string[] {
  return [...Deno.readDirSync(folder)].map((entry) => entry.name).sort();
}
