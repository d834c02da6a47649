import assert from "node:assert/strict";
import { join } from "node:path";
import { openCatalog } from "../../lib/catalog/catalog.ts";
import type { Part } from "../../lib/catalog/manifest.ts";
import { materialize } from "../../lib/transfers/materialize.ts";
import { someFraud } from "../fixtures/some_fraud.ts";

const CHILD = new URL("../fixtures/materialize_child.ts", import.meta.url);
const ROUNDS = 25;

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

async function namedParts(folder: string): Promise<Part[]> {
  const parts: Part[] = [];
  const walk = async (path: string) => {
    for await (const { name, isDirectory } of Deno.readDir(path)) {
      if (name.startsWith(".")) continue;
      const inner = join(path, name);
      if (isDirectory) await walk(inner);
      else parts.push(JSON.parse(await Deno.readTextFile(inner)));
    }
  };
  await walk(join(folder, "ranges")).catch((error) => {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  });
  return parts;
}

Deno.test(`materialize() killed up to ${ROUNDS} times leaves a whole catalog each time`, async () => {
  const folder = await Deno.makeTempDir();
  try {
    const catalog = await openCatalog(folder);
    let most = 0;
    for (let round = 0; round < ROUNDS; round++) {
      const child = new Deno.Command(Deno.execPath(), {
        args: ["run", "-q", "-A", CHILD.pathname, folder, "2"],
        stdout: "null",
        stderr: "null",
      }).spawn();
      // Each round gets a little further, and is killed at another instant.
      let ended = false;
      const status = child.status.finally(() => ended = true);
      while (!ended && (await namedParts(folder)).length <= most) {
        await pause(2);
      }
      await pause((round * 7) % 40);
      if (!ended) child.kill("SIGKILL");
      const { success } = await status;
      const parts = await namedParts(folder);
      assert.ok(parts.length >= most, "no finished part is lost");
      most = parts.length;
      for (const part of parts) {
        assert.ok(await catalog.holds(part, true), `round ${round}`);
      }
      // A kill can come between the manifest, which is last, and the exit.
      const manifests = (await catalog.manifests()).length;
      assert.ok(success ? manifests === 1 : manifests <= 1);
      if (success) break;
    }
    assert.ok(most > 0);
    const spec = await someFraud();
    const resumed = await materialize(spec, catalog, { workers: 2 });
    const fresh = await openCatalog(join(folder, "fresh"));
    assert.deepEqual(
      JSON.parse(JSON.stringify(resumed)),
      JSON.parse(JSON.stringify(await materialize(spec, fresh))),
    );
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
