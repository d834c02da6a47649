import assert from "node:assert/strict";
import { datasetSpec } from "../../lib/datasets/compile.ts";
import { loadDomain } from "../../lib/datasets/domain.ts";
import { Fingerprinter } from "../../lib/datasets/fingerprint.ts";
import { tableGenerator } from "../../lib/datasets/generator.ts";
import { openPlatform } from "../../lib/platforms/open.ts";
import { generateInto } from "../../lib/transfers/generate_into.ts";

const SPEC = datasetSpec(await loadDomain("fraud_detection"), {
  rows: 60_000,
  tables: 4,
});

function expected(name: string): string {
  const generator = tableGenerator(SPEC, name);
  const sum = new Fingerprinter();
  sum.add(generator.batch(0, generator.table.rows));
  return sum.digest();
}

for (const kind of ["postgres", "memory"]) {
  Deno.test(`generateInto() puts the generated rows into ${kind}`, async () => {
    const platform = await openPlatform(kind);
    try {
      const steps = new Set<string>();
      const record = await generateInto(SPEC, platform, {
        workers: 2,
        progress: ({ step }) => steps.add(step),
      });
      const rows = SPEC.tables.reduce((sum, t) => sum + t.rows, 0);
      assert.equal(record.rows, rows);
      assert(record.bytes > rows);
      assert(steps.size > 1);
      for (const table of SPEC.tables) {
        assert.equal(record.fingerprints[table.name], expected(table.name));
        assert.equal(
          await platform.fingerprint(table),
          expected(table.name),
        );
      }
    } finally {
      await platform.close();
    }
  });
}

Deno.test("generateInto() takes its tables away when a worker fails or it is aborted", async () => {
  const platform = await openPlatform("postgres");
  try {
    const broken = structuredClone(SPEC);
    Object.assign(broken.tables[1].columns[1], {
      distribution: { kind: "sequential", start: 3e9, step: 1 },
    });
    await assert.rejects(
      generateInto(broken, platform, { workers: 2 }),
      /Cannot load 3\d+ as integer/,
    );
    assert.deepEqual(await platform.existing(SPEC.tables), []);
    const stop = new AbortController();
    await assert.rejects(
      generateInto(SPEC, platform, {
        workers: 2,
        signal: stop.signal,
        progress: ({ done }) => done > 0 && stop.abort(new Error("stopped")),
      }),
      /stopped/,
    );
    assert.deepEqual(await platform.existing(SPEC.tables), []);
    await assert.rejects(
      generateInto(SPEC, platform, { workers: 0 }),
      /Cannot generate with 0 workers/,
    );
  } finally {
    await platform.close();
  }
});
