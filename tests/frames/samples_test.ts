import assert from "node:assert/strict";
import { tableFromIPC } from "apache-arrow";
import { ServemarkError } from "../../lib/core/errors.ts";
import { toPolars } from "../../lib/frames/polars.ts";
import {
  allocateSamples,
  concatSamples,
  SAMPLE_COLUMNS,
  type SampleColumns,
} from "../../lib/frames/sample_columns.ts";
import { samplesFromArrow, samplesToArrow } from "../../lib/frames/samples.ts";

function someSamples(rows: number, spare = 0): SampleColumns {
  const samples = allocateSamples(rows + spare);
  samples.length = rows;
  for (let k = 0; k < rows; k++) {
    samples.point[k] = k % 4;
    samples.client[k] = 40_000 + k;
    samples.operation[k] = 4_000_000_000 + k;
    samples.part[k] = k % 3 - 1;
    samples.table[k] = k % 5 - 1;
    samples.planned[k] = 1e12 + k / 8;
    samples.sent[k] = 1e12 + k / 8 + 1;
    samples.firstByte[k] = k % 2 === 0 ? NaN : 1e12 + k / 8 + 2;
    samples.done[k] = 1e12 + k / 8 + 3;
    samples.rows[k] = 30;
    samples.bytes[k] = 1000 + k;
    samples.code[k] = k % 5;
    samples.weight[k] = 2.5;
  }
  return samples;
}

function trimmed(samples: SampleColumns): Record<string, number[]> {
  return Object.fromEntries(
    SAMPLE_COLUMNS.map((
      name,
    ) => [name, Array.from(samples[name].subarray(0, samples.length))]),
  );
}

Deno.test("samplesToArrow() and samplesFromArrow() give every column back", () => {
  for (const rows of [0, 1, 8, 129]) {
    const samples = someSamples(rows, 7);
    const back = samplesFromArrow(samplesToArrow(samples));
    assert.equal(back.length, rows);
    assert.deepEqual(trimmed(back), trimmed(samples));
  }
});

Deno.test("samplesToArrow() states its version, units and the caller's metadata", () => {
  const table = tableFromIPC(samplesToArrow(someSamples(3), { run: "a" }));
  assert.equal(table.schema.metadata.get("schemaVersion"), "1");
  assert.equal(table.schema.metadata.get("run"), "a");
  const field = table.schema.fields.find((f) => f.name === "first_byte")!;
  assert.equal(field.metadata.get("unit"), "µs since the run's epoch");
  assert.equal(table.getChild("first_byte")!.nullCount, 2);
});

Deno.test("toPolars() reads what samplesToArrow() writes", async () => {
  const frame = await toPolars(samplesToArrow(someSamples(100)));
  assert.equal(frame.height, 100);
  assert.equal(frame.width, SAMPLE_COLUMNS.length);
  assert.equal(frame.getColumn("first_byte").nullCount(), 50);
  assert.equal(frame.getColumn("bytes").sum(), 100 * 1000 + 4950);
  assert.equal(frame.getColumn("operation").max(), 4_000_000_099);
});

Deno.test("samplesFromArrow() refuses what is not Arrow, and what lacks a column", async () => {
  assert.throws(
    () => samplesFromArrow(new TextEncoder().encode("not an Arrow file")),
    (error) => error instanceof ServemarkError && /Arrow/.test(error.message),
  );
  const arrow = await import("apache-arrow");
  const other = arrow.tableToIPC(
    arrow.tableFromArrays({ point: new Uint16Array(2) }),
    "file",
  );
  assert.throws(() => samplesFromArrow(other), /no column "client"/);
});

Deno.test("concatSamples() joins recordings in their order, without spare room", () => {
  const all = concatSamples([someSamples(2, 5), someSamples(3)]);
  assert.equal(all.length, 5);
  assert.equal(all.done.length, 5);
  assert.deepEqual(Array.from(all.client), [
    40_000,
    40_001,
    40_000,
    40_001,
    40_002,
  ]);
});
