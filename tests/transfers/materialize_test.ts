import assert from "node:assert/strict";
import { join } from "node:path";
import { type Catalog, openCatalog } from "../../lib/catalog/catalog.ts";
import { totalRows } from "../../lib/catalog/manifest.ts";
import { readTable } from "../../lib/catalog/read_table.ts";
import type { ProgressEvent } from "../../lib/core/progress.ts";
import { datasetSpec } from "../../lib/datasets/compile.ts";
import { loadDomain } from "../../lib/datasets/domain.ts";
import { Fingerprinter } from "../../lib/datasets/fingerprint.ts";
import { materialize, PART_ROWS } from "../../lib/transfers/materialize.ts";
import { someFraud } from "../fixtures/some_fraud.ts";
import { onTinyDisk, TINY_DISK } from "../fixtures/tiny_disk.ts";

const CHILD = new URL("../fixtures/materialize_child.ts", import.meta.url);
const spec = await someFraud();

async function withCatalog(
  body: (catalog: Catalog, folder: string) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await body(await openCatalog(folder), folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

function child(catalog: string, workers: number): Deno.ChildProcess {
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "-q", "-A", CHILD.pathname, catalog, String(workers)],
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
}

/** Every file below a folder, with the instant of its last change. */
async function changes(folder: string): Promise<Map<string, number>> {
  const found = new Map<string, number>();
  const walk = async (path: string) => {
    for await (const { name, isDirectory } of Deno.readDir(path)) {
      const inner = join(path, name);
      if (isDirectory) await walk(inner);
      else found.set(inner, (await Deno.stat(inner)).mtime!.getTime());
    }
  };
  await walk(folder).catch((error) => {
    // Not there yet, or a write that was finished just now.
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  });
  return found;
}

/** The finished ranges; a kill can leave an unfinished one beside them. */
async function ranges(folder: string): Promise<Map<string, number>> {
  const found = await changes(join(folder, "ranges"));
  return new Map([...found].filter(([path]) => path.endsWith(".json")));
}

Deno.test("materialize() gives the same manifest whatever the number of workers", () =>
  withCatalog(async (_, folder) => {
    const manifests = [];
    for (const workers of [0, 1, 2, 3]) {
      const catalog = await openCatalog(join(folder, String(workers)));
      manifests.push(await materialize(spec, catalog, { workers }));
    }
    for (const manifest of manifests) assert.deepEqual(manifest, manifests[0]);
    assert.equal(Object.keys(manifests[0].fingerprints).length, 30);
  }));

Deno.test("materialize() cuts long tables into parts, and its fingerprints are those of the rows", () =>
  withCatalog(async (catalog) => {
    const long = datasetSpec(await loadDomain("fraud_detection"), {
      rows: 1_600_000,
      tables: ["session_payments_1h"],
    });
    const [table] = long.tables;
    assert.ok(table.rows > PART_ROWS);
    const manifest = await materialize(long, catalog);
    const parts = manifest.parts[table.name];
    assert.deepEqual(parts.map(({ from, rows }) => [from, rows]), [
      [0, PART_ROWS],
      [PART_ROWS, table.rows - PART_ROWS],
    ]);
    const sum = new Fingerprinter();
    for await (const batch of readTable(catalog, manifest, table.name)) {
      sum.add(batch);
    }
    assert.equal(sum.digest(), manifest.fingerprints[table.name]);
  }));

Deno.test("materialize() tells its progress in rows, up to the total", () =>
  withCatalog(async (catalog) => {
    const events: ProgressEvent[] = [];
    await materialize(spec, catalog, {
      workers: 2,
      progress: (event) => events.push(event),
    });
    const total = totalRows(spec);
    assert.ok(events.length > 10);
    assert.ok(
      events.every((e) =>
        e.step === "Generate fraud_detection_v1.0" && e.unit === "rows" &&
        e.total === total
      ),
    );
    assert.equal(events[0].done, 0);
    const done = events.map((e) => e.done);
    assert.deepEqual(done, [...done].sort((a, b) => a - b));
    assert.deepEqual(events.at(-1)?.done, total);
    assert.equal(events.filter((e) => e.finished).length, 1);
    assert.ok(events.at(-1)?.finished);
  }));

Deno.test("materialize() of what is there writes nothing", () =>
  withCatalog(async (catalog, folder) => {
    const first = await materialize(spec, catalog, { workers: 0 });
    const before = await changes(folder);
    const events: ProgressEvent[] = [];
    const again = await materialize(spec, catalog, {
      progress: (event) => events.push(event),
    });
    assert.deepEqual(again, JSON.parse(JSON.stringify(first)));
    assert.deepEqual(await changes(folder), before);
    assert.deepEqual(events, []);
  }));

Deno.test("materialize() keeps several sizes of one version side by side", () =>
  withCatalog(async (catalog) => {
    await materialize(spec, catalog, { workers: 0 });
    await materialize(await someFraud(6_000), catalog, { workers: 0 });
    const found = await catalog.manifests("fraud_detection");
    const sizes = found.map(({ spec }) => totalRows(spec));
    assert.deepEqual(sizes.sort((a, b) => a - b), [6_000, 30_000]);
    assert.equal(new Set(found.map(({ digest }) => digest)).size, 2);
  }));

Deno.test("materialize() after a kill completes, and makes no finished part again", () =>
  withCatalog(async (catalog, folder) => {
    const killed = child(folder, 2);
    while ((await ranges(folder)).size < 5) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    killed.kill("SIGKILL");
    await killed.output();
    const finished = await ranges(folder);
    assert.ok(finished.size < 30, "it was killed in the middle");
    assert.deepEqual(await catalog.manifests(), []);

    const events: ProgressEvent[] = [];
    const manifest = await materialize(spec, catalog, {
      workers: 1,
      progress: (event) => events.push(event),
    });
    const rowsFinished = [...finished.keys()].reduce(
      (sum, path) => sum + Number(/-(\d+)\.json$/.exec(path)![1]),
      0,
    );
    assert.equal(events[0].done, rowsFinished);
    const after = await ranges(folder);
    assert.equal(after.size, 30);
    for (const [path, changed] of finished) {
      assert.equal(after.get(path), changed, `${path} was made again`);
    }
    const fresh = await openCatalog(join(folder, "fresh"));
    assert.deepEqual(manifest, await materialize(spec, fresh, { workers: 0 }));
  }));

Deno.test("materialize() twice at once in two processes gives one whole catalog", () =>
  withCatalog(async (catalog, folder) => {
    const outputs = await Promise.all(
      [child(folder, 1), child(folder, 1)].map((c) => c.output()),
    );
    const printed = outputs.map((o) => new TextDecoder().decode(o.stdout));
    assert.match(printed[0], /^done [0-9a-f]{64}\n$/);
    assert.equal(printed[1], printed[0]);
    const [manifest, ...others] = await catalog.manifests();
    assert.deepEqual(others, []);
    for (const part of Object.values(manifest.parts).flat()) {
      assert.ok(await catalog.holds(part, true));
    }
    assert.ok(
      [...(await changes(folder)).keys()].every((p) => !/unfinished/.test(p)),
    );
  }));

for (const workers of [0, 2]) {
  Deno.test(`materialize() stops when aborted, and resumes (${workers} workers)`, () =>
    withCatalog(async (catalog) => {
      const stop = new AbortController();
      let calls = 0;
      const aborted = materialize(spec, catalog, {
        workers,
        signal: stop.signal,
        progress: () => {
          if (++calls === 5) stop.abort(new Error("enough"));
        },
      });
      await assert.rejects(aborted, /^Error: enough$/);
      assert.deepEqual(await catalog.manifests(), []);
      assert.ok(await materialize(spec, catalog, { workers }));
    }));
}

Deno.test("materialize() does not begin when aborted before", () =>
  withCatalog(async (catalog, folder) => {
    const signal = AbortSignal.abort(new Error("never mind"));
    await assert.rejects(materialize(spec, catalog, { signal }), /never mind/);
    assert.equal((await changes(folder)).size, 0);
  }));

Deno.test("materialize() makes damaged parts anew: cut ones always, others with verify", () =>
  withCatalog(async (catalog, folder) => {
    const manifest = await materialize(spec, catalog, { workers: 0 });
    const [cut, flipped] = Object.values(manifest.parts).flat();
    const path = (digest: string) =>
      join(folder, "parts", digest.slice(0, 2), `${digest}.parquet`);
    await Deno.truncate(path(cut.digest), 50);
    const bytes = await Deno.readFile(path(flipped.digest));
    bytes[30] ^= 1;
    await Deno.writeFile(path(flipped.digest), bytes);

    await materialize(spec, catalog, { workers: 0 });
    assert.ok(await catalog.holds(cut, true));
    assert.ok(!await catalog.holds(flipped, true));
    await materialize(spec, catalog, { workers: 0, verify: true });
    assert.ok(await catalog.holds(flipped, true));
  }));

Deno.test("materialize() refuses a number of workers that is none", () =>
  withCatalog(async (catalog) => {
    for (const workers of [-1, 1.5, NaN]) {
      await assert.rejects(
        materialize(spec, catalog, { workers }),
        /Cannot generate with .* workers/,
      );
    }
  }));

Deno.test("materialize() reports what goes wrong in a worker", () =>
  withCatalog(async (catalog) => {
    const [first, ...rest] = spec.tables;
    const broken = {
      ...spec,
      tables: [{ ...first, events: true, entity: "nobody" }, ...rest],
    };
    await assert.rejects(
      materialize(broken, catalog, { workers: 2 }),
      /Unknown entity "nobody"[^]*Known: session/,
    );
  }));

Deno.test("materialize() reports a catalog that cannot be written", async () => {
  const file = await Deno.makeTempFile();
  try {
    const catalog = await openCatalog(join(file, "catalog"));
    await assert.rejects(
      materialize(spec, catalog, { workers: 2 }),
      /a file stands where a folder is needed[^]*What to do: Choose another folder/,
    );
  } finally {
    await Deno.remove(file);
  }
});

Deno.test({
  name: "materialize() on a full disk says so",
  ignore: !TINY_DISK,
  async fn() {
    for (const workers of ["0", "2"]) {
      const printed = await onTinyDisk(300, CHILD, "/mnt/catalog", workers);
      assert.match(printed, /Cannot write to the catalog: the disk is full/);
      assert.match(printed, /Where: \/mnt\/catalog\//);
      assert.match(printed, /Free some space.*SERVEMARK_CATALOG/);
    }
  },
});
