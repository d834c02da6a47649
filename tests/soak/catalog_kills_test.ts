import assert from "node:assert/strict";
import { join } from "node:path";
import { type Catalog, openCatalog } from "../../lib/catalog/catalog.ts";
import { collectGarbage } from "../../lib/catalog/collect_garbage.ts";
import type { Manifest, Part } from "../../lib/catalog/manifest.ts";
import { modifyVersion } from "../../lib/catalog/modify.ts";
import { moveBranch, refHistory } from "../../lib/catalog/refs.ts";
import { validateManifest } from "../../lib/catalog/validate.ts";
import { listRecords, recordVersion } from "../../lib/catalog/versions.ts";
import { selectTables } from "../../lib/datasets/selection.ts";
import { materialize } from "../../lib/transfers/materialize.ts";
import { someFraud } from "../fixtures/some_fraud.ts";

const CHILD = new URL("../fixtures/catalog_child.ts", import.meta.url);
const KILLS = 20;
const NAME = "fraud_detection";
const SPEC = selectTables(await someFraud(120_000), { tables: 12 });

/** The same numbers in every run, so that a failure can be had again. */
let state = 20261123;
function random(): number {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return state / 2 ** 32;
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Three versions of a dataset, and a branch that went through them. */
async function record(catalog: Catalog): Promise<void> {
  await recordVersion(catalog, SPEC);
  const names = SPEC.tables.map((table) => table.name);
  await modifyVersion(catalog, `${NAME}_v1.0`, `${NAME}_v1.1`, [
    { change: "reseed_table", table: names[0] },
    { change: "update_rows", table: names[1], share: 0.1 },
  ]);
  await modifyVersion(catalog, `${NAME}_v1.1`, `${NAME}_v1.2`, [
    { change: "drop_table", table: names[2] },
    { change: "increase_nulls", table: names[3], share: 0.1 },
  ]);
  for (const version of ["1.0", "1.1", "1.2"]) {
    await moveBranch(catalog, NAME, "main", version);
  }
}

/** The parts of a catalog, by their digests, and when each was written. */
async function partsOf(catalog: Catalog): Promise<Map<string, number>> {
  const found = new Map<string, number>();
  for await (const { key, modified } of catalog.store.list("parts/")) {
    found.set(/([0-9a-f]{64})\.parquet$/.exec(key)![1], modified!);
  }
  return found;
}

/** Everything that can be found must be whole; gives the number of finished datasets. */
async function assertWhole(catalog: Catalog, where: string): Promise<number> {
  const manifests: Manifest[] = await catalog.manifests();
  for (const manifest of manifests) {
    const found = await validateManifest(catalog, manifest);
    assert.ok(found.isValid, `${where}: ${JSON.stringify(found.tables)}`);
    assert.equal(
      found.rows,
      manifest.spec.tables.reduce((sum, table) => sum + table.rows, 0),
    );
  }
  for await (const { key } of catalog.store.list("ranges/")) {
    const bytes = await catalog.store.get(key);
    const part = JSON.parse(new TextDecoder().decode(bytes)) as Part;
    assert.ok(await catalog.holds(part, true), `${where}: ${key}`);
  }
  await listRecords(catalog);
  return manifests.length;
}

/**
 * Runs a verb to its end, killing it at random points: the catalog that it
 * writes is whole after each, and no part that was finished is written again.
 */
async function killAndFinish(
  verb: string,
  from: string,
  to: string,
  clear: () => Promise<void>,
): Promise<number> {
  const target = await openCatalog(to);
  const spawn = () =>
    new Deno.Command(Deno.execPath(), {
      args: ["run", "-q", "-A", "--no-check", CHILD.pathname, verb, from, to],
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
  // How long it takes from the first write on, to kill all along it.
  const began = performance.now();
  const whole = spawn();
  let first = NaN;
  const ended = whole.output();
  let isOver = false;
  void ended.then(() => isOver = true);
  while (!isOver) {
    if (Number.isNaN(first) && (await partsOf(target)).size > 0) {
      first = performance.now() - began;
    }
    await pause(2);
  }
  assert.match(new TextDecoder().decode((await ended).stdout), /^done/);
  const length = performance.now() - began;
  assert.ok(first < length);
  const wanted = await partsOf(target);
  await clear();

  let kills = 0;
  let midway = 0;
  let finished = new Map<string, number>();
  while (kills < KILLS) {
    const child = spawn();
    const output = child.output();
    let over = false;
    void output.then(() => over = true);
    // From its first look at the catalog to beyond its usual end.
    await pause(first * 0.7 + random() * (length - first * 0.7) * 1.05);
    const killed = !over;
    if (killed) child.kill("SIGKILL");
    await output;
    if (killed) kills++;
    const where = `${verb}, kill ${kills}`;
    await assertWhole(target, where);
    const parts = await partsOf(target);
    for (const [digest, modified] of finished) {
      assert.equal(
        parts.get(digest),
        modified,
        `${where}: ${digest} was redone`,
      );
    }
    finished = await rangedParts(target);
    if (finished.size > 0 && finished.size < wanted.size) midway++;
    // Begins anew now and then, so that kills hit every stage.
    if (finished.size === wanted.size) {
      await clear();
      finished = new Map();
    }
  }
  const last = await spawn().output();
  assert.match(new TextDecoder().decode(last.stdout), /^done/);
  const parts = await partsOf(target);
  for (const [digest, modified] of finished) {
    assert.equal(
      parts.get(digest),
      modified,
      `${digest} was redone at the end`,
    );
  }
  // No row lost or doubled: the same parts as without any kill, and no others.
  assert.deepEqual([...parts.keys()].sort(), [...wanted.keys()].sort());
  assert.equal(await assertWhole(target, `${verb}, the end`), 3);
  return midway;
}

/** Parts that a finished range names: a kill between the two writes leaves one more, written anew. */
async function rangedParts(catalog: Catalog): Promise<Map<string, number>> {
  const all = await partsOf(catalog);
  const named = new Map<string, number>();
  for await (const { key } of catalog.store.list("ranges/")) {
    const bytes = await catalog.store.get(key);
    const { digest } = JSON.parse(new TextDecoder().decode(bytes)) as Part;
    named.set(digest, all.get(digest)!);
  }
  return named;
}

const VERBS = ["generate", "publish", "replicate"];

for (const verb of VERBS) {
  Deno.test(`${verb} killed at ${KILLS} random points leaves a whole catalog, and is finished by doing it again`, async () => {
    const folder = await Deno.makeTempDir();
    try {
      const from = join(folder, "from");
      const to = verb === "generate" ? from : join(folder, "to");
      const own = await openCatalog(from);
      await record(own);
      if (verb !== "generate") {
        for (const { spec } of await listRecords(own)) {
          await materialize(spec, own);
        }
      }
      const clear = async () => {
        await Deno.remove(to, { recursive: true });
        if (verb === "generate") await record(own);
      };
      const midway = await killAndFinish(verb, from, to, clear);
      console.log(`${verb}: ${midway} of ${KILLS} kills left work half done`);
      assert.ok(midway > 0);
      const there = await openCatalog(to);
      assert.deepEqual(
        (await listRecords(there)).map((r) => r.version),
        ["1.0", "1.1", "1.2"],
      );
      if (verb !== "publish") {
        const history = await refHistory(there, NAME, "branches", "main");
        assert.deepEqual(history.map((e) => e.version), ["1.0", "1.1", "1.2"]);
      }
      await collectGarbage(there, { olderThanMs: 0 });
      await assertWhole(there, "after the garbage was collected");
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  });
}
